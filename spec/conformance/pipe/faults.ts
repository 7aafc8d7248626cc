import { Cuttable } from '../cuttable';
import { HandlerCalls } from '../handler-calls';
import type { Tab } from '../tab';
import type { Promises } from './environment';

/** Sends the numbers from one up to another over the back channel. */
const count = (tab: Tab, from: number, to: number): Promise<void> =>
  tab.run(
    ({ pusher }, [from, to]) => {
      for (let n = from; n < to; n++) pusher.back_channel.trigger('n', n);
    },
    [from, to] as const,
  );

/** A socket from beginning to end. */
const STAYED = ['connecting', 'connected'];
const states = (tab: Tab): Promise<string[]> => tab.run((probe) => probe.states);

/** Tests in which a part goes away. */
export const faults: Promises = {
  'a Pipe that is cut comes back, and nothing was lost, doubled or out of order': async (
    t,
    env,
  ) => {
    const way = await Cuttable.start(t, env.port);
    const client = await env.backend(undefined, { port: way.port });
    const witness = await env.backend();
    const sessions: string[] = [];
    client.on('connected', ({ session }) => sessions.push(session));
    const calls = new HandlerCalls();
    client.sockets.on('event:n', calls.hears('n'));
    const seen = new HandlerCalls();
    witness.sockets.on('event:n', seen.hears('n'));
    const tab = await env.tab();
    await tab.subscribe('my_channel');
    const id = await tab.id();

    for (const round of [0, 1, 2]) {
      const from = round * 150;
      await count(tab, from, from + 50);
      client.channel('my_channel').trigger('n', from);
      const lost = new Promise((resolve) => client.once('disconnected', resolve));
      way.cut();
      await lost;
      await count(tab, from + 50, from + 100);
      await seen.take(100);
      for (let n = 1; n < 100; n++) client.channel('my_channel').trigger('n', from + n);
      const back = new Promise((resolve) => client.once('connected', resolve));
      way.mend();
      await back;
      await count(tab, from + 100, from + 150);
      await seen.take(50);
      client.socket(id).trigger('over', round);
    }
    const all = Array.from({ length: 450 }, (_, n) => ['n', id, n]);
    t.strictSame(await calls.take(450), all);
    const down = [0, 150, 300].flatMap((from) => Array.from({ length: 100 }, (_, n) => from + n));
    t.strictSame(
      (await tab.take(300)).flat(),
      down.flatMap((n) => ['n', n]),
    );
    t.strictSame(sessions, ['resumed', 'resumed', 'resumed']);
    await client.disconnect();
    t.equal(calls.left, 0);
    t.strictSame(await states(tab), STAYED, 'and no browser noticed');
  },

  'a backend that restarts finds its browsers still there': async (t, env) => {
    const first = await env.backend();
    const tab = await env.tab();
    await tab.subscribe('my_channel');
    const id = await tab.id();
    await first.disconnect();
    await count(tab, 0, 10);
    await tab.settled();

    const second = await env.backend();
    const calls = new HandlerCalls();
    second.sockets.on('event:n', calls.hears('n'));
    t.strictSame(await second.channel('my_channel').publish('back', 2, { ack: 'delivered' }), {
      status: 'delivered',
      sockets: 1,
    });
    await second.socket(id).publish('answer', 2);
    t.strictSame(await tab.take(1), [['back', 2]]);
    await count(tab, 10, 20);
    const heard = await calls.take(10);
    t.strictSame(
      heard,
      Array.from({ length: 10 }, (_, n) => ['n', id, 10 + n]),
    );
    t.strictSame(await states(tab), STAYED);
  },

  'a gateway that drains hands everybody to the next one on its port': async (t, env) => {
    const client = await env.backend();
    const told: unknown[] = [];
    client.on('connected', ({ session }) => told.push(session));
    client.on('reset', ({ reason }) => told.push(reason));
    const calls = new HandlerCalls();
    client.sockets.on('event:n', calls.hears('n'));
    const tabs = [await env.tab(), await env.tab()];
    const before = await Promise.all(tabs.map((tab) => tab.id()));
    for (const tab of tabs) await tab.subscribe('private-my_channel');

    // The port is free as soon as the last browser is told, which comes back a second later.
    await env.gateway.drain();
    await env.replaceGateway();
    const after = await Promise.all(tabs.map((tab) => tab.id(2)));

    t.notOk(
      after.some((id) => before.includes(id)),
      'with new socket ids',
    );
    for (const tab of tabs) {
      t.strictSame(await states(tab), [...STAYED, ...STAYED]);
      const waits = await tab.run(({ retries }) => retries());
      t.ok(
        waits.every((ms) => ms > 0 && ms <= 2_000),
        `4100 asks them to come back within two seconds: ${waits.join(', ')} ms`,
      );
      // pusher-js subscribes anew by itself.
      await tab.run(({ pusher, until }) =>
        until(() => pusher.channel('private-my_channel').subscribed),
      );
    }
    while (client.state !== 'open') await new Promise((resolve) => client.once('state', resolve));
    await count(tabs[0]!, 0, 3);
    t.strictSame(
      await calls.take(3),
      [0, 1, 2].map((n) => ['n', after[0], n]),
    );
    t.strictSame(told, ['reset', 'unknown_session'], 'the next one does not know the old session');
    client.channel('private-my_channel').trigger('hello', 'again');
    for (const tab of tabs) t.strictSame(await tab.take(1), [['hello', 'again']]);
  },
};
