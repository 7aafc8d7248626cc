import t from 'tap';
import { createClient, type CloseMeta, type Meta } from '../../lib/index';
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
