import { HandlerCalls } from '../handler-calls';
import type { Promises } from './environment';

const MANY = 1000;
const numbers = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => from + i);

/** Tests of order. */
export const order: Promises = {
  'handlers see 1 000 messages of each of 5 sockets in the order they were sent': async (
    t,
    env,
  ) => {
    const client = await env.backend();
    const calls = new HandlerCalls();
    client.sockets.on('event:n', calls.hears('n'));
    client.channels.on('event:n', (_channel, socketId, n, meta) =>
      calls.hears('n')(socketId, n, meta),
    );
    const tabs = await Promise.all(numbers(5).map(() => env.tab()));
    for (const tab of tabs) await tab.subscribe('my_channel');
    const ids = await Promise.all(tabs.map((tab) => tab.id()));
    await Promise.all(
      tabs.map((tab) =>
        tab.run(({ pusher }, count) => {
          for (let i = 0; i < count; i++) {
            if (i % 3 === 0) pusher.send_event('n', i, 'my_channel');
            else pusher.back_channel.trigger('n', i);
          }
        }, MANY),
      ),
    );
    const seen = new Map(ids.map((id) => [id, [] as unknown[]]));
    for (const [, id, n] of await calls.take(5 * MANY)) seen.get(String(id))?.push(n);
    for (const id of ids) t.strictSame(seen.get(id), numbers(MANY));
    t.equal(calls.left, 0);
  },

  'each browser receives the events of one backend in the order they were triggered': async (
    t,
    env,
  ) => {
    const client = await env.backend();
    const tabs = [await env.tab(), await env.tab()];
    for (const tab of tabs) {
      await tab.id();
      await tab.run(({ pusher, tell }) => {
        pusher.subscribe('other_channel');
        pusher.bind('n', (n: unknown) => tell('n', n));
      });
      await tab.run(
        ({ pusher }) =>
          new Promise<void>((resolve) => {
            pusher.subscribe('my_channel').bind('pusher:subscription_succeeded', () => resolve());
          }),
      );
    }
    const ids = await Promise.all(tabs.map((tab) => tab.id()));
    const expected: number[][] = [[], []];
    // From 1: pusher-js hands no falsy data to handlers of all channels.
    for (const n of numbers(MANY, 1)) {
      const one = n % 2;
      if (n % 5 === 0) client.socket(ids[one]!).trigger('n', n);
      else if (n % 5 === 1)
        client.channel('other_channel').trigger('n', n, { except: ids[1 - one] });
      else client.channel(n % 5 === 2 ? 'other_channel' : 'my_channel').trigger('n', n);
      if (n % 5 < 2) expected[one]!.push(n);
      else for (const list of expected) list.push(n);
      // Some of it in one turn, some in another.
      if (n % 17 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const [i, tab] of tabs.entries()) {
      const received = (await tab.take(expected[i]!.length)).map(([, n]) => n);
      t.strictSame(received, expected[i]);
    }
  },

  'two backends on one channel each keep their order': async (t, env) => {
    const backends = [await env.backend(), await env.backend()];
    const tabs = [await env.tab(), await env.tab()];
    for (const tab of tabs) await tab.subscribe('my_channel');
    for (const n of numbers(MANY / 2)) {
      for (const [i, client] of backends.entries()) {
        client.channel('my_channel').trigger(`of ${i}`, n);
      }
      if (n % 13 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const tab of tabs) {
      const received = await tab.take(MANY);
      for (const sender of ['of 0', 'of 1']) {
        const own = received.filter(([event]) => event === sender).map(([, n]) => n);
        t.strictSame(own, numbers(MANY / 2));
      }
    }
  },
};
