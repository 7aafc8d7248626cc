import t from 'tap';
import { answer } from '../../../../lib/gateway/protocols/pipe-2011/requests';
import { Opcode, frame } from '../../../support/raw-socket';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WirePipe } from './backend';

t.test('every request has one answer, with its own id and all three keys', async (t) => {
  const gateway = await startGateway(t);
  const pipe = await WirePipe.connect(t, gateway.port);
  const socket = await TestSocket.connect(t, gateway.port);
  const long = 'x'.repeat(10_241);
  const table: Array<[text: string, id: unknown, code: number | undefined]> = [
    ['no JSON', null, 4200],
    ['null', null, 4200],
    ['[]', null, 4200],
    ['1', null, 4200],
    ['{}', null, 4200],
    ['{"id":"","method":"subscribe","params":{}}', null, 4200],
    ['{"id":{},"method":"subscribe","params":{}}', null, 4200],
    [`{"id":"${'i'.repeat(201)}","method":"subscribe","params":{}}`, null, 4200],
    ['{"id":"a","params":{}}', 'a', 4200],
    ['{"id":"a","method":"subscribe"}', 'a', 4200],
    ['{"id":"a","method":"subscribe","params":[]}', 'a', 4200],
    ['{"id":"a","method":"subscribe","params":{}}', 'a', 4200],
    ['{"id":"a","method":"subscribe","params":{"events":"socket_message"}}', 'a', 4200],
    ['{"id":"a","method":"subscribe","params":{"events":["constructor"]}}', 'a', 4214],
    ['{"id":"a","method":"subscribe","params":{"events":[null]}}', 'a', 4214],
    ['{"id":"a","method":"unsubscribe","params":{"events":["nothing"]}}', 'a', 4214],
    ['{"id":7,"method":"subscribe","params":{"events":[],"data":""}}', 7, undefined],
    ['{"id":"a","method":"__proto__","params":{}}', 'a', 4201],
    ['{"id":"a","method":"send_to_socket","params":{"event":"e"}}', 'a', 4200],
    ['{"id":"a","method":"send_to_socket","params":{"socket_id":"1.1","event":"e"}}', 'a', 4211],
    [
      '{"id":"a","method":"send_to_socket","params":{"socket_id":"__proto__","event":"e"}}',
      'a',
      4211,
    ],
    ['{"id":"a","method":"send_to_socket","params":{"socket_id":"1.1","event":""}}', 'a', 4210],
    ['{"id":"a","method":"send_to_socket","params":{"socket_id":"1.1","event":1}}', 'a', 4200],
    [
      `{"id":"a","method":"send_to_socket","params":{"socket_id":"${socket.id}","event":"e","data":1}}`,
      'a',
      undefined,
    ],
    ['{"id":"a","method":"send_to_channel","params":{"event":"e"}}', 'a', 4200],
    ['{"id":"a","method":"send_to_channel","params":{"channel":"a b","event":"e"}}', 'a', 4212],
    ['{"id":"a","method":"send_to_channel","params":{"channel":"","event":"e"}}', 'a', 4212],
    [
      '{"id":"a","method":"send_to_channel","params":{"channel":"#server-to-user-1","event":"e"}}',
      'a',
      4212,
    ],
    [
      '{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"pusher_internal:e"}}',
      'a',
      4210,
    ],
    [
      `{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"${'e'.repeat(201)}"}}`,
      'a',
      4210,
    ],
    ['{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"\\ud800"}}', 'a', 4210],
    [
      '{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"e","socket_id":1}}',
      'a',
      4200,
    ],
    [
      `{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"e","data":"${long}"}}`,
      'a',
      4213,
    ],
    [
      '{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"e","socket_id":null}}',
      'a',
      undefined,
    ],
    [
      '{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"e","socket_id":"1.1"}}',
      'a',
      undefined,
    ],
  ];
  for (const [text, id, code] of table) {
    const frame = await pipe.ask(text);
    t.strictSame(Object.keys(frame).sort(), ['error', 'id', 'result'], text.slice(0, 100));
    t.strictSame([frame.id, frame.error?.code], [id, code], text.slice(0, 100));
    if (code === undefined) t.equal(frame.error, null);
    else t.equal(frame.result, null);
  }
  t.strictSame(await socket.next(), { event: 'e', data: '1' });
  pipe.raw.send(Opcode.BINARY, 'x');
  t.match(await pipe.next(), { id: null, error: { code: 4200 }, result: null });
});

t.test(
  'the first frame names the connection, and data reach the backend as they were sent',
  async (t) => {
    const gateway = await startGateway(t);
    const pipe = await WirePipe.connect(t, gateway.port);
    await pipe.ask('{"id":"a","method":"subscribe","params":{"events":["socket_message"]}}');
    const socket = await TestSocket.connect(t, gateway.port);
    const deep = `${'['.repeat(999)}${']'.repeat(999)}`;
    for (const data of ['{"a" : 1.0}', '"\\u2028"', '1e999', '9007199254740993', deep]) {
      socket.text(`{"event":"e","data":${data}}`);
      const head =
        '{"id":null,"error":null,"result":{"event":"socket_message","data":{"socket_id":';
      t.equal(await pipe.nextText(), `${head}"${socket.id}","event":"e","data":${data}}}}`);
    }
    socket.text('{"event":"e"}');
    t.match(await pipe.next(), { result: { data: { data: null } } });
  },
);

t.test(
  'channel_existence tells of channels in notifications that the old client passes over',
  async (t) => {
    const gateway = await startGateway(t);
    const pipe = await WirePipe.connect(t, gateway.port);
    await pipe.ask('{"id":"a","method":"subscribe","params":{"events":["channel_existence"]}}');
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('room');
    t.strictSame((await pipe.next()).result, {
      event: 'channel_occupied',
      data: { channel: 'room' },
    });
    socket.drop();
    t.strictSame((await pipe.next()).result, {
      event: 'channel_vacated',
      data: { channel: 'room' },
    });
  },
);

t.test('a request that fails inside the gateway is answered with 4500, under its id', async (t) => {
  const logged: unknown[] = [];
  const parts = {
    log: { error: (about: unknown) => logged.push(about) },
    router: {
      publish: () => {
        throw new Error('in the router');
      },
    },
    limits: { maxChannelNameLength: 164, maxEventNameLength: 200, maxEventDataBytes: 10_240 },
  };
  const asking = { app: {}, subscriptions: new Set(), subscribed: () => undefined };
  const text = '{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"e"}}';
  const { id, outcome } = await answer(parts as never, asking as never, text);
  t.strictSame([id, outcome], ['a', { code: 4500, message: 'Internal error' }]);
  t.match(logged, [{ err: { message: 'in the router' } }]);
});

t.test('a request of too many levels is refused before it is parsed', async (t) => {
  const gateway = await startGateway(t);
  const pipe = await WirePipe.connect(t, gateway.port);
  const { parse } = JSON;
  let longest = 0;
  t.intercept(JSON, 'parse', {
    value: (text: string) => {
      longest = Math.max(longest, text.length);
      return parse(text) as unknown;
    },
  });
  const data = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
  const request = `{"id":"a","method":"send_to_channel","params":{"channel":"c","event":"e","data":${data}}}`;
  pipe.raw.send(Opcode.TEXT, request);
  const answer = await pipe.next();
  t.match(answer, { id: null, error: { code: 4200, message: /not have more than 1000 levels/ } });
  t.ok(longest < 1_000, `the longest text parsed had ${longest} characters`);
});

t.test('malformed requests cost a backend its connection after a few', async (t) => {
  const { port, metrics } = await startGateway(t);
  for (const [name, opcode, text] of [
    ['no JSON', Opcode.TEXT, 'x'],
    ['no id', Opcode.TEXT, '{}'],
    ['no method', Opcode.TEXT, '{"id":1}'],
    ['too deep', Opcode.TEXT, '['.repeat(1_001)],
    ['binary', Opcode.BINARY, 'x'],
  ] as const) {
    const { raw } = await WirePipe.connect(t, port);
    const before = metrics.malformedMessages;
    raw.write(Buffer.concat(Array<Buffer>(1_000).fill(frame(opcode, text))));
    let answers = 0;
    for (let last = await raw.next(); last?.opcode === Opcode.TEXT; last = await raw.next())
      answers++;
    t.strictSame([raw.close.code, answers], [4100, 31], name);
    t.equal(metrics.malformedMessages - before, 31, 'and nothing after these is handled');
  }
  const pipe = await WirePipe.connect(t, port);
  const event = '{"id":"a","method":"send_to_channel","params":{"channel":"a b","event":"e"}}';
  for (let i = 0; i < 100; i++) t.match(await pipe.ask(event), { error: { code: 4212 } });
});
