import * as fc from 'fast-check';
import t from 'tap';
import {
  isClientEvent,
  isEventName,
  isReservedEvent,
  isUserId,
  parseChannelName,
  userChannel,
} from '../../lib/pusher/channel-name';
import { runs } from '../support/depth';

t.test('the prefixes of a name tell the kind of its channel', async (t) => {
  const kinds = {
    room: ['public', false],
    'cache-room': ['public', true],
    'private-room': ['private', false],
    'private-cache-room': ['private', true],
    'presence-room': ['presence', false],
    'presence-cache-room': ['presence', true],
    'private-encrypted-room': ['encrypted', false],
    'private-encrypted-cache-room': ['encrypted', true],
    'private-encryptedroom': ['private', false],
    'private-cacheroom': ['private', false],
    'cache-private-room': ['public', true],
    'Private-room': ['public', false],
    'PRESENCE-room': ['public', false],
    privateroom: ['public', false],
    'room-private-': ['public', false],
    'private-': ['private', false],
    'cache-': ['public', true],
  };
  for (const [name, [visibility, cache]] of Object.entries(kinds)) {
    t.strictSame(parseChannelName(name), { name, visibility, cache, user: undefined }, name);
  }
});

t.test('the channel of a user names its user and is not for everybody', async (t) => {
  t.strictSame(parseChannelName('#server-to-user-a;b@c'), {
    name: '#server-to-user-a;b@c',
    visibility: 'private',
    cache: false,
    user: 'a;b@c',
  });
  t.equal(parseChannelName(userChannel('cache-7'))?.user, 'cache-7');
  t.equal(
    parseChannelName(userChannel('cache-7'))?.cache,
    false,
    'the channel of a user has no cache',
  );
  for (const name of ['#server-to-user-', '#server-to-user-a b', '#server-to-user-#x', '#x', '#']) {
    t.equal(parseChannelName(name), undefined, name);
  }
});

t.test('only the documented characters make a channel name', async (t) => {
  const legal = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;';
  for (let code = 0; code < 0x300; code++) {
    const character = String.fromCharCode(code);
    const valid = legal.includes(character);
    t.equal(parseChannelName(`a${character}b`) !== undefined, valid, `character ${code}`);
    t.equal(parseChannelName(character) !== undefined, valid, `character ${code} alone`);
    t.equal(isUserId(character), valid, `character ${code} as a user id`);
  }
  for (const name of ['', 'a\n', '\na', 'a\ud800', '\u{1f600}', 'room name', 'ä']) {
    t.equal(parseChannelName(name), undefined, JSON.stringify(name));
  }
});

t.test('a name has at most 164 characters with its prefixes, or as many as are set', async (t) => {
  const name = 'presence-'.padEnd(164, 'x');
  t.equal(parseChannelName(name)?.name, name);
  t.equal(parseChannelName(`${name}x`), undefined);
  t.equal(parseChannelName(`${name}x`, 200)?.name, `${name}x`);
  t.equal(parseChannelName('abcd', 3), undefined);
  const user = userChannel('x'.repeat(128));
  t.equal(parseChannelName(user)?.user?.length, 128, 'the longest user id fits');
});

t.test('names of the language are ordinary channels', async (t) => {
  for (const name of ['__proto__', 'constructor', 'toString', 'length', 'push', 'error', 'close']) {
    t.strictSame(parseChannelName(name), {
      name,
      visibility: 'public',
      cache: false,
      user: undefined,
    });
  }
});

t.test('an event name is well-formed text of 1 to 200 characters', async (t) => {
  for (const name of ['a', 'a'.repeat(200), 'with space', '\0', '\u2028', '\u{1f600}', 'ключ']) {
    t.ok(isEventName(name));
  }
  for (const name of ['', 'a'.repeat(201), '\ud800', 'a\udfff', '\udc00\ud800']) {
    t.notOk(isEventName(name));
  }
  t.ok(isEventName('abc', 3));
  t.notOk(isEventName('abcd', 3));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), minLength: 1 }),
      (name) => isEventName(name) === (Buffer.from(name).toString() === name),
    ),
    { numRuns: runs(1000) },
  );
});

t.test('client events and reserved events are told by their prefixes', async (t) => {
  for (const name of ['client-', 'client-x']) t.ok(isClientEvent(name));
  for (const name of ['client', 'Client-x', ' client-x', 'clientx', ''])
    t.notOk(isClientEvent(name));
  for (const name of ['pusher:', 'pusher:ping', 'pusher_internal:', 'pusher_internal:x']) {
    t.ok(isReservedEvent(name));
  }
  for (const name of ['pusher', 'pusher-x', 'Pusher:x', 'xpusher:', 'pusher_internal', '']) {
    t.notOk(isReservedEvent(name));
  }
});
