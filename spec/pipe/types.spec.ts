import type StockPusher from 'pusher-js';
import t from 'tap';
import { attachBackChannel, type AppPusher } from '../../lib/back-channel';
import {
  createClient,
  type CloseMeta,
  type Meta,
  type PipeClient,
  type PipeOptions,
} from '../../lib/index';
import type { Pusher as Subscriber } from '../../lib/subscriber/node';
import { CREDENTIALS } from '../support/scripted-client';

/** Compared when the specs are type-checked, not when they run. */
type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
function is<A, B>(same: Same<A, B>): void {
  t.equal(same, true);
}

interface Game {
  move: { x: number; y: number };
  say: string;
}

t.test('event maps flow to handlers and triggers', (t) => {
  const client = createClient<Game>(CREDENTIALS);
  client.sockets
    .on('open', (id, meta) => (is<typeof id, string>(true), is<typeof meta, Meta>(true)))
    .on('close', (_id, meta) => is<typeof meta, CloseMeta>(true))
    .on(
      'event:move',
      (id, data) => (is<typeof id, string>(true), is<typeof data, Game['move']>(true)),
    )
    .on('event', (name, _id, data) => {
      is<[typeof name, typeof data], ['move' | 'say', Game['move'] | string]>(true);
    });
  client
    .socket('1.1')
    .on('event:say', (data, meta) => (is<typeof data, string>(true), is<typeof meta, Meta>(true)));
  client.channels.on('event:say', (channel, id, data) => {
    is<[typeof channel, typeof id, typeof data], [string, string, string]>(true);
  });
  client.channel('room').on('event:move', (id, data) => {
    is<[typeof id, typeof data], [string, Game['move']]>(true);
  });
  client.channel('room').trigger('move', { x: 1, y: 2 }, { except: '1.1' });
  client.socket('1.1').trigger('say', 'hi', (error) => error?.code);

  const refused = (): void => {
    // @ts-expect-error there is no such event
    client.sockets.on('event:jump', () => undefined);
    // @ts-expect-error there is no such word
    client.sockets.on('opne', () => undefined);
    // @ts-expect-error sockets are not occupied
    client.sockets.on('occupied', () => undefined);
    // @ts-expect-error data of another type
    client.channel('room').trigger('move', { x: 1 });
    // @ts-expect-error a name that is not in the map
    client.channel('room').trigger('jump', 1);
    // @ts-expect-error there is no such client event
    client.on('conected', () => undefined);
    // @ts-expect-error there is no such kind
    client.subscribe(['socket_messages']);
    // @ts-expect-error a socket has nobody to leave out
    void client.socket('1.1').publish('say', 'hi', { except: '2.2' });
    // @ts-expect-error the secret is required
    createClient({ key: 'k', appId: 1 });
  };
  t.type(refused, 'function');
  t.end();
});

t.test('without an event map any name is allowed and data is unknown', (t) => {
  const client = createClient(CREDENTIALS);
  client.sockets.on('event:anything', (_id, data) => is<typeof data, unknown>(true));
  client.channels.on('event', (name, channel, id, data) => {
    is<[typeof name, typeof channel, typeof id, typeof data], [string, string, string, unknown]>(
      true,
    );
  });
  client.channel('room').trigger('anything', { at: 'all' });
  t.end();
});

t.test('receipts and iterated events say what they hold', (t) => {
  const client = createClient<Game>(CREDENTIALS);
  const use = async (): Promise<void> => {
    const receipt = await client.channel('room').publish('say', 'hi', { ack: 'delivered' });
    if (receipt.status === 'delivered') is<typeof receipt.sockets, number>(true);
    for await (const e of client.channel('room').events()) {
      if (e.event === 'move') is<typeof e.data, Game['move']>(true);
    }
  };
  t.type(use, 'function');
  t.end();
});

interface Directed {
  browser: { move: { x: number; y: number }; say: string; jump: undefined };
  server: { moved: { id: string; x: number }; tick: undefined };
  requests: { where: (data: { unit: 'px' | 'tile' }) => { x: number }; ping: undefined };
}

t.test('a declaration with directions tells what is heard from what is sent', (t) => {
  const client = createClient<Directed>(CREDENTIALS);
  const use = async (): Promise<void> => {
    client.sockets.on('event:move', (_id, data) => is<typeof data, { x: number; y: number }>(true));
    client.socket('1.1').trigger('moved', { id: '2.2', x: 1 }, (error) => error?.code);
    client.socket('1.1').trigger('tick');
    client.channel('room').trigger('moved', { id: '2.2', x: 1 }, '2.2');
    await client.user('ada').publish('tick', undefined, { ack: 'delivered' });
    client.channels(['a', 'b']).trigger('moved', { id: '2.2', x: 1 });
    const where = await client.socket('1.1').request('where', { unit: 'px' });
    is<typeof where, { x: number }>(true);
    const pong = await client.socket('1.1').request('ping');
    is<typeof pong, unknown>(true);
    // @ts-expect-error browsers send it, servers do not
    client.channel('room').trigger('move', { x: 1, y: 2 });
    // @ts-expect-error servers send it, browsers do not
    client.sockets.on('event:moved', () => undefined);
    // @ts-expect-error data is required
    client.channel('room').trigger('moved');
    // @ts-expect-error data is required
    void client.socket('1.1').publish('moved');
    // @ts-expect-error data is required
    client.user('ada').trigger('moved');
    // @ts-expect-error the request has no such unit
    void client.socket('1.1').request('where', { unit: 'mile' });
    // @ts-expect-error there is no such request
    void client.socket('1.1').request('who');
  };
  t.type(use, 'function');
  t.end();
});

t.test('a look at the name of an event tells the type of its data', (t) => {
  const client = createClient<Directed>(CREDENTIALS);
  client.sockets.on('event', (name, _id, data) => {
    if (name === 'move') is<typeof data, { x: number; y: number }>(true);
    if (name === 'say') is<typeof data, string>(true);
  });
  client.sockets.once('event', (name, _id, data, meta) => {
    is<typeof meta, Meta>(true);
    if (name === 'move') is<typeof data, { x: number; y: number }>(true);
    else is<typeof data, string | undefined>(true);
  });
  client.socket('1.1').on('event', (name, data) => {
    switch (name) {
      case 'say':
        is<typeof data, string>(true);
        break;
      case 'jump':
        is<typeof data, undefined>(true);
        break;
      default:
        is<typeof data, { x: number; y: number }>(true);
    }
  });
  client.channels.on('event', (name, channel, id, data) => {
    is<[typeof channel, typeof id], [string, string]>(true);
    if (name === 'move') is<typeof data, { x: number; y: number }>(true);
  });
  client.channel('room').on('event', (name, _id, data, meta) => {
    is<typeof meta, Meta>(true);
    if (name === 'say') is<typeof data, string>(true);
  });
  client.channel('room').once('event', (name) => is<typeof name, 'move' | 'say' | 'jump'>(true));
  client.sockets.on('event', () => undefined);
  t.end();
});

t.test(
  'a function makes clients for any declaration of events, of options that it is given',
  (t) => {
    function make<E extends { hi: string }>(options: PipeOptions): PipeClient<E> {
      return createClient<E>(options);
    }
    const client = make<{ hi: string; bye: number }>(CREDENTIALS);
    client.sockets.on('event:bye', (_id, data) => is<typeof data, number>(true));
    t.end();
  },
);

t.test('data may be left out only where its type has undefined', (t) => {
  const client = createClient<Game>(CREDENTIALS);
  const refused = (): void => {
    // @ts-expect-error data is required
    client.channel('room').trigger('move');
    // @ts-expect-error data is required
    client.socket('1.1').trigger('say');
  };
  createClient(CREDENTIALS).channel('room').trigger('anything');
  t.type(refused, 'function');
  t.end();
});

t.test('the same declaration holds for the subscriber, the back channel and pusher-js', (t) => {
  const use = (stock: StockPusher, subscriber: Subscriber<Directed>): void => {
    subscriber.subscribe('room').bind('moved', (data) => is<typeof data.x, number>(true));
    subscriber.back_channel.trigger('say', 'hi');
    subscriber.back_channel.bind('moved', ({ id }) => is<typeof id, string>(true));
    subscriber.onRequest('where', ({ unit }) => ({ x: unit === 'px' ? 1 : 2 }));
    // @ts-expect-error servers send it, browsers do not
    subscriber.back_channel.trigger('moved', { id: '1', x: 1 });
    // @ts-expect-error the answer has a number
    subscriber.onRequest('where', () => ({ x: 'one' }));

    const pusher: AppPusher<Directed, StockPusher> = attachBackChannel(stock);
    pusher.connection.bind('connected', () => undefined);
    pusher.bind('moved', ({ x }) => is<typeof x, number>(true));
    pusher.back_channel.trigger('jump');
    pusher.back_channel.trigger('move', { x: 1, y: 1 });
    pusher.back_channel.bind('moved', ({ id }) => is<typeof id, string>(true));
    pusher.back_channel.onRequest('where', async ({ unit }) => ({ x: unit.length }));
    const room = pusher.subscribe('private-room');
    room.bind('moved', ({ id }) => is<typeof id, string>(true));
    room.bind('pusher:subscription_succeeded', () => undefined);
    room.trigger('say', 'hi');
    // @ts-expect-error there is no such event
    room.bind('jumped', () => undefined);
    // @ts-expect-error data of another type
    room.trigger('say', 1);
    // @ts-expect-error data is required
    pusher.back_channel.trigger('move');
    // @ts-expect-error the request has an answer with a number
    pusher.back_channel.onRequest('where', () => 'here');
  };
  t.type(use, 'function');
  t.end();
});
