import { createHmac } from 'node:crypto';
import { SECRET } from '../../support/start-gateway';
import type { Features } from './environment';

const sign = (text: string): string =>
  `key:${createHmac('sha256', SECRET).update(text).digest('hex')}`;

/** Subscriptions: names of channels, signatures, refusals, and the end of a subscription. */
export const subscribing: Features = {
  'channels of every kind, with every character and of 164 of them': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    const kinds = ['', 'private-', 'presence-', 'private-encrypted-'];
    const prefixes = kinds.flatMap((kind) => [kind, `${kind}cache-`]);
    const names = [...prefixes.map((prefix) => `${prefix}aZ0_-=@,.;`), 'x'.repeat(164)];
    await Promise.all(names.map((name) => browser.subscribe(name)));
    for (const name of names) await env.sdk.trigger(name, 'e', name);
    for (const name of names) t.equal(await browser.next(name, 'e'), name);
  },

  'prefixes are spelled in small letters: Private-x is public': async (t, start) => {
    const browser = await (await start()).browser();
    for (const channel of ['Private-x', 'PRESENCE-x']) await browser.subscribe(channel);
    t.same(
      (await browser.rest()).filter(([, event]) => event === 'error'),
      [],
    );
  },

  'names that are none are refused, and the connection stays': async (t, start) => {
    const browser = await (await start()).browser();
    for (const name of ['x'.repeat(165), 'a b', 'ä', 'a/b', '', '#other', '#server-to-user-']) {
      // The library has a rule of its own for some of them.
      await browser.send('pusher:subscribe', { channel: name, auth: '' });
      t.match(await browser.error(), { code: null, message: /^Invalid channel name: / }, name);
    }
    await browser.subscribe('room');
    t.same(await browser.states(), ['connecting', 'connected']);
  },

  'a wrong signature is refused, on the connection and on the channel': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    const id = await browser.id();
    const rows = [
      [
        'private-a',
        'key:bad',
        `Invalid signature: Expected HMAC SHA256 hex digest of ${id}:private-a, but got bad`,
      ],
      ['private-b', sign('1.1:private-b'), `of ${id}:private-b, but got `],
      ['private-c', 'other:bad', `Invalid key in subscription auth data: 'other'`],
      ['presence-a', 'key:bad', `of ${id}:presence-a:{"user_id":"1"}, but got bad`],
      ['private-encrypted-a', 'key:bad', `of ${id}:private-encrypted-a, but got bad`],
    ] as const;
    for (const [channel, auth, message] of rows) {
      const data = channel.startsWith('presence-') ? { channel_data: '{"user_id":"1"}' } : {};
      env.authAnswers(() => ({ auth, shared_secret: 'AAAA', ...data }));
      await browser.begin(channel);
      const { message: told, code } = (await browser.error()) as { message: string; code: null };
      t.ok(told.includes(message), told);
      t.equal(code, null);
      const error = await browser.next(channel, 'pusher:subscription_error');
      t.same(error, { type: 'AuthError', error: told, status: 401 });
    }
    env.authAnswers((form) => env.setting.appServer.sign(form));
    await browser.subscribe('private-d');
    t.same(await browser.states(), ['connecting', 'connected']);
  },

  'an app may do without the error on the channel': async (t, start) => {
    const env = await start({ app: { subscriptionErrors: false } });
    const browser = await env.browser();
    env.authAnswers(() => ({ auth: 'key:bad' }));
    await browser.begin('private-a');
    t.match(await browser.error(), { code: null, message: /^Invalid signature/ });
    t.same(await browser.rest(), []);
  },

  "a refusal of the app's own server is told on the channel": async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    env.authAnswers(() => 403);
    await browser.begin('private-a');
    const error = await browser.next('private-a', 'pusher:subscription_error');
    t.match(error, { type: 'AuthError', status: 403 });
    t.same(await browser.rest(), [], 'and nothing else');
  },

  'channel_data of a private channel is signed as it is, empty too': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    const id = await browser.id();
    for (const channel_data of ['', '{"user_id": "1"}', 'ä no JSON']) {
      const channel = `private-${channel_data.length}`;
      const auth = sign(`${id}:${channel}:${channel_data}`);
      env.authAnswers(() => ({ auth, channel_data }));
      await browser.subscribe(channel);
    }
    t.same(await browser.rest(), []);
  },

  'a second subscription is told of, and changes nothing': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    await browser.subscribe('room');
    await browser.send('pusher:subscribe', { channel: 'room', auth: '' });
    const message = 'Existing subscription to channel room';
    t.same(await browser.error(), { code: null, message });
    await env.sdk.trigger('room', 'e', 1);
    t.equal(await browser.next('room', 'e'), 1);
    t.same(await browser.rest(), [], 'once');
  },

  'a browser hears no more of a channel it has left, and may join again': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    await browser.subscribe('room');
    await browser.subscribe('other');
    await browser.unsubscribe('room');
    await env.untilOccupied('room', false);
    await env.sdk.trigger(['room', 'other'], 'e', 1);
    t.equal(await browser.next('other', 'e'), 1);
    for (const channel of ['room', 'never']) await browser.send('pusher:unsubscribe', { channel });
    t.same(await browser.rest(), [], 'there is no answer, and no error');
    await browser.subscribe('room');
    await env.sdk.trigger('room', 'e', 2);
    t.equal(await browser.next('room', 'e'), 2);
  },

  'the data of the protocol may be a string, and empty': async (t, start) => {
    const env = await start();
    const browser = await env.browser();
    await browser.send('pusher:subscribe', JSON.stringify({ channel: 'room', auth: '' }));
    await browser.tab.run(({ frames, until }) =>
      until(() => frames.some(({ channel }) => channel === 'room')),
    );
    await browser.send('pusher:ping', '');
    await browser.tab.run(({ frames, until }) =>
      until(() => frames.some(({ event }) => event === 'pusher:pong')),
    );
    const frames = await browser.tab.run((probe) =>
      probe.frames.map(({ event, data }) => [event, data]),
    );
    t.same(frames, [
      ['pusher_internal:subscription_succeeded', {}],
      ['pusher:pong', {}],
    ]);
  },

  'a message that is not JSON is answered with an error, and the connection stays': async (
    t,
    start,
  ) => {
    const browser = await (await start()).browser();
    await browser.tab.run(({ pusher }) => {
      const { connection } = pusher as unknown as { connection: { send(text: string): void } };
      connection.send('no JSON');
    });
    t.same(await browser.error(), { code: null, message: 'Received invalid JSON' });
    t.same(await browser.rest(), []);
  },

  'the events of the protocol cannot be made up': async (t, start) => {
    const env = await start();
    const [liar, other] = [await env.browser(), await env.browser()];
    for (const browser of [liar, other]) await browser.subscribe('private-room');
    for (const event of ['pusher_internal:member_removed', 'pusher:made_up']) {
      await liar.send(event, { user_id: '1' }, 'private-room');
      const message = `Clients may not send '${event}'`;
      t.same(await liar.error(), { code: null, message });
    }
    t.same(await other.rest(), []);
  },
};
