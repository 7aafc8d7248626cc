import t from 'tap';
import { hmacHex } from '../../../../lib/pusher/signature';
import { EventKind } from '../../../../lib/wire/frames';
import { OfflineChannels } from '../../../support/offline-channels';

const SUCCEEDED = 'pusher_internal:subscription_succeeded';

t.test('signin_success gives the signed string back, byte for byte', async (t) => {
  const browser = new OfflineChannels().browser();
  const userData = '{ "id":"12345", "user_info":{"name":"\\u00e4"} }';
  t.strictSame(browser.signIn(userData), [
    { event: 'pusher:signin_success', data: JSON.stringify({ user_data: userData }) },
  ]);
});

t.test('a failed sign-in is told with 4009 and leaves the connection open', async (t) => {
  const node = new OfflineChannels({ limits: { maxUserIdLength: 5, maxUserInfoBytes: 10 } });
  const browser = node.browser();
  const send = (data: object): unknown => {
    browser.send({ event: 'pusher:signin', data });
    return browser.read();
  };
  const told = (message: string | RegExp): object[] => [
    { event: 'pusher:error', data: { code: 4009, message } },
  ];
  const good = '{"id":"1"}';
  t.match(send({ auth: 'key:00', user_data: good }), told(/^Invalid signature: Expected HMAC/));
  t.match(send({ auth: 'other:00', user_data: good }), told(/^Invalid key in signin auth data/));
  const bad: Array<[user: object | string, why: RegExp]> = [
    [{}, /id supplied to signin is invalid/],
    ['{"id":1e999}', /id supplied to signin is invalid/],
    [{ id: true }, /id supplied to signin is invalid/],
    [{ id: '' }, /id supplied to signin is invalid/],
    [{ id: 'a b' }, /id supplied to signin is invalid/],
    ['no json', /user_data must be a JSON object/],
    [{ id: '1', user_info: [] }, /must be a type of hash/],
    [{ id: '1', watchlist: 'a' }, /watchlist supplied to signin is invalid/],
    [{ id: '123456' }, /allowed maximum \(5 characters\)/],
    [{ id: '1', user_info: { a: 'bcdefgh' } }, /allowed maximum \(10 bytes\)/],
  ];
  for (const [user, why] of bad) t.match(browser.signIn(user), told(why), why.source);
  t.equal(browser.closed, undefined);
  t.equal(node.app.users.size, 0);
  t.match(browser.signIn(good), [{ event: 'pusher:signin_success' }], 'and may try again');
});

t.test('the same user may sign in again, another one may not', async (t) => {
  const node = new OfflineChannels();
  const browser = node.browser();
  browser.signIn({ id: 'ann' });
  t.match(browser.signIn({ id: 'ann' }), [{ event: 'pusher:signin_success' }]);
  t.match(browser.signIn({ id: 'bob' }), [{ event: 'pusher:error', data: { code: 4009 } }]);
  t.ok(node.app.users.has('ann'));
  t.notOk(node.app.users.has('bob'));
  t.equal(node.told.filter(({ kind }) => kind === EventKind.USER_ONLINE).length, 1);
});

t.test('a numeric user id is a string of its digits, as on presence channels', async (t) => {
  const node = new OfflineChannels();
  t.match(node.browser().signIn('{"id":12345678901234567890}'), [
    { event: 'pusher:signin_success' },
  ]);
  t.ok(node.app.users.has('12345678901234567890'));
});

t.test('sign-in works without any switch, and needs no channel', async (t) => {
  const node = new OfflineChannels({ app: { clientEvents: false } });
  t.match(node.browser().signIn({ id: '1' }), [{ event: 'pusher:signin_success' }]);
});

t.test('sign-ins are limited with subscriptions', async (t) => {
  const node = new OfflineChannels({
    limits: { maxSubscriptionsPerSecond: 1, maxChannelsPerSocket: 3 },
  });
  const browser = node.browser();
  for (let i = 0; i < 4; i++) browser.signIn({ id: 'ann' });
  t.match(browser.signIn({ id: 'ann' }), [
    { data: { code: 4009, message: 'Too many sign-ins: the limit is 1 per second' } },
  ]);
  t.match(browser.subscribe('room'), [{ event: 'pusher:error' }, {}]);
  node.clock.advance(1000);
  t.match(browser.signIn({ id: 'ann' }), [{ event: 'pusher:signin_success' }]);
});

t.test('#server-to-user-<id> is for the signed-in user only', async (t) => {
  const node = new OfflineChannels();
  const browser = node.browser();
  const refused = [{ event: 'pusher:error' }, { event: 'pusher:subscription_error' }];
  t.match(browser.subscribe('#server-to-user-ann'), refused, 'before the sign-in');
  browser.signIn({ id: 'ann' });
  t.match(browser.subscribe('#server-to-user-bob'), refused);
  t.match(browser.subscribe('#server-to-user-ANN'), refused);
  t.match(browser.subscribe('#server-to-user-'), [{ event: 'pusher:error' }]);
  t.strictSame(browser.subscribe('#server-to-user-ann'), [
    { event: SUCCEEDED, data: '{}', channel: '#server-to-user-ann' },
  ]);
});

t.test('a signature does not open the channel of another user', async (t) => {
  const node = new OfflineChannels();
  const browser = node.browser();
  browser.signIn({ id: 'ann' });
  const channel = '#server-to-user-bob';
  const auth = `key:${hmacHex(node.app.secret, `${browser.id}:${channel}`)}`;
  browser.send({ event: 'pusher:subscribe', data: { channel, auth } });
  t.match(browser.read(), [{ event: 'pusher:error' }, { event: 'pusher:subscription_error' }]);
});

t.test('an event for a user reaches all connections of that user and nobody else', async (t) => {
  const node = new OfflineChannels();
  const [one, two, other] = [node.browser(), node.browser(), node.browser()];
  for (const browser of [one, two]) {
    browser.signIn({ id: 'ann' });
    browser.subscribe('#server-to-user-ann');
  }
  other.signIn({ id: 'bob' });
  other.subscribe('#server-to-user-bob');
  node.publish('#server-to-user-ann', 'hi', '{"a":1}');
  const frame = { event: 'hi', channel: '#server-to-user-ann', data: '{"a":1}' };
  t.strictSame(one.read(), [frame]);
  t.strictSame(two.read(), [frame]);
  t.strictSame(other.read(), []);
});

t.test('only the server speaks on the channel of a user', async (t) => {
  const node = new OfflineChannels();
  const [one, two] = [node.browser(), node.browser()];
  for (const browser of [one, two]) {
    browser.signIn({ id: 'ann' });
    browser.subscribe('#server-to-user-ann');
  }
  one.send({ event: 'client-x', channel: '#server-to-user-ann', data: {} });
  t.match(one.read(), [
    {
      data: { message: 'Client event rejected - only supported on private and presence channels' },
    },
  ]);
  t.strictSame(two.read(), []);
});

t.test('channels of users are announced to nobody and stand in no list', async (t) => {
  const node = new OfflineChannels({ app: { subscriptionCount: true } });
  const browser = node.browser();
  browser.signIn({ id: 'ann' });
  t.equal(browser.subscribe('#server-to-user-ann').length, 1, 'no count');
  browser.subscribe('room');
  t.strictSame(
    [...node.app.occupied()].map(({ name }) => name),
    ['room'],
  );
  browser.leave();
  t.notOk(node.told.some(({ channel }) => channel?.startsWith('#')));
});

t.test('a backend hears of the first connection of a user and of the last', async (t) => {
  const node = new OfflineChannels();
  const [one, two] = [node.browser(), node.browser()];
  one.signIn({ id: 'ann' });
  two.signIn({ id: 'ann' });
  one.leave();
  two.leave();
  t.match(
    node.told.filter(({ userId }) => userId === 'ann'),
    [
      { kind: EventKind.USER_ONLINE, socketId: one.id },
      { kind: EventKind.USER_OFFLINE, socketId: two.id },
    ],
  );
  t.equal(node.told.at(-1)?.kind, EventKind.CLOSE, 'the close of a socket is its last event');
});

t.test('terminate closes every connection of the user: pusher:error, then 4009', async (t) => {
  const node = new OfflineChannels();
  const [one, two, member, other] = [1, 2, 3, 4].map(() => node.browser());
  one?.signIn({ id: 'ann' });
  two?.signIn({ id: 'ann' });
  other?.signIn({ id: 'bob' });
  member?.subscribe('presence-x', { user_id: 'ann' });
  t.equal(node.hub.terminate(node.app, 'ann'), 2);
  for (const browser of [one, two]) {
    t.match(browser?.read(), [{ event: 'pusher:error', data: { code: 4009 } }]);
    t.equal(browser?.closed?.code, 4009);
  }
  t.equal(other?.closed, undefined);
  t.equal(member?.closed, undefined, 'members of presence channels are not signed in');
  t.equal(node.hub.terminate(node.app, 'nobody'), 0);
  const again = node.browser();
  t.match(again.signIn({ id: 'ann' }), [{ event: 'pusher:signin_success' }], 'may come back');
});

t.test('an app may have terminated users come back at once', async (t) => {
  const node = new OfflineChannels({ app: { terminateCode: 4200 } });
  const [new7, old5] = [node.browser(7), node.browser(5)];
  new7.signIn({ id: 'ann' });
  old5.signIn({ id: 'ann' });
  void node.hub.terminate(node.app, 'ann');
  t.strictSame(new7.read(), [], 'the close frame is enough from protocol 6 on');
  t.match(old5.read(), [{ event: 'pusher:error', data: { code: 4200 } }]);
  t.equal(new7.closed?.code, 4200);
  t.equal(old5.closed?.code, 4200);
});

t.test(
  'a presence subscription without channel_data makes the signed-in user the member',
  async (t) => {
    const node = new OfflineChannels();
    const browser = node.browser();
    t.match(browser.subscribe('presence-x'), [
      { event: 'pusher:error', data: { code: null, message: 'Missing parameter: channel_data' } },
      {},
    ]);
    browser.signIn({ id: 'ann', user_info: { name: 'Ann' } });
    const data = { presence: { count: 1, ids: ['ann'], hash: { ann: { name: 'Ann' } } } };
    t.strictSame(browser.subscribe('presence-x'), [
      { event: SUCCEEDED, channel: 'presence-x', data: JSON.stringify(data) },
    ]);
    const signed = browser.subscribe('presence-y', { user_id: 'bob' });
    t.match(signed, [{ data: /"ids":\["bob"\]/ }], 'channel_data counts when it is there');
  },
);

t.test('with authorizedConnections a stranger is closed with 4009 in time', async (t) => {
  const node = new OfflineChannels({
    app: { authorizedConnections: true },
    limits: { maxConnectionsPerApp: 2 },
  });
  const [stranger, user, member, gone] = [1, 2, 3, 4].map(() => node.browser());
  t.equal(node.app.unauthorizedSockets, 4, 'more than the quota: strangers do not count');
  stranger?.subscribe('room');
  user?.signIn({ id: 'ann' });
  member?.subscribe('private-x');
  gone?.leave();
  t.equal(node.app.unauthorizedSockets, 1);
  t.equal(node.browser().closed?.code, 4004, 'the authorized ones have used the quota up');
  node.clock.advance(29_999);
  t.equal(stranger?.closed, undefined);
  node.clock.advance(1);
  t.match(stranger?.read().at(-1), { event: 'pusher:error', data: { code: 4009 } });
  t.equal(stranger?.closed?.code, 4009);
  node.clock.advance(60_000);
  t.equal(user?.closed, undefined);
  t.equal(member?.closed, undefined);
  t.equal(node.app.unauthorizedSockets, 0);
  t.equal(node.clock.timers, 0);
});

t.test('subscription_error can be switched off', async (t) => {
  const node = new OfflineChannels({ app: { subscriptionErrors: false } });
  t.match(node.browser().subscribe('#server-to-user-ann'), [{ event: 'pusher:error' }]);
  t.equal(node.browser().subscribe('#server-to-user-ann').length, 1);
});

t.test(
  'data of client events stays what it was, or becomes a string if the app says so',
  async (t) => {
    const sent: Array<[data: unknown, asString: unknown]> = [
      [{ a: 1 }, '{"a":1}'],
      ['text', 'text'],
      [7, '7'],
      [undefined, undefined],
    ];
    for (const stringifyClientEvents of [false, true]) {
      const node = new OfflineChannels({ app: { stringifyClientEvents } });
      const [from, to] = [node.browser(), node.browser()];
      from.subscribe('private-x');
      to.subscribe('private-x');
      for (const [data, asString] of sent) {
        from.send({ event: 'client-x', channel: 'private-x', data });
        t.strictSame(to.read()[0]?.data, stringifyClientEvents ? asString : data);
      }
    }
  },
);
