import type Upstream from 'pusher';
import { type Cases, refusal, thrown } from './sdk-context';

/** Cases of requests to the server and its answers. */
export const sending: Cases = {
  'trigger(channel, event, data): a browser gets it': async (t, { pusher, browser }) => {
    const socket = await (await browser()).subscribe('room');
    const response = await pusher.trigger('room', 'hi', { text: 'ä "𝄞"' });
    t.equal(response.status, 200);
    t.equal(response.ok, true);
    t.strictSame(await response.json(), {});
    t.strictSame((await socket.next('hi')).data, { text: 'ä "𝄞"' });
    await pusher.trigger('room', 'plain', 'text stays text');
    t.equal((await socket.next('plain')).data, 'text stays text');
    for (const data of [7, null, [1, 'a'], true]) {
      await pusher.trigger('room', 'value', data);
      t.strictSame((await socket.next('value')).data, data);
    }
  },

  'get({ path }): a path is encoded for the URL': async (t, { pusher }) => {
    for (const name of ['a b', 'ä', '𝄞', 'a<b>', 'a%20b']) {
      const response = await refusal(pusher.get({ path: `/channels/${name}` }));
      const body = `Invalid channel name: ${name.replace('%20', ' ')}\n`;
      t.match(response, { status: 400, body });
    }
  },

  'trigger([channels], …): all of them get it': async (t, { pusher, browser }) => {
    const [one, two] = [await browser(), await browser()];
    await one.subscribe('a');
    await two.subscribe('b-_=@,.;');
    await pusher.trigger(['a', 'b-_=@,.;'], 'hi', 1);
    t.equal((await one.next('hi')).channel, 'a');
    t.equal((await two.next('hi')).channel, 'b-_=@,.;');
  },

  'trigger(…, { socket_id }): that socket does not get it': async (t, { pusher, browser }) => {
    const [one, two] = [await browser(), await browser()];
    for (const socket of [one, two]) await socket.subscribe('room');
    await pusher.trigger('room', 'not for one', 1, { socket_id: one.id });
    await pusher.triggerBatch([{ channel: 'room', name: 'nor this', data: 2, socket_id: one.id }]);
    await pusher.trigger('room', 'for both', 3);
    await one.next('for both');
    const heard = one.received.map(({ event }) => event).filter((event) => !/^pusher/.test(event));
    t.strictSame(heard, ['for both']);
    t.equal((await two.next('not for one')).data, 1);
    t.equal((await two.next('nor this')).data, 2);
  },

  'trigger(…, { info }): the answer has the counts': async (t, { pusher, browser }) => {
    await (await browser()).subscribe('presence-p', { userId: 'a' });
    const info = 'user_count,subscription_count';
    const response = await pusher.trigger(['presence-p', 'room'], 'e', {}, { info });
    const counts = { 'presence-p': { user_count: 1, subscription_count: 1 } };
    t.strictSame(await response.json(), {
      channels: { ...counts, room: { subscription_count: 0 } },
    });
    t.match(await (await pusher.trigger('presence-p', 'e', 1, { info })).json(), {
      channels: counts,
    });
  },

  'trigger: names that break a rule throw at once': async (t, { pusher }) => {
    const long = 'x'.repeat(201);
    const many = Array.from({ length: 101 }, (_, i) => `${i}`);
    const rows: Array<[() => unknown, string]> = [
      [() => pusher.trigger('abc$', 'e', 1), "Invalid channel name: 'abc$'"],
      [() => pusher.trigger('', 'e', 1), "Invalid channel name: ''"],
      [() => pusher.trigger(['a', 'b c'], 'e', 1), "Invalid channel name: 'b c'"],
      [() => pusher.trigger(7 as never, 'e', 1), "Invalid channel name: '7'"],
      [() => pusher.trigger(undefined as never, 'e', 1), "Invalid channel name: 'undefined'"],
      [() => pusher.trigger(long, 'e', 1), `Channel name too long: '${long}'`],
      [() => pusher.trigger('a', long, 1), `Too long event name: '${long}'`],
      [() => pusher.trigger(many, 'e', 1), "Can't trigger a message to more than 100 channels"],
      [() => pusher.trigger('a', 'e', 1, { socket_id: 'x' }), "Invalid socket id: 'x'"],
      [() => pusher.sendToUser('', 'e', 1), "Invalid user id: ''"],
      [() => pusher.sendToUser(123 as never, 'e', 1), "Invalid user id: '123'"],
      [() => pusher.sendToUser('u', long, 1), `Too long event name: '${long}'`],
      [() => pusher.terminateUserConnections(''), "Invalid user id: ''"],
    ];
    for (const [run, message] of rows) t.equal(thrown(run), `Error: ${message}`);
    await pusher.trigger('x'.repeat(164), 'x'.repeat(200), 1);
  },

  'trigger: what the server refuses rejects with its text': async (t, { pusher, make }) => {
    const channel = 'x'.repeat(165);
    t.strictSame(await refusal(pusher.trigger(channel, 'e', 1)), {
      name: 'PusherRequestError',
      message: 'Unexpected status code 400',
      status: 400,
      body: `Invalid channel name: ${channel}\n`,
      path: '/apps/1/events',
    });
    t.match(await refusal(pusher.trigger('a', 'e', 'x'.repeat(10_241))), { status: 413 });
    t.match(await refusal(make({ secret: 'another' }).trigger('a', 'e', 1)), {
      status: 401,
      body: /^Invalid signature: you should have sent HmacSHA256Hex\("POST/,
    });
    t.match(await refusal(make({ key: 'another' }).get({ path: '/channels' })), {
      status: 401,
      body: 'Unknown auth_key\n',
    });
  },

  'a server that is not there rejects with a RequestError': async (t, { sdk, make }) => {
    try {
      await make({ port: '1' }).trigger('a', 'e', 1);
      t.fail('it was sent');
    } catch (error) {
      t.ok(error instanceof sdk.RequestError);
      t.ok(error instanceof Error);
      const { name, message, status, body, error: cause } = error as Upstream.RequestError;
      t.strictSame([name, message], ['PusherRequestError', 'Request failed with an error']);
      t.strictSame([status, body], [undefined, undefined]);
      t.match(cause.message, /ECONNREFUSED/);
    }
  },

  'triggerBatch(events): each goes to its channel, in order': async (t, { pusher, browser }) => {
    const socket = await browser();
    for (const channel of ['a', 'b']) await socket.subscribe(channel);
    const names = Array.from({ length: 10 }, (_, i) => `e${i}`);
    const batch = names.map((name, i) => ({ channel: i % 2 ? 'b' : 'a', name, data: { i } }));
    t.strictSame(await (await pusher.triggerBatch(batch)).json(), {});
    for (const [i, name] of names.entries()) {
      t.match(await socket.next(name), { channel: i % 2 ? 'b' : 'a', data: { i } });
    }
    const heard = socket.received.map(({ event }) => event).filter((event) => /^e/.test(event));
    t.strictSame(heard, names);
  },

  'triggerBatch: info is answered by the place of the event': async (t, { pusher, browser }) => {
    await (await browser()).subscribe('presence-p', { userId: 'a' });
    const response = await pusher.triggerBatch([
      { channel: 'room', name: 'e', data: 'text', info: 'subscription_count' },
      { channel: 'room', name: 'e', data: {} },
      { channel: 'presence-p', name: 'e', data: {}, info: 'user_count' },
    ]);
    t.strictSame(await response.json(), {
      batch: [{ subscription_count: 0 }, {}, { user_count: 1 }],
    });
  },

  'sendToUser(user, event, data): all browsers of the user get it': async (t, context) => {
    const users = await Promise.all([context.browser(), context.browser(), context.browser()]);
    for (const [i, user] of users.entries()) {
      const id = i < 2 ? 'ann' : 'bob';
      await user.signIn(id);
      await user.subscribe(`#server-to-user-${id}`);
    }
    await context.pusher.sendToUser('ann', 'note', { x: 1 });
    for (const user of users.slice(0, 2)) t.strictSame((await user.next('note')).data, { x: 1 });
    t.notOk(users[2]?.received.some(({ event }) => event === 'note'));
  },

  'terminateUserConnections(user): its connections are closed': async (t, { pusher, browser }) => {
    const user = await browser();
    await user.signIn('ann');
    t.equal((await pusher.terminateUserConnections('ann')).status, 200);
    t.equal((await user.closed).code, 4009);
  },

  'get({ path, params }): channels, one channel, its users': async (t, { pusher, browser }) => {
    const ask = async (path: string, params?: Record<string, string>): Promise<unknown> =>
      (await pusher.get({ path, ...(params && { params }) })).json();
    t.strictSame(await ask('/channels'), { channels: {} });
    const socket = await browser();
    await socket.subscribe('room');
    await socket.subscribe('presence-p', { userId: 'ann' });
    const params = { filter_by_prefix: 'presence-', info: 'user_count' };
    t.strictSame(await ask('/channels', params), { channels: { 'presence-p': { user_count: 1 } } });
    t.strictSame(await ask('/channels/room', { info: 'subscription_count' }), {
      occupied: true,
      subscription_count: 1,
    });
    t.strictSame(await ask('/channels/presence-p/users'), { users: [{ id: 'ann' }] });
    const response = await pusher.get({ path: '/channels', params: {} });
    t.equal(await response.text(), '{"channels":{"room":{},"presence-p":{}}}');
    t.equal(response.headers.get('content-type'), 'application/json');
    t.match(await refusal(pusher.get({ path: '/nowhere' })), { status: 404, body: 'Not found\n' });
  },

  'post({ path, body, params })': async (t, { pusher, browser }) => {
    const socket = await (await browser()).subscribe('room');
    const body = { name: 'hi', data: 'x', channel: 'room' };
    t.strictSame(await (await pusher.post({ path: '/events', body: body as never })).json(), {});
    t.equal((await socket.next('hi')).data, 'x');
    t.match(await refusal(pusher.post({ path: '/events', body: { channel: 'x' } as never })), {
      status: 400,
      body: 'Missing required parameter: name\n',
    });
  },

  'a timeout rejects with an AbortError as its cause': async (t, { make }) => {
    const { createServer } = await import('node:net');
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    t.teardown(() => silent.close());
    const { port } = silent.address() as { port: number };
    try {
      await make({ port: String(port), timeout: 50 }).trigger('a', 'e', 1);
      t.fail('it was answered');
    } catch (error) {
      const { message, error: cause } = error as Upstream.RequestError;
      t.strictSame([message, cause.name], ['Request failed with an error', 'AbortError']);
    }
  },
};
