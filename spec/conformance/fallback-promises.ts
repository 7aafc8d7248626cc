import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Options } from 'pusher-js';
import type { Test } from 'tap';
import type { Gateway } from '../../lib/gateway';
import { HandClock } from '../support/hand-clock';
import { startGateway } from '../support/start-gateway';
import { type Certificate } from '../support/tls';
import { TestSocket } from '../support/test-socket';
import type { Driver } from './fallback-driver';

export const TRANSPORTS = ['xhr_streaming', 'xhr_polling'] as const;

/** Starts an unmodified pusher-js somewhere. */
export type StartDriver = (t: Test, options: Options) => Promise<Driver>;

const EVENTS = 2_000;

/** Everything that holds for pusher-js with nothing but one of the HTTP transports, wherever it runs. */
export async function holdFallback(
  t: Test,
  transport: (typeof TRANSPORTS)[number],
  start: StartDriver,
  certificate?: Certificate,
): Promise<void> {
  const clock = new HandClock();
  // Events are sent as fast as the gateway takes them, and a browser that rotates is slower: none may be cut for that.
  const limits = { maxClientEventsPerSecond: 1e6, maxUnsentBytes: 64 * 1024 * 1024 };
  const tls = certificate && { port: 0, ...certificate };
  const gateway = await startGateway(t, { clock, limits, tls });
  const other = await TestSocket.connect(t, gateway.port);
  const driver = await start(t, {
    cluster: '',
    httpHost: '127.0.0.1',
    httpPort: gateway.port,
    httpsPort: gateway.tlsPort ?? 0,
    forceTLS: tls !== undefined,
    enabledTransports: [transport],
  });

  await t.test('it connects by that transport', async (t) => {
    const { id, transport: used } = await driver.connected();
    t.match(id, /^\d+\.\d+$/);
    t.equal(used, transport);
    t.equal(gateway.socketCount, 2);
  });

  await t.test('it subscribes, and events reach it whatever their characters', async (t) => {
    await driver.subscribe('private-x');
    await driver.listen('private-x', 'client-word');
    await other.subscribe('private-x');
    const words = ['plain', 'ünï', '中文', '😀', '\u2028"\\\n', ''];
    for (const data of words) other.send({ event: 'client-word', channel: 'private-x', data });
    t.strictSame(await driver.take('private-x', 'client-word', words.length), words);
  });

  await t.test('its own events reach the others', async (t) => {
    await driver.trigger('private-x', 'client-mine', { snow: '☃', n: [1, null] });
    const { event, data } = await other.next();
    t.strictSame([event, data], ['client-mine', { snow: '☃', n: [1, null] }]);
  });

  await t.test('it is a member of presence channels, and sees the others', async (t) => {
    await other.subscribe('presence-x', { user_id: 'other' });
    t.same(new Set(await driver.subscribe('presence-x')), new Set(['other', 'mine']));
    t.match(await other.next(), {
      event: 'pusher_internal:member_added',
      data: '{"user_id":"mine"}',
    });
    await driver.listen('presence-x', 'pusher:member_removed');
    other.send({ event: 'pusher:unsubscribe', data: { channel: 'presence-x' } });
    t.match(await driver.take('presence-x', 'pusher:member_removed', 1), [{ id: 'other' }]);
  });

  await t.test(
    `#50 #51 ${EVENTS} events over several rotations, each once, in order`,
    async (t) => {
      await driver.listen('private-x', 'client-n');
      const receivers = countReceivers(t);
      const pad = 'é'.repeat(60);
      const numbers = Array.from({ length: EVENTS }, (_, i) => i);
      for (const n of numbers) {
        other.send({
          event: 'client-n',
          channel: 'private-x',
          data: { n, pad: pad.repeat(n % 5) },
        });
        if (n % 40 === 0) await other.settled();
      }
      const got = (await driver.take('private-x', 'client-n', EVENTS)) as Array<{ n: number }>;
      t.strictSame(
        got.map(({ n }) => n),
        numbers,
      );
      t.ok(receivers() >= 4, `over ${receivers()} receivers`);
      await other.settled();
    },
  );

  await t.test('#34 in all that time it was never disconnected', async (t) => {
    t.strictSame(await driver.states(), ['connected']);
    t.equal(gateway.socketCount, 2);
  });

  await t.test('what it leaves it hears no more of, and when it goes it is gone', async (t) => {
    await other.subscribe('presence-x', { user_id: 'other' });
    await driver.unsubscribe('presence-x');
    t.match(await other.next(), { event: 'pusher_internal:member_removed' });
    await driver.disconnect();
    await untilAlone(gateway, clock);
    t.equal(gateway.socketCount, 1);
  });
}

async function untilAlone(gateway: Gateway, clock: HandClock): Promise<void> {
  while (gateway.socketCount > 1) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
  }
}

/** How many receivers have been asked for since. */
function countReceivers(t: Test): () => number {
  let count = 0;
  const heard = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    if (request.method === 'POST' && /\/xhr(_streaming)?\?/.test(request.url ?? '')) count++;
  };
  subscribe('http.server.request.start', heard);
  t.teardown(() => unsubscribe('http.server.request.start', heard));
  return () => count;
}
