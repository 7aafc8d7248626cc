import PusherServer from 'pusher';
import Stock, { type Options } from 'pusher-js';
import type { Test } from 'tap';
import type { Gateway } from '../../lib/gateway';
import { Pusher as Ours } from '../../lib/subscriber';
import { APP, type AppServer, MASTER_KEY } from '../conformance/app-server';
import { startGateway } from '../support/start-gateway';

// The WebSocket library of pusher-js starts a timer of 30 s for a close that did not come from itself, and forgets it.
const { setTimeout: start } = globalThis;
globalThis.setTimeout = ((run: () => void, ms?: number) => {
  const timer = start(run, ms);
  return ms === 30_000 ? timer.unref() : timer;
}) as typeof setTimeout;

/** The unmodified library, and the one that replaces it: to a program they are the same. */
export const LIBRARIES = {
  'pusher-js': Stock,
  'standpipe/subscriber': Ours as unknown as typeof Stock,
} as const;

export type Client = Stock;

/** A gateway, the app's server that signs, and clients of one library. */
export interface Bench {
  gateway: Gateway;
  server: AppServer;
  sdk: PusherServer;
  /** A client that is connected, unless `connected` is false. */
  client(options?: object, how?: { connected: boolean }): Promise<Client>;
}

export async function bench(t: Test, library: typeof Stock, server: AppServer): Promise<Bench> {
  const gateway = await startGateway(t, { app: { subscriptionCount: true } });
  const sdk = new PusherServer({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    host: '127.0.0.1',
    port: String(gateway.port),
    useTLS: false,
    encryptionMasterKeyBase64: MASTER_KEY,
  });
  return {
    gateway,
    server,
    sdk,
    async client(options = {}, { connected } = { connected: true }) {
      const endpoint = `${server.url}/auth`;
      const all = {
        cluster: '',
        wsHost: '127.0.0.1',
        wsPort: gateway.port,
        forceTLS: false,
        enabledTransports: ['ws'],
        channelAuthorization: { endpoint, transport: 'ajax' },
        userAuthentication: {
          endpoint,
          transport: 'ajax',
          params: { user: JSON.stringify({ id: 'ann', watchlist: ['bob'] }) },
        },
        ...options,
      };
      // An option that is undefined is left out: to pusher-js it would be there.
      const given = Object.entries(all).filter(([, value]) => value !== undefined);
      const client = new library(APP.key, Object.fromEntries(given) as unknown as Options);
      t.teardown(() => client.disconnect());
      if (connected) await told(client.connection, 'connected');
      return client;
    },
  };
}

/** Anything with handlers: a client, a channel, a connection, of either library. */
interface Bound {
  bind: (...given: never[]) => unknown;
}

type Bind = (event: string, handler: (...given: unknown[]) => void) => unknown;

/** The arguments of the next call of a handler. */
export function args(on: Bound, event: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const timer = start(() => reject(new Error(`${event} was not told`)), 10_000);
    (on.bind as Bind).call(on, event, (...given) => {
      clearTimeout(timer);
      resolve(given);
    });
  });
}

/** The data of the next event of this name. */
export async function told(on: Bound, event: string): Promise<unknown> {
  return (await args(on, event))[0];
}
