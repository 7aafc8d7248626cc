import type { Member } from './browser';
import type { Features } from './environment';

/** Presence channels and their members. */
export const presence: Features = {
  'a newcomer is told all members, itself among them; the others are told of it': async (
    t,
    start,
  ) => {
    const env = await start();
    const channel = 'presence-room';
    const ann = await env.browser({ member: { user_id: 7, user_info: { name: 'Ännchen' } } });
    const bob = await env.browser({ member: { user_id: 'bob' } });
    t.strictSame(await ann.subscribe(channel), {
      members: { 7: { name: 'Ännchen' } },
      count: 1,
      myID: 7,
      me: { id: 7, info: { name: 'Ännchen' } } as unknown as Member,
    });
    const { members, count, me } = await bob.subscribe(channel);
    t.same(members, { 7: { name: 'Ännchen' }, bob: null });
    t.strictSame([count, me], [2, { id: 'bob', info: null }]);
    t.match(await ann.next(channel, 'pusher:member_added'), { id: 'bob' });
    for (const browser of [ann, bob]) t.same(await browser.rest(), [], 'and that was all');
    const frames = await bob.tab.run(({ frames }) =>
      frames.filter(({ event }) => event === 'pusher_internal:subscription_succeeded'),
    );
    t.strictSame(frames, [
      {
        event: 'pusher_internal:subscription_succeeded',
        channel,
        data: {
          presence: { count: 2, ids: ['7', 'bob'], hash: { 7: { name: 'Ännchen' }, bob: null } },
        },
      },
    ]);
  },

  'the connections of a user are one member, as the first one says': async (t, start) => {
    const env = await start();
    const channel = 'presence-room';
    const guest = await env.browser({ member: { user_id: 'guest' } });
    await guest.subscribe(channel);
    const first = { user_id: 7, user_info: { name: 'first' } };
    const second = { user_id: '7', user_info: { name: 'second' } };
    const [one, two] = [
      await env.browser({ member: first }),
      await env.browser({ member: second }),
    ];
    await one.subscribe(channel);
    t.match(await guest.next(channel, 'pusher:member_added'), { id: '7', info: { name: 'first' } });
    const { count, members } = await two.subscribe(channel);
    t.equal(count, 2);
    t.same(members['7'], { name: 'first' });
    await one.unsubscribe(channel);
    await one.rest();
    t.same(await guest.rest(), [], 'neither come nor gone');
    await two.unsubscribe(channel);
    t.match(await guest.next(channel, 'pusher:member_removed'), { id: '7' });
  },

  'a member that leaves, goes or is closed is removed at once': async (t, start) => {
    const env = await start();
    const channel = 'presence-room';
    const guest = await env.browser();
    await guest.subscribe(channel);
    const leave = ['leaves', 'goes', 'is closed'] as const;
    for (const way of leave) {
      const user = { id: way.replace(' ', '-') };
      const browser = await env.signedIn(user);
      await browser.subscribe(channel);
      t.match(await guest.next(channel, 'pusher:member_added'), { id: user.id });
      if (way === 'leaves') await browser.unsubscribe(channel);
      else if (way === 'goes') await browser.disconnect();
      else await env.sdk.terminateUserConnections(user.id);
      // Over HTTP who has gone may only be between two requests.
      const gone = guest.next(channel, 'pusher:member_removed');
      const removed = way === 'goes' ? await env.advanceUntil(gone, [guest]) : await gone;
      t.match(removed, { id: user.id }, way);
    }
    const count = await guest.tab.run(({ pusher }) => {
      const { members } = pusher.channel('presence-room') as unknown as {
        members: { count: number };
      };
      return members.count;
    });
    t.equal(count, 1);
  },

  'a signed-in user is a member without any data of its own': async (t, start) => {
    const env = await start();
    const channel = 'presence-room';
    const guest = await env.browser();
    await guest.subscribe(channel);
    const user = { id: 'ann', user_info: { name: 'Ann' } };
    const [one, two] = [await env.signedIn(user), await env.signedIn(user)];
    t.match(await one.subscribe(channel), {
      me: { id: 'ann', info: { name: 'Ann' } },
      count: 2,
    });
    t.match(await guest.next(channel, 'pusher:member_added'), { id: 'ann', info: { name: 'Ann' } });
    await two.subscribe(channel);
    t.same(await guest.rest(), [], 'ann is there already');
    await one.unsubscribe(channel);
    await two.unsubscribe(channel);
    t.match(await guest.next(channel, 'pusher:member_removed'), { id: 'ann' });
  },

  'a member that is none is refused, and the connection stays': async (t, start) => {
    const env = await start({ limits: { maxMembersPerChannel: 1 } });
    const first = await env.browser({ member: { user_id: 'first' } });
    await first.subscribe('presence-full');
    const supplied = 'supplied to presence subscription is invalid';
    const rows = [
      ['AuthError', 401, { user_info: {} }, `user_id ${supplied} - it must be`],
      [
        'AuthError',
        401,
        { user_id: '1', user_info: 'text' },
        `user_info ${supplied} - if supplied it must be a type of hash`,
      ],
      ['LimitReached', 4301, { user_id: 'x'.repeat(129) }, '128 characters'],
      ['LimitReached', 4301, { user_id: '1', user_info: { a: 'x'.repeat(1017) } }, '1024 bytes'],
      ['LimitReached', 4100, { user_id: 'second' }, 'Presence channel is full (1 members)'],
    ] as const;
    for (const [type, status, member, message] of rows) {
      const browser = await env.browser({ member });
      await browser.begin('presence-full');
      const { code, message: told } = (await browser.error()) as { code: null; message: string };
      t.equal(code, null);
      t.ok(told.includes(message), told);
      const error = await browser.next('presence-full', 'pusher:subscription_error');
      t.same(error, { type, error: told, status });
      t.same(await browser.states(), ['connecting', 'connected']);
      await browser.disconnect();
    }
    const large = { user_id: 'x'.repeat(128), user_info: { a: 'x'.repeat(1016) } };
    const browser = await env.browser({ member: large });
    t.equal((await browser.subscribe('presence-other')).count, 1, 'the largest that may be');
    t.same(await first.rest(), [], 'the one member heard of nobody');
  },
};
