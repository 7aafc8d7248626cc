import type { Features } from './environment';

/** Users who sign in: refusals, events for all their browsers, and termination. */
export const users: Features = {
  'an event for a user reaches all its browsers, and nobody else': async (t, start) => {
    const env = await start();
    const user = { id: 'ann', user_info: { name: 'Ännchen' } };
    const tabs = [await env.signedIn(user), await env.signedIn(user)];
    const others = [await env.signedIn({ id: 'bob' }), await env.browser()];
    await env.sdk.sendToUser('ann', 'hello', { a: 1 });
    for (const tab of tabs) t.same(await tab.next('user', 'hello'), { a: 1 });
    for (const other of others) t.same(await other.rest(), []);
    const { data, frames } = await tabs[0]!.tab.run(({ pusher, frames }) => ({
      data: pusher.user.user_data as object,
      frames: frames.filter(({ event }) => event === 'pusher:signin_success'),
    }));
    t.same(data, user);
    t.strictSame(
      frames.map(({ channel, ...frame }) => ({ ...frame, channel: channel ?? null })),
      [
        {
          event: 'pusher:signin_success',
          channel: null,
          data: { user_data: JSON.stringify(user) },
        },
      ],
    );
  },

  'a sign-in that is signed wrongly is refused with 4009, and the connection stays': async (
    t,
    start,
  ) => {
    const env = await start();
    const user_data = '{"id":"ann"}';
    for (const answer of [
      { auth: 'key:bad', user_data },
      { auth: 'other:bad', user_data },
      env.setting.appServer.signer.authenticateUser('1.1', { id: 'ann' }),
    ]) {
      env.authAnswers(() => answer);
      const browser = await env.browser();
      await browser.tab.run(({ pusher }) => pusher.signin());
      t.match(await browser.error(), { code: 4009 });
      t.same(await browser.rest(), []);
      t.same(await browser.states(), ['connecting', 'connected']);
    }
  },

  "a sign-in that the app's own server refuses is told to the user": async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    env.authAnswers(() => 403);
    await browser.tab.run(({ pusher }) => pusher.signin());
    t.match(await browser.next('user', 'pusher:signin_error'), { type: 'AuthError', status: 403 });
    t.same(await browser.rest(), []);
  },

  'the same user may sign in again, another one may not': async (t, start) => {
    const env = await start();
    const browser = await env.signedIn({ id: 'ann' });
    const id = await browser.id();
    await browser.send('pusher:signin', env.sdk.authenticateUser(id, { id: 'bob' }));
    const message = 'The connection is already associated with a different user id';
    t.same(await browser.error(), { code: 4009, message });
    await browser.send('pusher:signin', env.sdk.authenticateUser(id, { id: 'ann' }));
    await browser.tab.run(({ frames, until }) =>
      until(() => frames.filter(({ event }) => event === 'pusher:signin_success').length === 2),
    );
    await env.sdk.sendToUser('ann', 'hello', {});
    await browser.next('user', 'hello');
    t.same(await browser.states(), ['connecting', 'connected']);
  },

  'the channel of a user is for that user alone': async (t, start) => {
    const env = await start();
    for (const browser of [await env.browser(), await env.signedIn({ id: 'ann' })]) {
      const channel = '#server-to-user-bob';
      await browser.send('pusher:subscribe', { channel, auth: '' });
      t.match(await browser.error(), { code: null, message: /^Not signed in as the user/ });
      await env.sdk.sendToUser('bob', 'hello', {});
      await browser.rest();
      const frames = await browser.tab.run(({ frames }) =>
        frames.filter(({ event }) => event !== 'pusher:pong').slice(-1),
      );
      t.match(frames, [
        { channel, event: 'pusher:subscription_error', data: { type: 'AuthError', status: 401 } },
      ]);
    }
  },

  'a terminated user is gone with 4009 and stays away, but may come back': async (t, start) => {
    const env = await start();
    const tabs = [await env.signedIn({ id: 'ann' }), await env.signedIn({ id: 'ann' })];
    const bob = await env.signedIn({ id: 'bob' });
    const member = await env.browser({ member: { user_id: 'ann' } });
    await member.subscribe('presence-room');
    await env.sdk.terminateUserConnections('ann');
    for (const tab of tabs) {
      t.match(await tab.error(), { code: 4009 });
      await tab.tab.run(({ states, until }) => until(() => states.includes('disconnected')));
      t.same(await tab.tab.run(({ retries }) => retries()), []);
    }
    for (const stays of [bob, member]) {
      t.same(await stays.rest(), []);
      t.same(await stays.states(), ['connecting', 'connected']);
    }
    const [ann] = tabs;
    await ann?.tab.run(({ pusher }) => pusher.connect());
    await ann?.signedIn();
    await env.sdk.sendToUser('ann', 'hello', { again: true });
    t.same(await ann?.next('user', 'hello'), { again: true });
  },

  'an unauthorized connection is closed with 4009 if the app requires authorization': async (
    t,
    start,
  ) => {
    const limits = { authorizationTimeoutMs: 4_000 };
    const env = await start({ app: { authorizedConnections: true }, limits });
    const stranger = await env.browser();
    await stranger.subscribe('room');
    const [user, member] = [await env.signedIn({ id: 'ann' }), await env.browser()];
    await member.subscribe('private-room');
    t.match(await env.advanceUntil(stranger.error(), [user, member]), { code: 4009 });
    await stranger.tab.run(({ states, until }) => until(() => states.includes('disconnected')));
    for (const stays of [user, member]) {
      t.same(await stays.rest(), []);
      t.same(await stays.states(), ['connecting', 'connected']);
    }
  },
};
