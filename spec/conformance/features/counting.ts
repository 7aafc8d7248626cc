import type { Features } from './environment';

const COUNT = 'pusher:subscription_count';

/** Counts of subscriptions. */
export const counting: Features = {
  'all subscribers are told their number, the newcomer too': async (t, start) => {
    const env = await start({ app: { subscriptionCount: true } });
    const [one, two] = [await env.browser(), await env.browser()];
    for (const channel of ['room', 'private-room', 'cache-room']) {
      await one.subscribe(channel);
      t.same(await one.next(channel, COUNT), { subscription_count: 1 });
      await two.subscribe(channel);
      for (const browser of [one, two]) {
        t.same(await browser.next(channel, COUNT), { subscription_count: 2 });
      }
      await two.unsubscribe(channel);
      t.same(await one.next(channel, COUNT), { subscription_count: 1 });
      const known = await one.tab.run(
        ({ pusher }, name) => pusher.channel(name).subscriptionCount as unknown as number,
        channel,
      );
      t.equal(known, 1);
    }
  },

  'presence channels have members, and no count': async (t, start) => {
    const env = await start({ app: { subscriptionCount: true } });
    const [one, two] = [await env.browser(), await env.browser()];
    for (const browser of [one, two]) await browser.subscribe('presence-room');
    await one.next('presence-room', 'pusher:member_added');
    for (const browser of [one, two]) t.same(await browser.rest(), []);
  },

  'an app that does not want counts has none': async (t, start) => {
    const env = await start();
    const [one, two] = [await env.browser(), await env.browser()];
    for (const browser of [one, two]) await browser.subscribe('room');
    for (const browser of [one, two]) t.same(await browser.rest(), []);
  },
};
