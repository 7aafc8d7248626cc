import t, { type Test } from 'tap';
import { APP, AppServer } from '../conformance/app-server';
import { args, type Bench, bench, LIBRARIES, told } from './libraries';

type Show = (t: Test, bench: Bench) => Promise<void>;

/** Each line of the API of pusher-js, shown in the same way with it and with the library that replaces it. */
const API: Record<string, Show> = {
  'new Pusher(key, options): connects, and says so in order': async (t, { client }) => {
    const pusher = await client({}, { connected: false });
    const heard: unknown[] = [];
    t.equal(pusher.connection.state, 'connecting');
    pusher.connection.bind('state_change', (change: unknown) =>
      heard.push(['state_change', change]),
    );
    pusher.connection.bind('connected', (data: { socket_id: string }) =>
      heard.push(['connected', data]),
    );
    const data = await told(pusher.connection, 'connected');
    t.strictSame(heard, [
      ['state_change', { previous: 'connecting', current: 'connected' }],
      ['connected', { socket_id: pusher.connection.socket_id }],
    ]);
    t.match(data, { socket_id: /^\d+\.\d+$/ });
    t.equal(pusher.connection.isUsingTLS(), false);
    t.equal(pusher.shouldUseTLS(), false);
    t.equal(pusher.key, APP.key);
  },

  'new Pusher(): a key is needed': async (t, { client }) => {
    await t.rejects(async () => {
      await client().then((known) => Reflect.construct(known.constructor, [undefined, {}]));
    });
  },

  'disconnect, connect: states and a new id': async (t, { client }) => {
    const pusher = await client();
    const first = pusher.connection.socket_id;
    const states: string[] = [];
    pusher.connection.bind('state_change', ({ current }: { current: string }) =>
      states.push(current),
    );
    pusher.disconnect();
    t.equal(pusher.connection.state, 'disconnected');
    t.equal(pusher.send_event('e', 1), false);
    pusher.connect();
    await told(pusher.connection, 'connected');
    t.strictSame(states, ['disconnected', 'connecting', 'connected']);
    t.not(pusher.connection.socket_id, first);
  },

  'subscribe: an event has data and metadata': async (t, { client, sdk }) => {
    const pusher = await client();
    const channel = pusher.subscribe('room');
    t.equal(pusher.subscribe('room'), channel, 'the same channel again');
    t.equal(channel.name, 'room');
    t.strictSame([channel.subscribed, channel.subscriptionPending], [false, true]);
    t.strictSame(await args(channel, 'pusher:subscription_succeeded'), [{}]);
    t.strictSame([channel.subscribed, channel.subscriptionPending], [true, false]);
    const event = args(channel, 'e');
    await sdk.trigger('room', 'e', { a: [1] });
    t.strictSame(await event, [{ a: [1] }, {}]);
  },

  'channel, allChannels, channels.channels, unsubscribe': async (t, { client }) => {
    const pusher = await client();
    t.equal(pusher.channel('room'), undefined);
    const [room, other] = [pusher.subscribe('room'), pusher.subscribe('other')];
    await told(other, 'pusher:subscription_succeeded');
    t.equal(pusher.channel('room'), room);
    t.equal(pusher.channels.channels['room'], room);
    t.strictSame(
      pusher.allChannels().map(({ name }) => name),
      ['room', 'other'],
    );
    pusher.unsubscribe('room');
    t.equal(pusher.channel('room'), undefined);
    t.equal(room.subscribed, false);
    t.equal(other.subscribed, true);
  },

  'subscribe before there is a connection, unsubscribe before there is an answer': async (
    t,
    { client },
  ) => {
    const pusher = await client({}, { connected: false });
    const channel = pusher.subscribe('room');
    pusher.subscribe('given-up');
    pusher.unsubscribe('given-up');
    await told(channel, 'pusher:subscription_succeeded');
    const late = pusher.subscribe('late');
    pusher.unsubscribe('late');
    t.strictSame([late.subscriptionPending, late.subscriptionCancelled], [true, true]);
    t.equal(pusher.subscribe('late'), late, 'and taken back');
    t.equal(late.subscriptionCancelled, false);
    await told(late, 'pusher:subscription_succeeded');
    pusher.subscribe('twice');
    pusher.unsubscribe('twice');
    const after = pusher.subscribe('after');
    await told(after, 'pusher:subscription_succeeded');
    t.strictSame(
      pusher.allChannels().map(({ name }) => name),
      ['room', 'late', 'after'],
    );
  },

  'bind, unbind, bind_global, unbind_global, unbind_all on a channel': async (
    t,
    { client, sdk },
  ) => {
    const channel = (await client()).subscribe('room');
    await told(channel, 'pusher:subscription_succeeded');
    const heard: unknown[] = [];
    const note = function (this: { name?: string } | undefined, data: unknown): void {
      heard.push([this?.name, data]);
    };
    const context = { name: 'context' };
    channel.bind('e', note, context).bind('e', note).bind('f', note, context);
    const global = (event: string, data: unknown): void => void heard.push(['global', event, data]);
    channel.bind_global(global);
    const settled = async (value: number): Promise<unknown[]> => {
      const end = args(channel, 'end');
      await sdk.triggerBatch([
        { channel: 'room', name: 'e', data: value },
        { channel: 'room', name: 'f', data: value },
        { channel: 'room', name: 'end', data: {} },
      ]);
      await end;
      return heard.splice(0).filter((entry) => !(entry as unknown[]).includes('end'));
    };
    t.strictSame(await settled(1), [
      ['global', 'e', 1],
      ['context', 1],
      [undefined, 1],
      ['global', 'f', 1],
      ['context', 1],
    ]);
    channel.unbind('e', note, context);
    channel.unbind_global(global);
    t.strictSame(await settled(2), [
      [undefined, 2],
      ['context', 2],
    ]);
    channel.unbind(undefined, note);
    channel.bind('e', note, context);
    channel.unbind(undefined, undefined, context);
    t.strictSame(await settled(3), []);
    channel.bind('e', note).bind_global(global).unbind_all();
    t.strictSame(await settled(4), []);
  },

  'bind, bind_global, unbind_all on the client: events of all channels': async (
    t,
    { client, sdk },
  ) => {
    const pusher = await client();
    const channel = pusher.subscribe('room');
    await told(channel, 'pusher:subscription_succeeded');
    const heard: unknown[] = [];
    pusher.bind('e', (...given: unknown[]) => heard.push(given));
    pusher.bind_global((...given: unknown[]) => heard.push(given));
    const end = args(channel, 'end');
    await sdk.trigger('room', 'e', 7);
    await sdk.trigger('room', 'end', 8);
    await end;
    await new Promise((resolve) => setTimeout(resolve));
    t.strictSame(heard, [['e', 7], [7], ['end', 8]]);
    pusher.unbind_all();
    const again = args(pusher.subscribe('other'), 'pusher:subscription_succeeded');
    await again;
    t.equal(heard.length, 3);
  },

  'private channel: authorized, refused, not understood': async (t, { client, server }) => {
    const endpoint = `${server.url}/own`;
    const pusher = await client({ channelAuthorization: { endpoint, transport: 'ajax' } });
    await told(pusher.subscribe('private-a'), 'pusher:subscription_succeeded');
    server.answers.set('/own', () => 403);
    const error =
      `Unable to retrieve auth string from channel-authorization endpoint - received status: 403 from ${endpoint}. ` +
      'Clients must be authorized to join private or presence channels. ' +
      'See: https://pusher.com/docs/channels/server_api/authorizing-users/';
    const refused = await args(pusher.subscribe('private-b'), 'pusher:subscription_error');
    t.strictSame(refused, [{ type: 'AuthError', error, status: 403 }]);
    server.answers.delete('/own');
  },

  'authEndpoint, auth.params, auth.headers: the older names': async (t, { client, server }) => {
    let asked: unknown;
    server.answers.set('/older', (form) => {
      asked = Object.fromEntries(form);
      return server.sign(form);
    });
    const pusher = await client({
      channelAuthorization: undefined,
      authEndpoint: `${server.url}/older`,
      auth: { params: { a: 'b c', n: 1 }, headers: { 'X-Own': 'yes' } },
    });
    const channel = pusher.subscribe('private-a');
    await told(channel, 'pusher:subscription_succeeded');
    const { socket_id } = pusher.connection;
    t.strictSame(asked, { socket_id, channel_name: 'private-a', a: 'b c', n: '1' });
  },

  'channelAuthorization.customHandler': async (t, { client, server }) => {
    const customHandler = (
      { socketId, channelName }: { socketId: string; channelName: string },
      callback: (error: Error | null, data: object | null) => void,
    ): void => {
      setTimeout(() => {
        if (channelName === 'private-no') callback(new Error('not you'), null);
        else callback(null, server.signer.authorizeChannel(socketId, channelName));
      });
    };
    const pusher = await client({ channelAuthorization: { customHandler } });
    await told(pusher.subscribe('private-yes'), 'pusher:subscription_succeeded');
    const error = await told(pusher.subscribe('private-no'), 'pusher:subscription_error');
    t.strictSame(error, { type: 'AuthError', error: 'not you' });
  },

  'authorizer: older still': async (t, { client, server }) => {
    const authorizer = (channel: { name: string }, options: { authEndpoint: string }) => ({
      authorize(socketId: string, callback: (error: Error | null, data: object) => void) {
        t.equal(options.authEndpoint, '/pusher/auth');
        callback(null, server.signer.authorizeChannel(socketId, channel.name));
      },
    });
    const pusher = await client({ channelAuthorization: undefined, authorizer });
    await told(pusher.subscribe('private-a'), 'pusher:subscription_succeeded');
  },

  'presence channel: members, me, get, each, member_added, member_removed': async (
    t,
    { client },
  ) => {
    const [one, two] = [await client(), await client()];
    const channel = one.subscribe('presence-a');
    const id = `user of ${one.connection.socket_id}`;
    const other = `user of ${two.connection.socket_id}`;
    const [members] = (await args(channel, 'pusher:subscription_succeeded')) as [
      {
        count: number;
        myID: string;
        me: object;
        get(id: string): object | null;
        each(on: (member: object) => void): void;
      },
    ];
    t.equal((channel as unknown as { members: unknown }).members, members);
    t.strictSame([members.count, members.myID], [1, id]);
    t.strictSame(JSON.parse(JSON.stringify(members.me)), { id, info: null });
    t.equal(members.get('nobody'), null);
    const added = args(channel, 'pusher:member_added');
    two.subscribe('presence-a');
    const [member] = await added;
    t.match(member, { id: other });
    const all: unknown[] = [];
    members.each((each) => all.push((each as { id: string }).id));
    t.strictSame(all.sort(), [id, other].sort());
    const removed = args(channel, 'pusher:member_removed');
    two.unsubscribe('presence-a');
    const [gone] = await removed;
    t.match(gone, { id: other });
    t.equal(members.count, 1);
  },

  'trigger: a client event, with the user_id on presence channels': async (t, { client }) => {
    const [one, two] = [await client(), await client()];
    for (const name of ['private-a', 'presence-a']) {
      const [from, to] = [one.subscribe(name), two.subscribe(name)];
      await Promise.all([from, to].map((c) => told(c, 'pusher:subscription_succeeded')));
      const heard = args(to, 'client-e');
      t.equal(from.trigger('client-e', { a: 1 }), true);
      const metadata =
        name === 'private-a' ? {} : { user_id: `user of ${one.connection.socket_id}` };
      t.strictSame(await heard, [{ a: 1 }, metadata]);
    }
  },

  subscription_count: async (t, { client }) => {
    const [one, two] = [await client(), await client()];
    const channel = one.subscribe('room');
    t.strictSame(await args(channel, 'pusher:subscription_count'), [{ subscription_count: 1 }]);
    const second = new Promise<void>((resolve) =>
      channel.bind('pusher:subscription_count', (data: { subscription_count: number }) => {
        if (data.subscription_count === 2) resolve();
      }),
    );
    two.subscribe('room');
    await second;
    t.equal(channel.subscriptionCount, 2);
  },

  cache_miss: async (t, { client }) => {
    const channel = (await client()).subscribe('cache-a');
    t.strictSame(await args(channel, 'pusher:cache_miss'), [{}, {}]);
  },

  'signin, user.bind, user.user_data, signinDonePromise, watchlist': async (t, { client, sdk }) => {
    const pusher = await client();
    const offline = args(pusher.user.watchlist, 'offline');
    const heard = args(pusher.user, 'hello');
    t.equal(pusher.user.user_data, null);
    pusher.signin();
    pusher.signin();
    await pusher.user.signinDonePromise;
    t.match(pusher.user.user_data, { id: 'ann' });
    t.strictSame(await offline, [{ name: 'offline', user_ids: ['bob'] }]);
    while (!pusher.user.serverToUserChannel?.subscribed) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await sdk.sendToUser('ann', 'hello', { a: 1 });
    t.strictSame(await heard, [{ a: 1 }]);
  },

  signin_error: async (t, { client, server }) => {
    const endpoint = `${server.url}/nobody`;
    server.answers.set('/nobody', () => 401);
    const pusher = await client({ userAuthentication: { endpoint, transport: 'ajax' } });
    const error = args(pusher.user, 'pusher:signin_error');
    pusher.signin();
    const text =
      `Unable to retrieve auth string from user-authentication endpoint - received status: 401 from ${endpoint}. ` +
      'See: https://pusher.com/docs/channels/server_api/authenticating_users';
    t.strictSame(await error, [{ type: 'AuthError', error: text, status: 401 }]);
    await pusher.user.signinDonePromise;
    t.equal(pusher.user.user_data, null);
  },

  'connection.bind(error): what the gateway says in band': async (t, { client }) => {
    const pusher = await client();
    const error = args(pusher.connection, 'error');
    pusher.send_event('pusher:subscribe', { channel: 'not a name', auth: '' });
    t.match(await error, [
      { type: 'PusherError', data: { code: null, message: /^Invalid channel name/ } },
    ]);
  },

  'connection.bind(error): a key that nobody knows': async (t, { client }) => {
    const pusher = await client({}, { connected: false });
    pusher.disconnect();
    const errors: unknown[] = [];
    const states: string[] = [];
    pusher.connection.bind('error', (error: unknown) => errors.push(error));
    pusher.connection.bind('state_change', ({ current }: { current: string }) =>
      states.push(current),
    );
    const gone = told(pusher.connection, 'disconnected');
    (pusher as unknown as { switchCluster(to: object): void }).switchCluster({
      appKey: 'nobody',
      cluster: '',
    });
    await gone;
    t.strictSame(states, ['connecting', 'disconnected']);
    t.match(errors, [
      {
        type: 'WebSocketError',
        error: { type: 'PusherError', data: { code: 4001, message: String } },
      },
    ]);
  },

  BadChannelName: async (t, { client }) => {
    const pusher = await client();
    t.throws(() => pusher.subscribe('#secret'), {
      message: 'Cannot create a channel with name "#secret".',
    });
  },

  'Pusher.log': async (t, { client }) => {
    const library = (await client()).constructor as unknown as { log: unknown };
    const lines: string[] = [];
    library.log = (line: string) => lines.push(line);
    t.teardown(() => (library.log = undefined));
    const pusher = await client();
    await told(pusher.subscribe('room'), 'pusher:subscription_succeeded');
    t.ok(lines.some((line) => line.startsWith('Pusher : ') && line.includes('pusher:subscribe')));
  },

  'ping: a gateway that asks is answered': async (t, { client }) => {
    const pusher = await client({ activityTimeout: 50 });
    const message = new Promise((resolve) =>
      pusher.connection.bind('message', (given: { event: string }) => {
        if (given.event === 'pusher:pong') resolve(given);
      }),
    );
    t.match(await message, { event: 'pusher:pong', data: {} });
    t.equal(pusher.connection.state, 'connected');
  },
};

for (const [name, library] of Object.entries(LIBRARIES)) {
  t.test(name, async (t) => {
    const server = await AppServer.start(t, undefined);
    for (const [line, show] of Object.entries(API)) {
      await t.test(line, async (t) => show(t, await bench(t, library, server)));
    }
  });
}
