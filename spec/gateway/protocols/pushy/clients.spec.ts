import t from 'tap';
import type { PushyCommand } from '../../../../lib/gateway';
import { LineReader, ask } from '../../../support/fallback-client';
import { until } from '../../../support/until';
import { PUSHY_SECRET, PushyClient, startPushy, trigger } from './pushy-client';

// The promises of pushy's documentation, shown by the unmodified sockjs-client over each of its transports.

for (const transports of ['websocket', 'xhr-streaming', 'xhr-polling']) {
  t.test(`clients over ${transports}`, async (t) => {
    const sockjs = { disconnect_delay: 1 };
    const { port } = await startPushy(t, { app: { pushy: { secretKey: PUSHY_SECRET, sockjs } } });
    const connect = () => PushyClient.connect(t, port, { transports });
    const client = await connect();

    await t.test('the connection ID comes with the connection', async (t) => {
      t.match(client.id, /^\d+\.\d+$/);
      t.equal(client.protocol, transports);
    });

    await t.test(
      'the trigger URL sends an event to its channel, with the data of the POST',
      async (t) => {
        const { data } = await client.subscribe('Hello');
        t.match(data, { channel: 'Hello', memberId: /^[0-9a-f]{8}$/ });
        t.notOk('presence' in (data as object));
        const { status, text, headers } = await trigger(port, 'hello', 'test', {
          body: '{"a":[1,"ä"]}',
        });
        t.strictSame([status, text], [201, '{"status":{"code":201,"message":"Ok"}}']);
        t.match(headers['content-type'], /^application\/json/);
        t.strictSame(await client.next('test'), {
          event: 'test',
          channel: 'Hello',
          data: { a: [1, 'ä'] },
        });
        await trigger(port, 'HELLO', 'empty');
        t.strictSame((await client.next('empty')).data, {});
        t.equal((await trigger(port, 'nobody', 'test')).status, 200);
      },
    );

    await t.test('channels named private- require an authentication string', async (t) => {
      client.command('subscribe', { channel: 'Private-Room' });
      t.strictSame((await client.next('pushy:subscription-needauth')).data, {
        channel: 'Private-Room',
      });
      client.command('subscribe', { channel: 'private-room', auth: ' ' });
      await client.next('pushy:subscription-needauth');
      for (const auth of [
        'x',
        client.auth('private-other'),
        client.auth('private-room').toUpperCase(),
      ]) {
        client.command('subscribe', { channel: 'private-room', auth });
        t.strictSame((await client.next('pushy:subscription-failed')).data, {
          channel: 'private-room',
          reason: 'Invalid credentials',
        });
      }
      // JSON of this depth can be read, and not written by every stack.
      const deep = `${'['.repeat(25_000)}${']'.repeat(25_000)}`;
      client.text(
        `{"command":"subscribe","data":{"channel":"private-room","auth":"x","data":${deep}}}`,
      );
      t.match(await client.next('pushy:subscription-failed'), {
        data: { reason: 'Invalid credentials' },
      });
      await client.subscribe('private-room');
      client.command('subscribe', { channel: 'PRIVATE-room', auth: client.auth('private-room') });
      t.match((await client.next('pushy:subscription-failed')).data, {
        reason: 'Already subscribed to this channel',
      });
    });

    await t.test(
      'data in a subscription enable presence, and are shared between members',
      async (t) => {
        const [ada, bob] = [await connect(), await connect()];
        const first = (await ada.subscribe('private-party', '{"name":"Ada"}')).data as {
          memberId: string;
        };
        t.match(first, {
          presence: [{ name: 'Ada', memberId: first.memberId, idle: false, subscribed: Number }],
        });
        const second = (await bob.subscribe('private-party', '{"name":"Bob"}')).data as {
          memberId: string;
        };
        t.match(second, {
          presence: [{ name: 'Ada' }, { name: 'Bob', memberId: second.memberId }],
        });
        const added = await ada.next('pushy:presence-add');
        t.match(added, {
          channel: 'private-party',
          data: { member: { name: 'Bob', memberId: second.memberId } },
        });
        await trigger(port, 'private-party', 'only', { body: '{"n":1}', socketId: ada.id });
        t.strictSame((await bob.next('only')).data, { n: 1 });
        bob.close();
        const quit = await ada.next('pushy:presence-quit');
        t.strictSame(quit.data, added.data, 'the same member');
        ada.command('UNSUBSCRIBE', { channel: 'Private-Party' });
        t.strictSame((await ada.next('pushy:subscription-end')).data, { channel: 'Private-Party' });
        // The channel is gone with its last member, and its next first member sends no data.
        t.notOk('presence' in ((await ada.subscribe('private-party')).data as object));
      },
    );

    await t.test('errors of commands have their codes', async (t) => {
      const table: Array<[text: string, code: string, message: string]> = [
        ['{', '100', 'Bogus message recieved'],
        ['null', '100', 'Bogus message recieved'],
        ['[]', '100', 'Bogus message recieved'],
        ['7', '100', 'Bogus message recieved'],
        ['{}', '100', 'Bogus message recieved'],
        ['{"command":7}', '100', 'Bogus message recieved'],
        ['{"command":"subscribe","event":"e"}', '100', 'Bogus message recieved'],
        ['{"command":"nothing"}', '200', 'Unknown command'],
        ['{"command":"constructor"}', '200', 'Unknown command'],
        ['{"event":"e"}', '300', 'No channel specified'],
        ['{"command":"subscribe"}', '300', 'No channel specified'],
        ['{"command":"subscribe","data":null}', '300', 'No channel specified'],
        ['{"command":"unsubscribe","data":{}}', '300', 'No channel specified'],
        ['{"command":"unsubscribe","data":{"channel":"none"}}', '404', 'Channel not found'],
      ];
      for (const [text, code, message] of table) {
        client.text(text);
        t.strictSame((await client.next('pushy:error')).data, { message, code }, text);
      }
      const other = await connect();
      other.command('unsubscribe', { channel: 'hello' });
      t.strictSame((await other.next('pushy:error')).data, {
        message: 'Not subscribed to this channel',
        code: '403',
      });
    });

    await t.test(
      'names that would fell a registry of objects are channels like any other',
      async (t) => {
        for (const channel of ['push', 'length', '__proto__', 'constructor', 'toString']) {
          t.match((await client.subscribe(channel)).data, { channel });
          client.command('unsubscribe', { channel });
          await client.next('pushy:subscription-end');
        }
        for (const channel of ['a:b', 'a b', 'presence-x', '#server-to-user-1', 'x'.repeat(165)]) {
          client.command('subscribe', { channel });
          t.match((await client.next('pushy:subscription-failed')).data, { channel });
        }
      },
    );
  });
}

t.test('commands of the program are called with the four arguments of pushy', async (t) => {
  const seen: unknown[] = [];
  const say: PushyCommand = (sockjs, connection, data, channels) => {
    seen.push([connection.protocol, connection.remoteAddress]);
    sockjs.sendEvent(connection, 'said', { data, exists: channels.exists('ROOM') });
    const room = channels.get('Room');
    seen.push([room?.name, room?.countMembers(), room?.hasMember(connection), room?.authRequired]);
    room?.broadcast('told', { n: 1 });
    room?.broadcast('others', { n: 2 }, connection);
    connection.write('{"event":"raw","data":null}');
  };
  const commands: Record<string, PushyCommand> = {
    Say: say,
    leave: (_sockjs, connection) => connection.close(4001, 'bye'),
    watch: (_sockjs, connection) => {
      connection.on('close', () => {
        throw new Error('in a handler');
      });
      connection.on('close', () => seen.push(`${connection.id} has gone`));
      t.throws(() => connection.on('data' as 'close', () => undefined), /the event 'close'/);
    },
    end: (_sockjs, connection) => connection.end('{"event":"last","data":1}'),
    fails: () => {
      throw new Error('in the command');
    },
    rejects: () => Promise.reject(new Error('in its promise')),
    remove: (_sockjs, _connection, _data, channels) => {
      channels.add('made');
      t.throws(() => channels.add('MADE'), /exists/);
      t.throws(() => channels.add('a b'), /no name/);
      channels.remove('made');
      channels.remove('room');
      t.equal(channels.exists('room'), false);
    },
  };
  const { port } = await startPushy(t, { pushy: { commands } });
  const [one, two] = [await PushyClient.connect(t, port), await PushyClient.connect(t, port)];
  await one.subscribe('room');
  await two.subscribe('ROOM');
  one.command('SAY', { hi: 1 });
  t.strictSame((await one.next('said')).data, { data: { hi: 1 }, exists: true });
  const last = [await one.next('told'), await one.next('raw')].map(({ data }) => data);
  t.strictSame(last, [{ n: 1 }, null]);
  t.strictSame(await two.next('told'), { event: 'told', channel: 'room', data: { n: 1 } });
  t.strictSame((await two.next('others')).data, { n: 2 });
  t.strictSame(seen, [
    ['websocket', '127.0.0.1'],
    ['room', 2, true, false],
  ]);
  for (const name of ['fails', 'rejects']) {
    one.command(name);
    t.match((await one.next('pushy:error')).data, { code: '500' });
  }
  one.command('remove');
  one.command('unsubscribe', { channel: 'room' });
  t.match((await one.next('pushy:error')).data, { code: '404' });
  one.command('leave');
  t.strictSame(await one.closed, { code: 4001, reason: 'bye' });

  const three = await PushyClient.connect(t, port);
  three.command('watch');
  three.command('end');
  t.strictSame((await three.next('last')).data, 1);
  t.strictSame(await three.closed, { code: 1000, reason: '' });
  await until(() => seen.length === 3);
  t.strictSame(seen[2], `${three.id} has gone`);
});

t.test('a stream goes on with a new response when its limit of length is reached', async (t) => {
  const app = { pushy: { secretKey: PUSHY_SECRET, sockjs: { response_limit: '4K' } } };
  const { port } = await startPushy(t, { app });
  const client = await PushyClient.connect(t, port, { transports: 'xhr-streaming' });
  await client.subscribe('room');
  const body = JSON.stringify({ text: 'x'.repeat(3_000) });
  for (let n = 0; n < 10; n++) await trigger(port, 'room', `event-${n}`, { body });
  for (let n = 0; n < 10; n++) await client.next(`event-${n}`);
});

t.test('a second stream takes a session over, and one that breaks off ends it', async (t) => {
  const gateway = await startPushy(t);
  const session = '/pushy/socket/123/abcdefgh';
  const first = new LineReader(gateway.port, `${session}/xhr_streaming`);
  const lines = async (reader: LineReader, count: number) => {
    const read: Array<string | undefined> = [];
    while (read.length < count) read.push(await reader.next());
    return read;
  };
  t.match(await lines(first, 3), [/^h+$/, 'o', /pushy:connect/]);
  const second = new LineReader(gateway.port, `${session}/xhr_streaming`);
  t.match(await first.next(), /^c\[2010,/);
  t.match(await second.next(), /^h+$/);
  t.equal(gateway.socketCount, 1);
  second.abort();
  await until(() => gateway.socketCount === 0);
  const interrupted = 'c[1002,"Connection interrupted!"]\n';
  t.equal((await ask(gateway.port, `${session}/xhr`)).text, interrupted);
  const third = new LineReader(gateway.port, `${session}/xhr_streaming`);
  t.match(await lines(third, 2), [/^h+$/, interrupted.trim()]);
});
