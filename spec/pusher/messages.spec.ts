import * as fc from 'fast-check';
import t from 'tap';
import { parseClientMessage } from '../../lib/pusher/messages';
import type { ClientMessage, MessageError } from '../../lib/pusher/messages';
import { codePoint } from '../support/code-point';
import { runs } from '../support/depth';

const NAMES = [
  '__proto__ constructor prototype toString toLocaleString valueOf hasOwnProperty isPrototypeOf',
  'propertyIsEnumerable __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ length',
  'push pop shift splice map filter concat error newListener removeListener close open end data',
  'message on once off emit then catch name caller arguments apply call bind',
]
  .join(' ')
  .split(' ');

function parse(value: unknown): ClientMessage | MessageError {
  return parseClientMessage(JSON.stringify(value));
}

function refused(message: ClientMessage | MessageError): string | undefined {
  return message.type === 'error' ? message.message : undefined;
}

t.test('ping and pong are recognised with any data', async (t) => {
  for (const data of ['{}', '""', '"{}"', '"no json"', 'null', '[]', '7']) {
    t.same(parseClientMessage(`{"event":"pusher:ping","data":${data}}`), { type: 'ping' }, data);
    t.same(parseClientMessage(`{"event":"pusher:pong","data":${data}}`), { type: 'pong' }, data);
  }
  t.same(parseClientMessage('{"event":"pusher:ping"}'), { type: 'ping' });
});

t.test('a subscription is read from an object and from the JSON text of one', async (t) => {
  const data = { auth: 'k:s', channel_data: '{"user_id":1}', channel: 'presence-x' };
  const expected = {
    type: 'subscribe',
    channel: 'presence-x',
    auth: 'k:s',
    channelData: '{"user_id":1}',
  };
  t.same(parse({ event: 'pusher:subscribe', data }), expected);
  t.same(parse({ event: 'pusher:subscribe', data: JSON.stringify(data) }), expected);
});

t.test(
  'a field of a subscription that is missing or null is absent, an empty string is not',
  async (t) => {
    const absent = { type: 'subscribe', channel: 'c', auth: '', channelData: undefined };
    t.same(parse({ event: 'pusher:subscribe', data: { channel: 'c' } }), absent);
    t.same(
      parse({ event: 'pusher:subscribe', data: { channel: 'c', auth: null, channel_data: null } }),
      absent,
    );
    t.same(parse({ event: 'pusher:subscribe', data: { channel: 'c', channel_data: '' } }), {
      ...absent,
      channelData: '',
    });
  },
);

t.test('a subscription with parts of the wrong type is refused', async (t) => {
  const message = (data: unknown): string | undefined =>
    refused(parse({ event: 'pusher:subscribe', data }));
  for (const data of [undefined, null, {}, [], 7, '7', { channel: 7 }, { channel: null }]) {
    t.equal(message(data), 'Invalid message: channel must be a string');
  }
  t.equal(message(''), 'Received invalid JSON');
  t.equal(message('{'), 'Received invalid JSON');
  t.equal(message({ channel: 'c', auth: 1 }), 'Invalid message: auth must be a string');
  t.equal(
    message({ channel: 'c', channel_data: {} }),
    'Invalid message: channel_data must be a string',
  );
});

t.test('unsubscribe and signin are read the same way', async (t) => {
  t.same(parse({ event: 'pusher:unsubscribe', data: { channel: 'c' } }), {
    type: 'unsubscribe',
    channel: 'c',
  });
  t.equal(
    refused(parse({ event: 'pusher:unsubscribe' })),
    'Invalid message: channel must be a string',
  );
  t.equal(refused(parse({ event: 'pusher:unsubscribe', data: '{' })), 'Received invalid JSON');
  t.same(parse({ event: 'pusher:signin', data: { auth: 'k:s', user_data: '{}' } }), {
    type: 'signin',
    auth: 'k:s',
    userData: '{}',
  });
  t.equal(refused(parse({ event: 'pusher:signin' })), 'Invalid message: auth must be a string');
  t.equal(refused(parse({ event: 'pusher:signin', data: '{' })), 'Received invalid JSON');
  t.equal(
    refused(parse({ event: 'pusher:signin', data: { auth: '', user_data: {} } })),
    'Invalid message: user_data must be a string',
  );
});

t.test('a message that is not JSON, or no object, is refused with a text', async (t) => {
  for (const text of [
    '',
    ' ',
    'hello',
    '{',
    '{"event":"x"',
    '{"event":"x"}}',
    "{'event':1}",
    '\ufeff{}',
  ]) {
    t.equal(refused(parseClientMessage(text)), 'Received invalid JSON', JSON.stringify(text));
  }
});

t.test('names of the protocol that clients may not send never become events', async (t) => {
  for (const event of [
    'pusher:',
    'pusher:error',
    'pusher:connection_established',
    'pusher:Ping',
    'pusher_internal:',
    'pusher_internal:member_added',
    'pusher_internal:subscription_succeeded',
  ]) {
    t.same(parse({ event, channel: 'private-x', data: {} }), { type: 'unknown_internal', event });
    const escaped = `{"event":"\\u0070${event.slice(1)}","channel":"private-x"}`;
    t.same(parseClientMessage(escaped), { type: 'unknown_internal', event }, 'escaped');
    const twice = `{"event":"client-x","channel":"private-x","event":"${event}"}`;
    t.same(parseClientMessage(twice), { type: 'unknown_internal', event }, 'the last one counts');
  }
});

t.test('an event carries its data as it was sent', async (t) => {
  const event = (data: string): ClientMessage | MessageError =>
    parseClientMessage(`{"event":"client-x","channel":"private-y","data":${data}}`);
  const base = { type: 'event', event: 'client-x', channel: 'private-y' };
  for (const data of [
    '{ "b":1, "a":[ 1.0 ] }',
    'null',
    '0',
    '[]',
    'true',
    '1E5',
    '9007199254740993',
  ]) {
    t.same(event(data), { ...base, data });
  }
  for (const data of ['""', '"text"', '"\\u0041\\/"', '"{\\"a\\":1}"']) {
    t.same(event(data), { ...base, data });
  }
});

t.test('an event without data or channel has none', async (t) => {
  const bare = { type: 'event', event: 'x', channel: undefined, data: '' };
  t.same(parseClientMessage('{"event":"x"}'), bare);
  t.same(parseClientMessage('{"event":"x","channel":null}'), bare);
  t.equal(
    refused(parseClientMessage('{"event":"x","channel":7}')),
    'Invalid message: channel must be a string',
  );
});

t.test('an event needs a name that has a UTF-8 form', async (t) => {
  for (const event of [undefined, null, '', 7, {}, ['pusher:ping'], '\ud800', 'a\udc00b']) {
    t.equal(refused(parse({ event })), 'Invalid message: event must be a non-empty string');
  }
  for (const event of ['\u{1f600}', 'a\0b', '\u2028', 'a'.repeat(10_000)]) {
    t.match(parse({ event }), { type: 'event', event });
  }
});

t.test('names of the language are names like any other', async (t) => {
  t.ok(NAMES.length >= 40);
  for (const name of NAMES) {
    const data = `{"${name}":{"polluted":1}}`;
    t.same(
      parseClientMessage(`{"event":"${name}","channel":"${name}","data":${data}}`),
      { type: 'event', event: name, channel: name, data },
      name,
    );
    t.match(parse({ event: 'pusher:subscribe', data: { channel: name } }), { channel: name });
    t.same(
      parseClientMessage(`{"${name}":{"event":"pusher:ping","data":1}}`),
      name === 'event'
        ? undefined
        : { type: 'error', message: 'Invalid message: event must be a non-empty string' },
      `${name} lends no event`,
    );
    t.notOk('polluted' in {}, name);
  }
});

t.test('the twelve kinds of top level that are no object are refused', async (t) => {
  for (const text of [
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1e999',
    '""',
    '"{}"',
    '[]',
    '[{}]',
    '[null]',
    '[[[]]]',
  ]) {
    t.equal(refused(parseClientMessage(text)), 'Invalid message: expected a JSON object', text);
  }
});

t.test('nesting of any depth passes without a stack', async (t) => {
  for (const depth of [1e2, 1e4, 1e5]) {
    const lists = '['.repeat(depth) + ']'.repeat(depth);
    const objects = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    for (const data of [lists, objects]) {
      const message = parseClientMessage(
        `{"event":"client-x","channel":"private-y","data":${data}}`,
      );
      t.ok(message.type === 'event' && message.data === data, `data of depth ${depth}`);
      const subscribe = parseClientMessage(`{"event":"pusher:subscribe","data":${data}}`);
      t.equal(refused(subscribe), 'Invalid message: channel must be a string');
    }
    t.equal(refused(parseClientMessage(lists)), 'Invalid message: expected a JSON object');
    t.equal(refused(parseClientMessage('['.repeat(depth))), 'Received invalid JSON');
  }
});

t.test('data that parsing would change is relayed byte for byte', async (t) => {
  for (const data of [
    '"\\ud800"',
    '"\\u0000"',
    '"\u2028\u2029"',
    '1e999',
    '9007199254740993',
    '-0.0',
    '{"a":1,"a":2}',
    '{"__proto__":1,"\\u005f_proto__":2}',
    '{ "b" : 1 ,\n"a":\t[ ]}',
  ]) {
    const text = `{"data":${data},"event":"client-x","channel":"private-y"}`;
    t.match(parseClientMessage(text), { type: 'event', data }, encodeURI(data));
  }
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 6 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      (data, name) => {
        const event = `client-${name}`;
        const text = `{"event":${JSON.stringify(event)},"data":${data},"channel":"private-y"}`;
        const message = parseClientMessage(text);
        return message.type === 'event' && message.event === event && message.data === data;
      },
    ),
  );
});

t.test('no text makes the parser throw', async (t) => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ':',
    ',',
    '"event"',
    '"data"',
    '"pusher:subscribe"',
    '"channel"',
    '1',
    'null',
    ' ',
  );
  const text = fc.oneof(
    fc.string({ unit: codePoint, size: 'max', maxLength: 300 }),
    fc.array(pieces, { size: 'max', maxLength: 60 }).map((parts) => parts.join('')),
    fc.json(),
  );
  fc.assert(
    fc.property(text, (input) => typeof parseClientMessage(input).type === 'string'),
    { numRuns: runs(1000) },
  );
  t.pass('a thousand texts');
});
