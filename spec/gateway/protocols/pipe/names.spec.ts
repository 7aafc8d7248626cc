import t, { type Test } from 'tap';
import type { Gateway } from '../../../../lib/gateway/gateway';
import { RuleKind, type Frame, type HelloFrame, type Rule } from '../../../../lib/wire/frames';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { helloFrame, WireClient } from '../../../support/wire-client';

const GROUP = { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' } as const;
const rules: Rule[] = [{ kind: RuleKind.MESSAGE, channels: [], events: [] }];

async function connect(
  t: Pick<Test, 'teardown'>,
  port: number,
  hello: Partial<HelloFrame>,
): Promise<{ client: WireClient; unhandled: number; session: Uint8Array; secret: Uint8Array }> {
  const client = await WireClient.open(t, port);
  const { session, secret, unhandled } = await client.hello({ rules, ...hello });
  return { client, session, secret, unhandled };
}

/** The data of events, with a star when they were sent before. */
function dataOf(frames: Frame[]): string[] {
  return frames
    .flatMap((frame) => (frame.type === 'events' ? frame.runs : []))
    .flatMap(({ events }) =>
      events.map(({ data, redelivered }) => `${data}${redelivered === true ? '*' : ''}`),
    );
}

/** Resolves when so many streams wait for their backends. */
async function waiting({ metrics }: Pick<Gateway, 'metrics'>, streams: number): Promise<void> {
  const read = (): Promise<string> =>
    metrics.registry.getSingleMetricAsString('standpipe_pipe_waiting_streams');
  while (!(await read()).trimEnd().endsWith(` ${streams}`)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function say(socket: TestSocket, ...data: number[]): Promise<void> {
  for (const each of data) socket.send({ event: 'e', data: each });
  await socket.settled();
}

t.test(
  'a named stream outlives its process, and the next one of its name goes on with it',
  async (t) => {
    const { port } = await startGateway(t);
    const socket = await TestSocket.connect(t, port);
    const a = await connect(t, port, { name: 'chat' });
    await a.client.settled();
    await say(socket, 1, 2, 3);
    t.same(dataOf(await a.client.settled()), ['1', '2', '3']);
    a.client.send({
      type: 'ack',
      positions: [{ partition: 0, generation: 1, epoch: 1, offset: 1 }],
    });
    await a.client.settled();
    a.client.terminate();
    await say(socket, 4);
    const b = await connect(t, port, { name: 'chat' });
    const heard = dataOf(await b.client.settled());
    t.same(heard.slice(0, 2), ['2*', '3*']);
    // The event may have been written to the connection before, in vain.
    t.match(heard[2], /^4\*?$/);
    const other = await connect(t, port, { name: 'other' });
    t.same(dataOf(await other.client.settled()), [], 'another name is another stream');
  },
);

/** HELLO of a session over another connection. */
async function resume(
  t: Pick<Test, 'teardown'>,
  port: number,
  { session, secret }: { session: Uint8Array; secret: Uint8Array },
  hello: Partial<HelloFrame>,
): Promise<WireClient> {
  const client = await WireClient.open(t, port);
  client.send({
    ...helloFrame,
    rules,
    ...hello,
    session,
    attempt: 2,
    proof: client.proof(secret, 2),
  });
  return client;
}

t.test('a backend that was replaced while it was away does not take its name back', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  for (const hello of [{ name: 'chat' }, { name: 'chat', group: GROUP }]) {
    const a = await connect(t, port, hello);
    await a.client.settled();
    a.client.terminate();
    const b = await connect(t, port, hello);
    await b.client.settled();
    const late = await resume(t, port, a, hello);
    t.match(await late.closed(), { code: 4409, reason: /taken this name/ });
    await say(socket, 1);
    t.same(dataOf(await b.client.settled()), ['1'], 'the later one goes on');
    b.client.terminate();
    t.match(
      await (await resume(t, port, a, hello)).closed(),
      { code: 4409 },
      'also while it is away',
    );
    t.match(await (await resume(t, port, b, hello)).next(), { verdict: 'resumed' });
  }
});

t.test(
  'a backend that comes back after its place in the group has gone is replaced for good',
  async (t) => {
    const { port } = await startGateway(t, { limits: { pipeGraceMs: 1 } });
    await (await connect(t, port, { name: 'other', group: GROUP })).client.settled();
    const hello = { name: 'chat', group: GROUP };
    const a = await connect(t, port, hello);
    await a.client.settled();
    a.client.terminate();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const b = await connect(t, port, hello);
    await b.client.settled();
    t.match(await (await resume(t, port, a, hello)).closed(), { code: 4409 });
    t.ok(await b.client.settled(), 'the later one goes on');
  },
);

t.test(
  'a gateway that knows no session lets the first backend of a name in, also twice',
  async (t) => {
    const { port } = await startGateway(t);
    const hello = { name: 'chat' };
    const [a, b] = [1, 2].map((n) => ({
      session: new Uint8Array(16).fill(n),
      secret: new Uint8Array(32),
    })) as [
      { session: Uint8Array; secret: Uint8Array },
      { session: Uint8Array; secret: Uint8Array },
    ];
    const unread = await resume(t, port, a, hello);
    t.match(await unread.expect('welcome'), { verdict: 'reset' });
    unread.terminate();
    const again = await resume(t, port, a, hello);
    t.match(await again.expect('welcome'), { verdict: 'reset' }, 'its WELCOME was lost');
    again.send({ type: 'ready' });
    await again.settled();
    t.match(await (await resume(t, port, b, hello)).closed(), { code: 4409 });
    const fresh = await connect(t, port, hello);
    t.equal(fresh.unhandled, 0);
    t.match(await again.closed(), { code: 4409 }, 'a new one takes over');
  },
);

t.test('the second of two live backends of one name goes on, and the first is told', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const a = await connect(t, port, { name: 'chat' });
  await say(socket, 1, 2);
  await a.client.settled();
  const b = await connect(t, port, { name: 'chat' });
  t.match(await a.client.closed(), { code: 4409, reason: /taken this name/ });
  t.same(dataOf(await b.client.settled()), ['1*', '2*']);
  await say(socket, 3);
  t.same(dataOf(await b.client.settled()), ['3']);
});

t.test('a name that goodbye was said of is kept for the window too', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const a = await connect(t, port, { name: 'chat' });
  await a.client.settled();
  a.client.send({ type: 'bye', reason: '' });
  await a.client.closed();
  await say(socket, 1);
  const b = await connect(t, port, { name: 'chat' });
  t.same(dataOf(await b.client.settled()), ['1']);
});

t.test(
  'the next unnamed backend is told of events that an unnamed stream left unhandled',
  async (t) => {
    const { port } = await startGateway(t);
    const socket = await TestSocket.connect(t, port);
    const a = await connect(t, port, {});
    await a.client.settled();
    await say(socket, 1, 2, 3);
    await a.client.settled();
    const position = { partition: 0, generation: 1, epoch: 1, offset: 1 };
    const finished = [{ first: 3, last: 3 }];
    a.client.send({ type: 'ack', positions: [{ ...position, finished }] });
    await a.client.settled();
    a.client.send({ type: 'bye', reason: '' });
    await a.client.closed();
    t.equal(
      (await connect(t, port, { name: 'chat' })).unhandled,
      0,
      'a named one is not concerned',
    );
    t.equal((await connect(t, port, {})).unhandled, 1);
    t.equal((await connect(t, port, {})).unhandled, 0, 'it is told once');
  },
);

t.test('an unnamed backend is told at once of what one that has just gone left', async (t) => {
  const gateway = await startGateway(t);
  const { port } = gateway;
  const socket = await TestSocket.connect(t, port);
  const a = await connect(t, port, {});
  await a.client.settled();
  await say(socket, 1, 2, 3);
  await a.client.settled();
  a.client.terminate();
  await waiting(gateway, 1);
  // A backend that has not read its WELCOME was told nothing.
  const unread = await WireClient.open(t, port);
  unread.send({ ...helloFrame, rules });
  t.match(await unread.expect('welcome'), { unhandled: 3 });
  unread.send({ type: 'bye', reason: '' });
  await unread.closed();
  const b = await connect(t, port, {});
  t.equal(b.unhandled, 3);
  await b.client.settled();
  await say(socket, 4);
  t.same(dataOf(await b.client.settled()), ['4']);
  b.client.send({ type: 'ack', positions: [{ partition: 0, generation: 1, epoch: 1, offset: 1 }] });
  await b.client.settled();
  const back = await resume(t, port, a, {});
  t.match(await back.expect('welcome'), { verdict: 'resumed', unhandled: 0 });
  back.send({ type: 'ready' });
  await back.settled();
  t.equal((await connect(t, port, {})).unhandled, 0, 'one that is back has left nothing');
  back.send({ type: 'bye', reason: '' });
  await back.closed();
  t.equal((await connect(t, port, {})).unhandled, 4);
});

t.test(
  'a count whose WELCOME was lost on the way is told to the next unnamed backend',
  async (t) => {
    const gateway = await startGateway(t);
    const { port } = gateway;
    const socket = await TestSocket.connect(t, port);
    const a = await connect(t, port, {});
    await a.client.settled();
    await say(socket, 1, 2, 3);
    a.client.terminate();
    await waiting(gateway, 1);
    const unread = async (): Promise<{
      client: WireClient;
      session: Uint8Array;
      secret: Uint8Array;
    }> => {
      const client = await WireClient.open(t, port);
      client.send({ ...helloFrame, rules });
      const { session, secret, unhandled } = await client.expect('welcome');
      t.equal(unhandled, 3);
      return { client, session, secret };
    };
    (await unread()).client.terminate();
    await waiting(gateway, 2);
    (await unread()).client.terminate();
    await waiting(gateway, 3);
    const b = await unread();
    b.client.terminate();
    await waiting(gateway, 4);
    // READY was lost in place of WELCOME: the backend knows the session.
    t.match(await (await resume(t, port, b, {})).expect('welcome'), { unhandled: 0 });
    t.equal((await connect(t, port, {})).unhandled, 0);
  },
);

t.test('a member that is started again under its name has its place at once', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 16 } });
  const joined = async (name: string): Promise<{ client: WireClient; partitions: number[] }> => {
    const { client } = await connect(t, port, { group: GROUP, name });
    const partitions = (await client.settled()).flatMap((frame) =>
      frame.type === 'assign' ? frame.assigned.map(({ partition }) => partition) : [],
    );
    return { client, partitions };
  };
  const a = await joined('one');
  const b = await joined('two');
  for (const frame of await a.client.settled()) {
    if (frame.type !== 'revoke') continue;
    const { partition, generation } = frame;
    a.client.send({ type: 'returned', position: { partition, generation, epoch: 1, offset: 0 } });
  }
  await a.client.settled();
  const ofB = (await b.client.settled()).flatMap((frame) =>
    frame.type === 'assign' ? frame.assigned.map(({ partition }) => partition) : [],
  );
  t.ok(ofB.length > 0);
  b.client.terminate();
  const again = await joined('two');
  t.same(again.partitions.sort(), ofB.sort());
  t.same(await a.client.settled(), [], 'the other member notices nothing');
});

t.test('a name must be one', async (t) => {
  const { port } = await startGateway(t);
  const client = await WireClient.open(t, port);
  t.equal(await client.hello({ name: 'a b' }).catch(() => undefined), undefined);
  t.match(await client.closed(), { code: 4410, reason: /a name must be 1 to 64/ });
});

t.test(
  'streams that wait for a backend are bounded; one that was given up is told why',
  async (t) => {
    const gateway = await startGateway(t, { limits: { maxPipeWaiting: 2 } });
    const { port } = gateway;
    const gone: Array<{ session: Uint8Array; secret: Uint8Array }> = [];
    for (let i = 0; i < 3; i++) {
      const each = await connect(t, port, {});
      await each.client.settled();
      gone.push(each);
      each.client.terminate();
    }
    const verdicts: string[] = [];
    for (const { session, secret } of gone) {
      let verdict = '';
      // The gateway has yet to notice that the connection before is gone.
      for (let attempt = 2; attempt < 50 && verdict === ''; attempt++) {
        const client = await WireClient.open(t, port);
        const proof = client.proof(secret, attempt);
        const welcome = await client.hello({ rules, session, proof, attempt });
        verdict = `${welcome.verdict} ${welcome.reason}`.trim();
      }
      verdicts.push(verdict);
    }
    t.same(verdicts, ['reset given_up', 'resumed', 'resumed']);
    const metrics = await gateway.metrics.registry.getSingleMetricAsString(
      'standpipe_pipe_streams_given_up_total',
    );
    t.match(metrics, / 1$/m);
  },
);

t.test('events of streams that wait are bounded together, and counted apart', async (t) => {
  const gateway = await startGateway(t, { limits: { maxPipeWaitingBytes: 10_000 } });
  const { port } = gateway;
  const socket = await TestSocket.connect(t, port);
  const a = await connect(t, port, { name: 'a' });
  await a.client.settled();
  a.client.terminate();
  const level = async (name: string): Promise<string> =>
    gateway.metrics.registry.getSingleMetricAsString(`standpipe_${name}`);
  const until = async (name: string, value: RegExp): Promise<void> => {
    while (!value.test(await level(name))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until('pipe_waiting_streams', / 1$/m);
  for (let n = 0; n < 10; n++) socket.send({ event: 'e', data: 'x'.repeat(2_000) });
  await socket.settled();
  t.match(await level('pipe_waiting_events'), / 10$/m);
  t.match(await level('pipe_lag_events'), / 0$/m);
  await until('pipe_waiting_streams', / 0$/m);
  t.match(await level('pipe_streams_given_up_total'), / 1$/m);
});
