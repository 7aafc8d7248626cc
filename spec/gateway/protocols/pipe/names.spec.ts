import t, { type Test } from 'tap';
import { RuleKind, type Frame, type HelloFrame, type Rule } from '../../../../lib/wire/frames';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

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
    // The process of before is not dead after all: its session is over.
    const late = await WireClient.open(t, port);
    const proof = late.proof(a.secret, 2);
    const { verdict, unhandled } = await late.hello({
      ...{ name: 'chat', rules, session: a.session, attempt: 2, proof },
    });
    t.match({ verdict, unhandled }, { verdict: 'reset', unhandled: 0 });
    t.match(await b.client.closed(), { code: 4409 });
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
