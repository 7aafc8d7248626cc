import { TestSocket } from '../../support/test-socket';
import { Receivers } from './receivers';
import type { Features } from './environment';

const EVENTS = 400;

/** Events that a server publishes, as browsers hear them. */
export const hearing: Features = {
  'data of any characters comes as it was published': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    await browser.subscribe('room');
    const values = [
      { a: { b: [1, null] } },
      [],
      'plain',
      'ünï 中文 😀 \u2028"\\\n\u0000',
      7,
      1.5,
      true,
    ];
    for (const value of values) await env.sdk.trigger('room', 'e', value);
    t.strictSame(await browser.take('room', 'e', values.length), values);
    await env.sdk.trigger('room', 'e', '12');
    t.equal(await browser.next('room', 'e'), 12, 'a browser reads JSON where it can');
    await env.sdk.trigger('room', 'ünï 😀', { a: 1 });
    t.strictSame(await browser.next('room', 'ünï 😀'), { a: 1 }, 'names of events too');
    const { frames } = await browser.tab.run(({ frames }) => ({ frames: frames.slice(-1) }));
    t.strictSame(frames, [{ event: 'ünï 😀', channel: 'room', data: { a: 1 } }]);
  },

  'events of 10240 bytes, the limit, come whole': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    await browser.subscribe('room');
    for (const data of ['x'.repeat(10_240), 'é'.repeat(5_120), '😀'.repeat(2_560)]) {
      await env.sdk.trigger('room', 'e', data);
      t.equal(await browser.next('room', 'e'), data);
    }
  },

  'an event is for all its channels, and all their browsers but the excluded': async (t, start) => {
    const env = await start();
    const [one, two] = [await env.browser(), await env.browser()];
    for (const browser of [one, two]) await browser.subscribe('room');
    await two.subscribe('private-room');
    await two.subscribe('unconcerned');
    const socket_id = await one.id();
    await env.sdk.trigger(['room', 'private-room'], 'not for one', 1, { socket_id });
    await env.sdk.trigger('room', 'for all', 2);
    t.same(await one.next('room', 'for all'), 2);
    t.same(await one.rest(), []);
    t.same(await two.rest(), [
      ['room', 'not for one', 1],
      ['private-room', 'not for one', 1],
      ['room', 'for all', 2],
    ]);
  },

  'a batch comes in its order': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    for (const channel of ['a', 'b']) await browser.subscribe(channel);
    const batch = Array.from({ length: 10 }, (_, n) => ({
      channel: n % 3 === 0 ? 'a' : 'b',
      name: 'e',
      data: n,
    }));
    await env.sdk.triggerBatch(batch);
    await browser.tab.run(({ heard, until }) => until(() => heard.length === 10));
    t.same(
      await browser.rest(),
      batch.map(({ channel, name, data }) => [channel, name, data]),
    );
  },

  [`2.3: ${EVENTS} events, over several answers where it is HTTP, come once and in order`]: async (
    t,
    start,
  ) => {
    // Events are sent as fast as the gateway takes them, and a browser that rotates is slower: none may be cut for that.
    const limits = { maxClientEventsPerSecond: 1e6, maxUnsentBytes: 64 * 1024 * 1024 };
    const env = await start({ limits });
    const browser = await env.browser();
    const other = await TestSocket.connect(t, env.gateway.port);
    await other.subscribe('private-room');
    await browser.subscribe('private-room');
    const receivers = new Receivers(t, env.gateway);
    const pad = 'é'.repeat(150);
    for (let n = 0; n < EVENTS; n++) {
      const data = { n, pad: pad.repeat(n % 7) };
      other.send({ event: 'client-n', channel: 'private-room', data });
      if (n % 20 === 0) await other.settled();
    }
    await browser.tab.run(({ heard, until }, count) => until(() => heard.length >= count), EVENTS);
    // Not as they are: crossing to another process is most of the time this takes.
    const numbers = await browser.tab.run(({ heard }) =>
      heard.splice(0).map(([, , data]) => (data as { n: number }).n),
    );
    t.strictSame(
      numbers,
      Array.from({ length: EVENTS }, (_, n) => n),
    );
    if (env.setting.transport !== 'ws')
      t.ok(receivers.asked >= 3, `over ${receivers.asked} receivers`);
    t.same(await browser.states(), ['connecting', 'connected'], 'it never disconnected');
    t.same(await browser.rest(), []);
  },
};
