import Pusher from 'pusher-js';
import type { Test } from 'tap';
import { createClient } from '../../lib';
import { startNginx } from '../support/nginx';
import { SECRET, startGateway } from '../support/start-gateway';
import { certificate } from '../support/tls';
import { until } from '../support/until';

/**
 * Browsers over a WebSocket and over both ways of HTTP, and a backend, behind an nginx with its default settings, which
 * ends whatever is silent for 60 s. After so long a silence each of them must be on its first connection, and hear.
 */
export async function idleBehindNginx(t: Test, idleMs: number): Promise<Record<string, unknown>> {
  const gateway = await startGateway(t, { trustedProxies: ['127.0.0.1'], path: '/live' });
  const tls = await certificate();
  const locations = `location /live/ { proxy_pass http://127.0.0.1:${gateway.port}; }`;
  const { port } = await startNginx(t, { locations, tls });
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port, path: '/live' });
  t.teardown(() => client.disconnect());
  let cuts = 0;
  client.on('disconnected', () => void (cuts += 1));
  await client.connect();
  const ids: Array<[string, Pusher, string]> = [];
  const heard = new Set<string>();
  for (const transport of ['ws', 'xhr_streaming', 'xhr_polling'] as const) {
    const pusher = new Pusher('key', {
      ...{ wsHost: '127.0.0.1', wsPort: port, wsPath: '/live', cluster: '', forceTLS: false },
      ...{ httpHost: '127.0.0.1', httpPort: port, httpPath: '/live/pusher' },
      enabledTransports: [transport],
    });
    t.teardown(() => pusher.disconnect());
    const room = pusher.subscribe('room').bind('said', () => void heard.add(transport));
    await until(() => room.subscribed);
    ids.push([transport, pusher, pusher.connection.socket_id]);
  }
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  for (const [transport, pusher, id] of ids) {
    t.equal(pusher.connection.socket_id, id, `${transport} is on its first connection`);
  }
  t.equal(cuts, 0, 'and so is the backend');
  client.channel('room').trigger('said', 1);
  await until(() => heard.size === ids.length);
  return { idleMs, transports: ids.map(([transport]) => transport), cuts };
}
