import Pusher from 'pusher-js';
import type { Test } from 'tap';
import { createClient } from '../../lib';
import type { Gateway } from '../../lib/gateway';
import { signedRequest } from './api-client';
import { ask } from './fallback-client';
import { SECRET, startGateway } from './start-gateway';
import { TestRedis } from './start-redis';
import { until } from './until';

function browser(t: Test, port: number, transport: 'ws' | 'xhr_streaming' | 'xhr_polling'): Pusher {
  const pusher = new Pusher('key', {
    ...{ wsHost: '127.0.0.1', wsPort: port, httpHost: '127.0.0.1', httpPort: port, cluster: '' },
    ...{ forceTLS: false, enabledTransports: [transport] },
  });
  t.teardown(() => pusher.disconnect());
  return pusher;
}

/** Puts a gateway's name in an example in the place of its address here. */
export function withGateways(config: string, gateways: readonly Gateway[]): string {
  return gateways.reduce(
    (text, { port }, i) => text.replaceAll(`gateway-${i + 1}:6001`, `127.0.0.1:${port}`),
    config,
  );
}

/**
 * Browsers over all transports, a backend and a server behind a proxy before two gateways that share a Redis: each hears
 * everything once, also when one of the gateways stops.
 */
export async function behindProxy(
  t: Test,
  startProxy: (t: Test, gateways: readonly Gateway[]) => Promise<number>,
): Promise<void> {
  const { address } = await TestRedis.start(t);
  const options = { broker: { redis: address }, trustedProxies: ['127.0.0.1'] };
  const gateways = [await startGateway(t, options), await startGateway(t, options)] as const;
  const port = await startProxy(t, gateways);
  const heard = new Map<Pusher, unknown[]>();
  for (const transport of ['ws', 'ws', 'xhr_streaming', 'xhr_polling', 'xhr_streaming'] as const) {
    const pusher = browser(t, port, transport);
    const told: unknown[] = [];
    heard.set(pusher, told);
    const room = pusher.subscribe('room').bind('said', (data: unknown) => told.push(data));
    await until(() => room.subscribed);
  }
  t.ok(
    gateways.every(({ socketCount }) => socketCount > 0),
    'both gateways have browsers',
  );
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port });
  t.teardown(() => client.disconnect());
  client.on('error', () => undefined);
  await client.connect();
  client.channel('room').trigger('said', 'by the Pipe');
  const publish = async (data: string): Promise<number> => {
    const body = { name: 'said', channel: 'room', data: JSON.stringify(data) };
    const { target, body: text } = signedRequest({ method: 'POST', path: '/events', body });
    return (await ask(port, target, { body: text })).status;
  };
  const everybodyHears = (data: string): Promise<void> =>
    until(() => [...heard.values()].every((told) => told.includes(data)));
  await everybodyHears('by the Pipe');
  for (let n = 0; n < 10; n++) t.equal(await publish(`by HTTP ${n}`), 200);
  await everybodyHears('by HTTP 9');
  const said = ['by the Pipe', ...Array.from({ length: 10 }, (_, n) => `by HTTP ${n}`)];
  for (const told of heard.values()) t.strictSame(told, said, 'each of it once, in order');

  const ids = new Map([...heard.keys()].map((pusher) => [pusher, pusher.connection.socket_id]));
  await gateways[0].drain();
  const isBack = (pusher: Pusher): boolean =>
    pusher.connection.state === 'connected' && pusher.channel('room').subscribed;
  // A browser that has yet to notice its close seems to be back.
  await until(() => gateways[1].socketCount === heard.size && [...heard.keys()].every(isBack));
  t.equal(await publish('behind a gateway that has gone'), 200);
  await everybodyHears('behind a gateway that has gone');
  const stayed = [...ids].filter(([pusher, id]) => pusher.connection.socket_id === id).length;
  t.ok(stayed > 0 && stayed < heard.size, 'browsers of the other one stay');
}
