import t from 'tap';
import { frame, Opcode } from '../../../support/raw-socket';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

const PONG = '{"event":"pusher:pong","data":"{}"}';

t.test('every form of a ping is answered with a pong, and a pong with nothing', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  for (const data of [',"data":{}', ',"data":""', ',"data":"{}"', ',"data":null', '']) {
    socket.text(`{"event":"pusher:pong"${data}}`);
    socket.text(`{"event":"pusher:ping"${data}}`);
    t.equal(await socket.nextText(), PONG, data);
  }
});

t.test('an unreadable message gets an error and the socket stays open', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const rows: Array<[string, string]> = [
    ['', 'Received invalid JSON'],
    ['{', 'Received invalid JSON'],
    ['null', 'Invalid message: expected a JSON object'],
    ['[]', 'Invalid message: expected a JSON object'],
    ['"a"', 'Invalid message: expected a JSON object'],
    ['{}', 'Invalid message: event must be a non-empty string'],
    ['{"event":1}', 'Invalid message: event must be a non-empty string'],
    ['{"event":"x","channel":1}', 'Invalid message: channel must be a string'],
    ['{"event":"pusher:subscribe","data":"{"}', 'Received invalid JSON'],
    ['{"event":"pusher:subscribe"}', 'Invalid message: channel must be a string'],
    ['{"event":"pusher:unsubscribe","data":{}}', 'Invalid message: channel must be a string'],
    ['{"event":"pusher:nonsense"}', "Clients may not send 'pusher:nonsense'"],
    ['{"event":"pusher_internal:x"}', "Clients may not send 'pusher_internal:x'"],
  ];
  for (const [text, message] of rows) {
    socket.text(text);
    const expected = { event: 'pusher:error', data: { code: null, message } };
    t.strictSame(await socket.next(), expected, text);
  }
  t.strictSame(await socket.settled(), []);
});

t.test('fragments make one message; control frames may come between them', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const text = '{"event":"pusher:ping","data":"é😀"}';
  const bytes = Buffer.from(text);
  // Cut inside a character: only the whole message is text.
  socket.raw.send(Opcode.TEXT, bytes.subarray(0, 33), { final: false });
  socket.raw.send(Opcode.PING, 'here');
  for (const byte of bytes.subarray(33, -1)) {
    socket.raw.send(Opcode.CONTINUATION, Buffer.from([byte]), { final: false });
  }
  socket.raw.send(Opcode.CONTINUATION, bytes.subarray(-1));
  t.match(await socket.raw.next(), { opcode: Opcode.PONG, payload: Buffer.from('here') });
  t.equal(await socket.nextText(), PONG);
});

t.test('binary messages are refused with a message', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  socket.raw.send(Opcode.BINARY, '{"event":"pusher:ping"}');
  t.strictSame(await socket.next(), {
    event: 'pusher:error',
    data: { code: null, message: 'Binary WebSocket frames are not supported' },
  });
  t.strictSame(await socket.settled(), []);
});

t.test('a message at the size limit is read, one byte more closes with 1009', async (t) => {
  const { port } = await startGateway(t, { limits: { maxMessageBytes: 1000 } });
  const socket = await TestSocket.connect(t, port);
  const text = (size: number): string => '{"event":"pusher:ping"}'.padEnd(size);
  socket.text(text(1000));
  t.equal(await socket.nextText(), PONG);
  socket.text(text(1001));
  t.match(await socket.closed(), { code: 1009, messages: [] });
});

t.test('messages of one segment are answered in their order', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const asked: string[] = [];
  const bytes: Buffer[] = [];
  for (let i = 0; i < 60; i++) {
    const channel = `c${i}`;
    asked.push(channel, 'pong');
    const subscribe = { event: 'pusher:subscribe', data: { channel } };
    bytes.push(frame(Opcode.TEXT, JSON.stringify(subscribe)));
    bytes.push(frame(Opcode.TEXT, '{"event":"pusher:ping"}'));
  }
  socket.raw.write(Buffer.concat(bytes));
  for (const expected of asked) {
    const { event, channel } = await socket.next();
    if ((channel ?? event.slice('pusher:'.length)) !== expected) t.fail(`${expected} ${event}`);
  }
  t.strictSame(await socket.settled(), []);
});

t.test('messages of one socket reach another in their order, over several channels', async (t) => {
  const { port } = await startGateway(t, { limits: { maxClientEventsPerSecond: 1e6 } });
  const [a, b] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  for (const channel of ['private-1', 'private-2', 'presence-3']) {
    await a.subscribe(channel, { user_id: 'a' });
    await b.subscribe(channel, { user_id: 'b' });
  }
  await a.settled();
  const channels = ['private-1', 'private-2', 'presence-3'];
  const sent = Array.from({ length: 300 }, (_, i) => {
    const channel = channels[(i * 7) % 3] as string;
    return { event: 'client-x', channel, data: i };
  });
  a.raw.write(Buffer.concat(sent.map((each) => frame(Opcode.TEXT, JSON.stringify(each)))));
  t.strictSame(await a.settled(), [], 'and never the sender');
  const got = (await b.settled()).map(({ event, channel, data }) => ({ event, channel, data }));
  t.strictSame(got, sent);
});

t.test('nothing is handled after a close frame', async (t) => {
  const { port } = await startGateway(t);
  const [a, b] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await a.subscribe('private-x');
  await b.subscribe('private-x');
  const event = JSON.stringify({ event: 'client-late', channel: 'private-x', data: 1 });
  a.raw.write(Buffer.concat([frame(Opcode.CLOSE), frame(Opcode.TEXT, event)]));
  await a.raw.ended;
  t.strictSame(await b.settled(), []);
});
