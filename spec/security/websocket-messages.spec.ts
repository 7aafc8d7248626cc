import fc from 'fast-check';
import t, { type Test } from 'tap';
import { ManualClock } from '../support/manual-clock';
import { OfflineChannels } from '../support/offline-channels';
import { frame, Opcode } from '../support/raw-socket';
import { type StartOptions, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

const FREE = { maxClientEventsPerSecond: 1e6, maxBackChannelEventsPerSecond: 1e6 };

async function pair(
  t: Test,
  channel: string,
  options: StartOptions = { limits: FREE },
): Promise<[TestSocket, TestSocket]> {
  const { port } = await startGateway(t, options);
  const a = await TestSocket.connect(t, port);
  const b = await TestSocket.connect(t, port);
  await a.subscribe(channel);
  await b.subscribe(channel);
  return [a, b];
}

const NAMES = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...['prototype', 'length', 'name', 'push', 'pop', 'shift', 'splice', 'size', 'get', 'set', 'has'],
  ...['add', 'delete', 'clear', 'error', 'close', 'open', 'end', 'data', 'message', 'newListener'],
  ...['removeListener', 'then', 'catch', 'toJSON', 'undefined', 'null', 'true', '0', '-1', 'NaN'],
];

t.test('names that objects have are ordinary names', async (t) => {
  const limits = {
    ...FREE,
    maxChannelsPerSocket: 1000,
    maxSubscriptionsPerSecond: 1000,
    maxMalformedMessages: 1e6,
  };
  const { port } = await startGateway(t, { limits });
  const own = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
  for (const name of NAMES) {
    const stranger = await TestSocket.open(t, port, { key: name });
    if ((await stranger.closed()).code !== 4001) t.fail(`${name} is no key`);
  }
  const [a, b] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  for (const name of NAMES) {
    // As a channel that does not exist.
    a.send({ event: 'pusher:unsubscribe', data: { channel: name } });
    a.send({ event: `client-${name}`, channel: name, data: name });
    a.send({ event: name, data: name });
    const [refused, ...rest] = await a.settled();
    const message = `Client event rejected - not subscribed to channel '${name}'`;
    t.strictSame([refused?.data, rest], [{ code: 4301, message }, []], name);
    // As a channel, an event, a user and a key of what is known of a user.
    const succeeded = 'pusher_internal:subscription_succeeded';
    if ((await a.subscribe(name)).event !== succeeded) t.fail(`subscribe ${name}`);
    const room = `presence-${name}`;
    const member = JSON.parse(`{"user_id":"${name}","user_info":{"${name}":"${name}"}}`) as object;
    await a.subscribe(room, member);
    const list = await b.subscribe(room, { user_id: 'b' });
    const hash = `\\"hash\\":{\\"${name}\\":{\\"${name}\\":\\"${name}\\"},\\"b\\":null}`;
    t.ok(JSON.stringify(list).includes(hash), name);
    await a.settled();
    a.send({ event: `client-${name}`, channel: room, data: name });
    const heard = { event: `client-${name}`, channel: room, data: name, user_id: name };
    t.strictSame(await b.next(), heard);
    a.send({ event: 'pusher:unsubscribe', data: { channel: room } });
    t.equal((await b.next()).event, 'pusher_internal:member_removed');
  }
  for (const name of NAMES) {
    a.text(`{"${name}":"x"}`);
    a.text(`{"event":"pusher:subscribe","data":{"${name}":{}}}`);
    t.equal((await a.settled()).length, 2, name);
  }
  t.equal(JSON.stringify(Object.getOwnPropertyNames(Object.prototype)), own);
});

t.test('deep messages are passed on up to 1,000 levels, and refused unparsed above', async (t) => {
  const limits = { ...FREE, maxMessageBytes: 8e6, maxEventDataBytes: 512 * 1024 };
  const [a, b] = await pair(t, 'private-x', { limits });
  for (const depth of [1e2, 999]) {
    for (const [open, inner, close] of [
      ['[', '', ']'],
      ['{"a":', '1', '}'],
    ] as const) {
      const data = open.repeat(depth) + inner + close.repeat(depth);
      a.text(`{"event":"client-x","channel":"private-x","data":${data}}`);
      const text = await b.nextText();
      const same = text === `{"event":"client-x","channel":"private-x","data":${data}}`;
      t.ok(same, `${open} ${depth} deep`);
    }
  }
  a.text('['.repeat(1e2));
  t.match(await a.next(), { data: { message: 'Received invalid JSON' } });
  const parse = t.capture(JSON, 'parse', JSON.parse);
  const closed = ']'.repeat(1_100);
  for (const text of [
    `{"event":"client-x","data":${'['.repeat(1_100)}${closed}}`,
    '['.repeat(1e6),
  ]) {
    a.text(text);
    const message = 'Invalid message: more than 1000 levels of arrays and objects';
    t.match(await a.next(), { data: { message } });
    t.notOk(parse().some(({ args: [parsed] }) => parsed === text));
  }
});

t.test('marks of a long message count in the budget of the turn', (t) => {
  const node = new OfflineChannels();
  const browser = node.browser();
  const turns = (message: string): number => {
    const before = node.budget.turn;
    for (let i = 0; i < 40; i++) {
      browser.session?.text(message);
      if (node.budget.exhausted) node.clock.advance(0);
    }
    return node.budget.turn - before;
  };
  t.equal(turns(JSON.stringify({ event: 'pusher:pong', data: 'x'.repeat(50_000) })), 0);
  const marks = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, 0]));
  const used = turns(JSON.stringify({ event: 'pusher:pong', data: marks }));
  t.ok(used >= 2, `${used} turns`);
  t.end();
});

t.test('a message of any type at its top is answered', async (t) => {
  const [a] = await pair(t, 'private-x');
  const tops = [
    'null',
    'true',
    'false',
    '0',
    '-1e999',
    '""',
    '"x"',
    '[]',
    '[null]',
    '{}',
    '{"":1}',
    '',
  ];
  for (const top of tops) {
    a.text(top);
    t.match(await a.next(), { event: 'pusher:error', data: { code: null } }, top);
  }
});

t.test('data reaches others byte for byte', async (t) => {
  const [a, b] = await pair(t, 'private-x');
  const blank = fc.constantFrom('', ' ', '\t', '\r\n  ');
  const odd = fc.constantFrom(
    ...['1e999', '-0', '9007199254740993', '1.0', '"\\ud800"', '"\\u0000"', '"\\/"', '"\u2028"'],
    ...['{"a":1,"a":2}', '{"data":{"data":1}}', '"\\"}"', '[1 , 2]', '{ }', '"é😀"', '1E+2'],
  );
  const value = fc.oneof(
    odd,
    fc.json(),
    fc.tuple(fc.json(), odd).map((both) => `[${both.join()}]`),
  );
  const values = fc.sample(fc.tuple(blank, value, blank), 400);
  const texts = values.map(
    ([before, data, after]) =>
      `${before}{"event":"client-x",${after}"data"${before}:${after}${data}${before},"channel":"private-x"}${after}`,
  );
  a.raw.write(Buffer.concat(texts.map((text) => frame(Opcode.TEXT, text))));
  for (const [, data] of values) {
    const want = `{"event":"client-x","channel":"private-x","data":${data}}`;
    const got = await b.nextText();
    if (got !== want) t.equal(got, want);
  }
  t.strictSame(await a.settled(), []);
});

t.test('the last value of a key that comes twice counts, for everybody', async (t) => {
  const [a, b] = await pair(t, 'private-x');
  a.text(
    '{"event":"pusher:ping","data":1,"event":"client-x","channel":"private-y","channel":"private-x","d\\u0061ta":2}',
  );
  t.equal(await b.nextText(), '{"event":"client-x","channel":"private-x","data":2}');
});

t.test('names with half a character are refused, odd ones are escaped', async (t) => {
  const [a, b] = await pair(t, 'private-x');
  a.text('{"event":"client-\\ud800","channel":"private-x","data":1}');
  t.match(await a.next(), { event: 'pusher:error', data: { code: null } });
  for (const name of ['client-\0', 'client-\u2028', 'client-"', 'client-\\', 'client-\u001b[31m']) {
    const event = { event: name, channel: 'private-x', data: 1 };
    a.send(event);
    t.strictSame(await b.next(), event);
  }
});

t.test('an event that a browser may not send is seen by nobody', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const [a, b] = await pair(t, 'private-x', { clock });
  const outsider = JSON.stringify({ event: 'client-x', channel: 'private-y', data: 1 });
  const names = ['pusher:x', 'pusher_internal:x', 'pusher:subscription_succeeded'];
  names.push('pusher_internal:subscription_succeeded', 'pusher_internal:member_added');
  const data = 'x'.repeat(10_241);
  const refused = [
    outsider,
    ...names.map((event) => JSON.stringify({ event, channel: 'private-x', data: '{}' })),
    JSON.stringify({ event: 'client-x', channel: 'private-x', data }),
    JSON.stringify({ event: 'client-'.padEnd(201, 'x'), channel: 'private-x', data: 1 }),
  ];
  for (const text of refused) {
    a.text(text);
    t.match(await a.settled(), [{ event: 'pusher:error' }], text.slice(0, 60));
  }
  t.strictSame(await b.settled(), []);
  for (let i = 0; i < 11; i++) a.send({ event: 'client-x', channel: 'private-x', data: i });
  t.match(await a.settled(), [{ event: 'pusher:error', data: { code: 4301 } }]);
  t.strictSame(
    (await b.settled()).map(({ data }) => data),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});
