import type { Test } from 'tap';
import type { Gateway } from '../../lib/gateway/gateway';
import { createClient } from '../../lib/pipe/client';
import type { PipeOptions } from '../../lib/pipe/options';
import { ManualClock } from '../support/manual-clock';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { LedgerFile, LedgerFolder } from '../support/ledger-file';
import { startChild } from '../support/processes';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import type { Answer, BackendOptions } from './children/backend';
import { listen } from './listen';
import { until } from '../support/until';

const APP = { id: '1', key: 'key', secret: SECRET };
const BROWSERS = 12;

export interface GatewayStopReport {
  faults: Fault[];
  messages: number;
  /** The session as the backend was told it, at each connection. */
  sessions: string[];
  /** Sockets that were told to have closed, and those that answer still. */
  closes: number;
  alive: number;
}

/**
 * A gateway process is stopped while browsers speak, and continued when `over` says so.
 *
 * @param over resolves when the stop shall end; `lost` says whether the backend has given its connection up
 */
export async function gatewayStopped(
  t: Test,
  client: Partial<PipeOptions>,
  over: (lost: () => boolean) => Promise<void>,
): Promise<GatewayStopReport> {
  const limits = { maxBackChannelEventsPerSecond: 1e6 };
  const options = { port: 0, apps: [APP], limits };
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
  const { port } = said;
  const backend = createClient<{ say: { n: number } }>({
    appId: '1',
    key: 'key',
    secret: SECRET,
    port,
    backoff: { baseMs: 10, maxMs: 200 },
    ...client,
  });
  t.teardown(() => backend.disconnect());
  const lines: Line[] = [];
  const sessions: string[] = [];
  let closes = 0;
  let handled = 0;
  backend.subscribe(['socket_existence', 'socket_message']);
  backend.sockets.on('event:say', (key, data, { redelivered }) => {
    const what = { process: 'backend', key, n: data.n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    lines.push({ type: 'ended', ...what });
    handled += 1;
  });
  backend.sockets.on('close', () => void (closes += 1));
  backend.on('connected', ({ session }) => sessions.push(session));
  backend.on('error', () => undefined);
  await backend.connect();
  const sockets = await Promise.all(
    Array.from({ length: BROWSERS }, () => TestSocket.connect(t, port)),
  );
  let n = 0;
  const speak = (): void => {
    n += 1;
    for (const socket of sockets) {
      const data = { n };
      lines.push({ type: 'produced', key: socket.id, n, sum: sumOf(JSON.stringify(data)) });
      socket.send({ event: 'say', data });
    }
  };
  for (let i = 0; i < 50; i++) speak();
  await until(() => handled > BROWSERS);
  child.kill('SIGSTOP');
  const speaking = setInterval(speak, 20);
  await over(() => backend.state !== 'open');
  child.kill('SIGCONT');
  clearInterval(speaking);
  await until(() => handled >= n * BROWSERS && backend.state === 'open');
  const alive = await Promise.all(
    sockets.map((socket) =>
      socket.settled().then(
        () => 1,
        () => 0,
      ),
    ),
  );
  return {
    faults: faultsOf(lines),
    messages: n * BROWSERS,
    sessions,
    closes,
    alive: alive.filter((one) => one === 1).length,
  };
}

export interface BackendStopReport {
  faults: Fault[];
  /** Messages that came a second time, and said so. */
  copies: number;
  /** Answers of the stopped backend that the gateway refused, because their events have another owner by now. */
  refused: number;
}

/**
 * A member of a group of two is stopped inside a handler until the gateway has taken it for dead and the other one has
 * taken over, and is continued then: its partitions are no longer its own. Time is turned by hand at the gateway.
 */
export async function backendStopped(t: Test): Promise<BackendStopReport> {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, {
    clock,
    limits: { pipeGraceMs: 1_000, pipeRevokeMs: 1_000, maxBackChannelEventsPerSecond: 1e6 },
  });
  const folder = new LedgerFolder(t);
  const start = async (name: string, stopsAt = 0): Promise<{ kill(signal: 'SIGCONT'): void }> => {
    const client = {
      ...{ appId: '1', key: 'key', secret: SECRET, port: gateway.port, group: 'group' },
      backoff: { baseMs: 10, maxMs: 100 },
    };
    const part = folder.part(name);
    const options: BackendOptions = {
      name,
      ledger: part,
      client,
      diesAt: 0,
      stopsAt,
      answers: true,
    };
    return (await startChild(t, 'backend', options)).child;
  };
  const tap = new LedgerFile(folder.part('tap'));
  t.teardown(() => tap.close());
  const [first] = await Promise.all([start('first', 20), start('second')]);
  const sockets = await speakers(t, gateway, tap);
  const lines = (): Line[] => folder.lines();
  let n = 0;
  const speak = (): void => {
    n += 1;
    for (const socket of sockets) {
      const data = { n };
      tap.write({ type: 'produced', key: socket.id, n, sum: sumOf(JSON.stringify(data)) });
      socket.send({ event: 'say', data });
    }
  };
  const ended = (): number =>
    new Set(lines().flatMap((line) => (line.type === 'ended' ? [`${line.key}/${line.n}`] : [])))
      .size;
  /** True when each live member has handled an event of the last round. */
  const heard = (): boolean => lines().some((line) => line.type === 'ended' && line.n === n);

  for (let i = 0; i < 40; i++) speak();
  while (ended() < n * BROWSERS) {
    clock.advance(1_000);
    speak();
    await until(heard);
  }
  first.kill('SIGCONT');
  const turning = setInterval(() => clock.advance(100), 20);
  t.teardown(() => clearInterval(turning));
  const settled = (): number =>
    lines().filter(({ type }) => type === 'settled').length -
    lines().filter(({ type }) => type === 'sent').length;
  await until(() => returned(lines()) && ended() === n * BROWSERS && settled() === 0);
  clearInterval(turning);
  const all = lines();
  return {
    faults: faultsOf(all),
    copies: all.filter((line) => line.type === 'began' && line.redelivered).length,
    refused: refusedOf(all),
  };
}

/** True when the stopped member has been told the outcome of its open commands. */
function returned(lines: readonly Line[]): boolean {
  return refusedOf(lines) > 0;
}

function refusedOf(lines: readonly Line[]): number {
  return lines.filter((line) => line.type === 'settled' && line.outcome === 'refused').length;
}

/** Browsers that note the answers they see. */
async function speakers(t: Test, { port }: Gateway, tap: LedgerFile): Promise<TestSocket[]> {
  return Promise.all(
    Array.from({ length: BROWSERS }, async () => {
      const socket = await TestSocket.connect(t, port);
      void listen<Answer>(socket, 'answer', ({ process, n }) => {
        tap.write({ type: 'seen', browser: socket.id, process, n });
      });
      return socket;
    }),
  );
}
