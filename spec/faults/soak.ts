import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { Test } from 'tap';
import { ChaosProxy } from '../support/chaos-proxy';
import { faultsOf, sumOf, type Fault } from '../support/ledger';
import { LedgerFile, LedgerFolder } from '../support/ledger-file';
import { exited, startChild } from '../support/processes';
import { Chance } from '../support/simulator/chance';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import type { Answer, BackendOptions } from './children/backend';
import { listen } from './listen';

const APP = { id: '1', key: 'key', secret: SECRET };
const BACKENDS = 3;
/** Once in so many seconds: a connection of a backend is cut, a backend is killed and another one started. */
const CUT_SECONDS = 10;
const KILL_SECONDS = 60;
/** Number of readings of the ledger at the end. */
const LOOK_MS = 500;

export interface SoakOptions {
  seconds: number;
  sockets: number;
  messagesPerSecond: number;
  seed: number;
}

export interface SoakReport {
  faults: Fault[];
  messages: number;
  answers: number;
  cuts: number;
  kills: number;
  /** Live heap and descriptors of the gateway, once in ten seconds. */
  heapBytes: number[];
  descriptors: number[];
}

/** A gateway under load for long, with cuts and kills of its backends; each message is answered to its browser. */
export async function soak(
  t: Test,
  { seconds, sockets: count, messagesPerSecond, seed }: SoakOptions,
): Promise<SoakReport> {
  const chance = new Chance(seed);
  const limits = { pipeGraceMs: 500, maxBackChannelEventsPerSecond: 1e6 };
  const { child: gateway, said } = await startChild<{ port: number }>(t, 'gateway', {
    ...{ port: 0, apps: [APP], limits },
  });
  const { port } = said;
  const folder = new LedgerFolder(t);
  const lines = await Promise.all(
    Array.from({ length: BACKENDS }, () => ChaosProxy.start(t, port)),
  );
  let started = 0;
  const names = new Map<ChildProcess, string>();
  const killed = new Set<string>();
  const start = async (line: ChaosProxy): Promise<ChildProcess> => {
    const name = `backend ${(started += 1)}`;
    const client = {
      ...{ appId: '1', key: 'key', secret: SECRET, port: line.port, group: 'group' },
      backoff: { baseMs: 10, maxMs: 200 },
    };
    const ledger = folder.part(name);
    const options: BackendOptions = { name, ledger, client, diesAt: 0, answers: true };
    const { child } = await startChild(t, 'backend', options);
    names.set(child, name);
    return child;
  };
  const backends = await Promise.all(lines.map(start));
  const tap = new LedgerFile(folder.part('tap'));
  t.teardown(() => tap.close());
  let answers = 0;
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await TestSocket.connect(t, port);
      void listen<Answer>(socket, 'answer', ({ process, n }) => {
        tap.write({ type: 'seen', browser: socket.id, process, n });
        answers += 1;
      });
      return socket;
    }),
  );
  const numbers = sockets.map(() => 0);
  const [heapBytes, descriptors]: [number[], number[]] = [[], []];
  let [messages, cuts, kills] = [0, 0, 0];
  const startMs = performance.now();
  for (let second = 1; second <= seconds; second++) {
    for (let tick = 1; tick <= 100; tick++) {
      const due = Math.floor((second - 1 + tick / 100) * messagesPerSecond);
      for (; messages < due; messages++) {
        const which = chance.whole(0, sockets.length - 1);
        const socket = sockets[which] as TestSocket;
        const data = { n: (numbers[which] = (numbers[which] ?? 0) + 1) };
        const sum = sumOf(JSON.stringify(data));
        tap.write({ type: 'produced', key: socket.id, n: data.n, sum });
        socket.send({ event: 'say', data });
      }
      const dueMs = startMs + (second - 1 + tick / 100) * 1_000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    }
    if (second % CUT_SECONDS === 0) {
      cuts += 1;
      lines[chance.whole(0, BACKENDS - 1)]?.cut();
      heapBytes.push(await heapOf(gateway));
      descriptors.push(readdirSync(`/proc/${gateway.pid}/fd`).length);
    }
    if (second % KILL_SECONDS === 0) {
      kills += 1;
      const which = chance.whole(0, BACKENDS - 1);
      const victim = backends[which] as ChildProcess;
      killed.add(names.get(victim) ?? '');
      victim.kill('SIGKILL');
      await exited(victim);
      backends[which] = await start(lines[which] as ChaosProxy);
    }
  }
  while (missing(folder) > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  // A killed backend's open commands have no outcome; commands of the others have one.
  const isLeft = ({ what }: Fault): boolean => killed.has(what.split('/')[0] ?? '');
  const open = (): Fault[] =>
    faultsOf(folder.lines()).filter((fault) => fault.type !== 'unsettled' || !isLeft(fault));
  let faults = open();
  while (faults.some(({ type }) => type === 'unsettled' || type === 'unseen')) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    faults = open();
  }
  return { faults, messages, answers, cuts, kills, heapBytes, descriptors };
}

function heapOf(gateway: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    gateway.once('message', (said) => resolve((said as { heapBytes: number }).heapBytes));
    gateway.send('how much?');
  });
}

/** Number of messages that no handler has finished. */
function missing(folder: LedgerFolder): number {
  const open = new Set<string>();
  const lines = folder.lines();
  for (const line of lines) if (line.type === 'produced') open.add(`${line.key}/${line.n}`);
  for (const line of lines) if (line.type === 'ended') open.delete(`${line.key}/${line.n}`);
  return open.size;
}
