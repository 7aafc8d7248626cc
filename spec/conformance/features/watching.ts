import type { Features } from './environment';

/** Watchlists of signed-in users. */
export const watching: Features = {
  'a watcher is told the users who are online, and then every change': async (t, start) => {
    const env = await start();
    await env.signedIn({ id: 'bob' });
    const ann = await env.signedIn({ id: 'ann', watchlist: ['bob', 'cid', 'dan'] });
    t.same(await ann.next('watchlist', 'online'), { name: 'online', user_ids: ['bob'] });
    t.same(await ann.next('watchlist', 'offline'), { name: 'offline', user_ids: ['cid', 'dan'] });
    const cid = await env.signedIn({ id: 'cid' });
    t.same(await ann.next('watchlist', 'online'), { name: 'online', user_ids: ['cid'] });
    const again = await env.signedIn({ id: 'cid' });
    await env.signedIn({ id: 'unconcerned' });
    t.same(await ann.rest(), [], 'a second connection is no news');
    await again.disconnect();
    await cid.disconnect();
    const offline = await env.advanceUntil(ann.next('watchlist', 'offline'), [ann]);
    t.same(offline, { name: 'offline', user_ids: ['cid'] });
    const frames = await ann.tab.run(({ frames }) =>
      frames.filter(({ event }) => event === 'pusher_internal:watchlist_events'),
    );
    t.strictSame(
      frames.map(({ data, channel }) => [data, channel ?? null]),
      [
        [
          {
            events: [
              { name: 'online', user_ids: ['bob'] },
              { name: 'offline', user_ids: ['cid', 'dan'] },
            ],
          },
          null,
        ],
        [{ events: [{ name: 'online', user_ids: ['cid'] }] }, null],
        [{ events: [{ name: 'offline', user_ids: ['cid'] }] }, null],
      ],
    );
  },

  'a user who is back within three seconds was never gone': async (t, start) => {
    const env = await start();
    const bob = await env.signedIn({ id: 'bob' });
    const ann = await env.signedIn({ id: 'ann', watchlist: ['bob'] });
    await ann.next('watchlist', 'online');
    await bob.disconnect();
    // Over HTTP who has gone may only be between two requests.
    while (env.socketCount > 1) {
      env.clock.advance(1_000);
      await ann.tab.settled();
    }
    env.clock.advance(1_000);
    t.same(await ann.rest(), []);
    await bob.tab.run(({ pusher }) => pusher.connect());
    await bob.signedIn();
    for (let seconds = 0; seconds < 4; seconds++) {
      env.clock.advance(1_000);
      t.same(await ann.rest(), []);
    }
  },

  'a watchlist that is too long is cut, and its browser is told so (4302)': async (t, start) => {
    const env = await start({ limits: { maxWatchlistUsers: 2 } });
    const ann = await env.signedIn({ id: 'ann', watchlist: ['a', 'b', 'c'] });
    const message = 'Watchlist limit exceeded. Only the first 2 user IDs are accepted';
    t.same(await ann.error(), { code: 4302, message });
    t.same(await ann.next('watchlist', 'offline'), { name: 'offline', user_ids: ['a', 'b'] });
    for (const id of ['c', 'b']) await env.signedIn({ id });
    t.same(await ann.next('watchlist', 'online'), { name: 'online', user_ids: ['b'] });
    t.same(await ann.states(), ['connecting', 'connected']);
  },

  'an app may do without watchlists': async (t, start) => {
    const env = await start({ app: { watchlists: false } });
    const ann = await env.signedIn({ id: 'ann', watchlist: ['bob'] });
    await env.signedIn({ id: 'bob' });
    t.same(await ann.rest(), []);
  },
};
