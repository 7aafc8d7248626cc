/** The settings that change. All other code of the application stays as it is. */
import type { Options as PageSettings } from 'pusher-js';
import type { Options as ServerSettings } from 'pusher';

export interface Place {
  host: string;
  port: number;
  /** True: https and wss. */
  isSecure: boolean;
}

/** Settings of `new Pusher(…)` of npm `pusher`: `host`, `port` and `useTLS` in the place of `cluster`. */
export function serverSettings(
  app: { appId: string; key: string; secret: string },
  { host, port, isSecure }: Place,
): ServerSettings {
  return { ...app, host, port: `${port}`, useTLS: isSecure };
}

/** Settings of `new Pusher(key, …)` of pusher-js. */
export function pageSettings({ host, port, isSecure }: Place): PageSettings {
  return {
    // pusher-js 8 wants a cluster; with wsHost it has no effect.
    cluster: '',
    wsHost: host,
    wsPort: port,
    wssPort: port,
    forceTLS: isSecure,
    // Without this list the fallback over HTTP would be tried at the hosted service, unless httpHost is given too.
    enabledTransports: ['ws', 'wss'],
  };
}
