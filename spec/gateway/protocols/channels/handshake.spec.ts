import t from 'tap';
import { startGateway } from '../../../support/start-gateway';
import { type ConnectOptions, TestSocket } from '../../../support/test-socket';

t.test('the first message is the handshake, its data a string', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.open(t, port);
  const text = await socket.nextText();
  t.match(
    text,
    /^\{"event":"pusher:connection_established","data":"\{\\"socket_id\\":\\"\d+\.\d+\\",\\"activity_timeout\\":120\}"\}$/,
  );
});

t.test('the activity timeout is the one that the gateway keeps', async (t) => {
  const { port } = await startGateway(t, { limits: { activityTimeoutMs: 7_000 } });
  const socket = await TestSocket.open(t, port);
  t.match(JSON.parse((await socket.next()).data as string), { activity_timeout: 7 });
});

t.test('protocols 4 to 7 are served, under a path prefix too', async (t) => {
  const { port } = await startGateway(t, { path: '/ws/v1' });
  for (const protocol of [4, 5, 6, 7]) {
    const query = `protocol=${protocol}&client=js&version=8.6.0&flash=false&unknown=1`;
    const socket = await TestSocket.connect(t, port, { path: '/ws/v1/app/', query });
    t.match(socket.id, /^\d+\.\d+$/);
  }
});

interface Row extends ConnectOptions {
  code: number;
  message: string;
}

const REFUSALS: Record<string, Row> = {
  'an unknown key': { key: 'nope', code: 4001, message: 'App key nope does not exist' },
  'a key of Object': {
    key: '__proto__',
    code: 4001,
    message: 'App key __proto__ does not exist',
  },
  'no key': { key: '', code: 4001, message: 'App key  does not exist' },
  'a path below the key': { key: 'key/x', code: 4001, message: 'App key key/x does not exist' },
  'no protocol': { query: 'client=js', code: 4008, message: 'No protocol version supplied' },
  'no query': { query: '', code: 4008, message: 'No protocol version supplied' },
  'protocol 3': {
    query: 'protocol=3',
    code: 4007,
    message: 'Unsupported protocol version: use 4 to 7',
  },
  'protocol 8': {
    query: 'protocol=8',
    code: 4007,
    message: 'Unsupported protocol version: use 4 to 7',
  },
  'a protocol that is no integer': {
    query: 'protocol=7.0',
    code: 4007,
    message: 'Unsupported protocol version: use 4 to 7',
  },
  'an empty protocol': {
    query: 'protocol=',
    code: 4007,
    message: 'Unsupported protocol version: use 4 to 7',
  },
  'a version with odd characters': {
    query: 'protocol=7&version=8%00',
    code: 4006,
    message: 'Invalid version string format',
  },
  'a version of 65 characters': {
    query: `protocol=7&version=${'1'.repeat(65)}`,
    code: 4006,
    message: 'Invalid version string format',
  },
};

t.test('refusals come after the upgrade, as an error message and then a close code', async (t) => {
  const { port } = await startGateway(t);
  for (const [name, { code, message, ...options }] of Object.entries(REFUSALS)) {
    const socket = await TestSocket.open(t, port, options);
    t.equal(socket.raw.status, 101, name);
    t.strictSame(
      await socket.closed(),
      { code, reason: message, messages: [{ event: 'pusher:error', data: { code, message } }] },
      name,
    );
  }
});

t.test('a version of 64 characters passes', async (t) => {
  const { port } = await startGateway(t);
  await TestSocket.connect(t, port, { query: `protocol=7&version=${'a.%2B-_Z9'.repeat(9)}x` });
});

t.test('a disabled app closes with 4003', async (t) => {
  const { port } = await startGateway(t, { app: { enabled: false } });
  const socket = await TestSocket.open(t, port);
  t.match(await socket.closed(), { code: 4003, messages: [{ data: { code: 4003 } }] });
});

t.test('a socket above the quota of its app is closed with 4004', async (t) => {
  const { port } = await startGateway(t, { limits: { maxConnectionsPerApp: 2 } });
  const first = await TestSocket.connect(t, port);
  await TestSocket.connect(t, port);
  const third = await TestSocket.open(t, port);
  t.match(await third.closed(), {
    code: 4004,
    reason: 'Application is over connection quota',
    messages: [{ event: 'pusher:error', data: { code: 4004 } }],
  });
  first.drop();
  await first.raw.ended;
  // The gateway hears of the lost connection in a later turn than the one that freed the place here.
  for (let open = false; !open;) {
    const fourth = await TestSocket.open(t, port);
    open = (await fourth.next()).event === 'pusher:connection_established';
  }
  t.pass('and a place that becomes free is given away');
});

t.test('the close reason of the longest key still fits a close frame', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.open(t, port, { key: '%F0%9F%98%80'.repeat(400) });
  const { code, reason } = await socket.closed();
  t.equal(code, 4001);
  t.ok(Buffer.byteLength(reason) <= 123);
});
