import t, { type Test } from 'tap';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import { ChaosProxy } from '../support/chaos-proxy';
import { ManualClock } from '../support/manual-clock';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';

const MINUTE_MS = 60_000;
/** Wall-clock jumps: a correction by hand, summer time and back, and past the end of 32 bits in 2038. */
const JUMPS: ReadonlyArray<[string, number]> = [
  ['10 minutes on', 10 * MINUTE_MS],
  ['10 minutes back', -10 * MINUTE_MS],
  ['an hour on', 60 * MINUTE_MS],
  ['an hour back', -60 * MINUTE_MS],
  ['past the year 2038', 20 * 365 * 24 * 60 * MINUTE_MS],
];

interface ConnectedClient {
  clock: ManualClock;
  proxy: ChaosProxy;
  client: PipeClient;
  sessions: string[];
  port: number;
}

/** A gateway and a backend on one clock, with a line between them that can be cut. */
async function connect(t: Pick<Test, 'teardown'>): Promise<ConnectedClient> {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  const proxy = await ChaosProxy.start(t, gateway.port);
  const options = { appId: '1', key: 'key', secret: SECRET };
  const client = createClient({ ...options, port: proxy.port }, { clock });
  const sessions: string[] = [];
  client.on('connected', ({ session }) => sessions.push(session));
  client.on('error', () => undefined);
  client.subscribe(['socket_existence', 'socket_message']);
  await client.connect();
  t.teardown(async () => {
    const turning = setInterval(() => clock.advance(100), 1);
    await client.disconnect();
    clearInterval(turning);
  });
  return { clock, proxy, client, sessions, port: gateway.port };
}

for (const [name, byMs] of JUMPS) {
  t.test(`a clock that jumps ${name} ends no connection, and no session either`, async (t) => {
    const { clock, proxy, client, sessions, port } = await connect(t);
    const closes: string[] = [];
    let heard = 0;
    client.sockets.on('close', (id) => closes.push(id));
    client.sockets.on('event:say', () => void (heard += 1));
    const socket = await TestSocket.connect(t, port);

    clock.wallMs += byMs;
    for (let i = 0; i < 20; i++) {
      clock.advance(1_000);
      socket.send({ event: 'say', data: i });
      await socket.settled();
      await until(() => heard === i + 1);
    }
    t.equal(client.state, 'open', 'nobody was taken for dead');
    proxy.cut();
    await until(() => client.state !== 'open');
    clock.wallMs += byMs;
    socket.send({ event: 'say', data: 'meanwhile' });
    await socket.settled();
    while (client.state !== 'open') {
      clock.advance(100);
      await socket.settled();
    }
    await until(() => heard === 21);
    t.same(sessions, ['new', 'resumed'], 'its window was not over');
    t.same(closes, []);
  });
}

t.test('a signature by a wrong clock is refused, and open connections stay', async (t) => {
  const { clock, client, port } = await connect(t);
  const theirs = new ManualClock({ turns: 'real' });
  theirs.wallMs = clock.wall();
  const options = { appId: '1', key: 'key', secret: SECRET, port };
  const late = createClient(options, { clock: theirs });
  late.on('error', () => undefined);
  t.teardown(() => late.disconnect());
  clock.wallMs += 11 * MINUTE_MS;
  await t.rejects(late.connect(), { code: 'bad_credentials', message: /clock/ });
  t.equal(client.state, 'open');
  theirs.wallMs = clock.wall();
  await late.connect();
  t.equal(late.state, 'open', 'until the clocks agree');
});
