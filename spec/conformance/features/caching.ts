import type { Browser } from './browser';
import type { Features } from './environment';

const KINDS = ['cache-', 'private-cache-', 'presence-cache-', 'private-encrypted-cache-'];

/** The names of the messages of a channel, in order. */
const events = (browser: Browser, name: string): Promise<string[]> =>
  browser.tab.run(
    ({ frames }, name) =>
      frames.filter(({ channel }) => channel === name).map(({ event }) => event),
    name,
  );

/** Cache channels. */
export const caching: Features = {
  'a newcomer on a cache channel is told its last event, or that there is none': async (
    t,
    start,
  ) => {
    const env = await start();
    for (const kind of KINDS) {
      const channel = `${kind}room`;
      const early = await env.browser();
      await early.subscribe(channel);
      await early.next(channel, 'pusher:cache_miss');
      await env.sdk.trigger(channel, 'first', 1);
      await env.sdk.trigger(channel, 'last', { ä: [1] });
      await early.next(channel, 'last');
      await early.unsubscribe(channel);
      await env.untilOccupied(channel, false);
      const late = await env.browser();
      await late.begin(channel);
      t.same(await late.next(channel, 'last'), { ä: [1] }, kind);
      const names = await events(late, channel);
      t.same(names, ['pusher_internal:subscription_succeeded', 'last']);
      await early.disconnect();
      await late.disconnect();
    }
  },

  'an event of a browser is not kept, and no event is kept for ever': async (t, start) => {
    const env = await start({ limits: { cacheTtlMs: 4_000 } });
    const channel = 'private-cache-room';
    await env.sdk.trigger(channel, 'kept', 1);
    const [one, two] = [await env.browser(), await env.browser()];
    for (const browser of [one, two]) {
      await browser.subscribe(channel);
      await browser.next(channel, 'kept');
    }
    await one.trigger(channel, 'client-e', 2);
    await two.next(channel, 'client-e');
    const three = await env.browser();
    await three.subscribe(channel);
    t.equal(await three.next(channel, 'kept'), 1);
    const info = await env.sdk.get({ path: `/channels/${channel}`, params: { info: 'cache' } });
    t.same(await info.json(), { occupied: true, cache: { data: '1', ttl: 4 } });
    env.clock.advance(4_000);
    const late = await env.browser();
    await late.subscribe(channel);
    await late.next(channel, 'pusher:cache_miss');
    t.same(await late.rest(), []);
  },
};
