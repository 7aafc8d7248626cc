import type { ChildProcess } from 'node:child_process';
import type { Test } from 'tap';
import { ChaosProxy } from '../support/chaos-proxy';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { LedgerFile, LedgerFolder } from '../support/ledger-file';
import { exited, startChild } from '../support/processes';
import { startPythonMember, type PythonMember } from '../support/python';
import type { Chance } from '../support/simulator/chance';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import type { Answer, BackendOptions } from './children/backend';
import { listen } from './listen';

const APP = { id: '1', key: 'key', secret: SECRET };
/** Interval and end of looking at the ledger. */
const LOOK_MS = 50;
const PATIENCE_MS = 60_000;

export interface PythonOptions {
  browsers: number;
  /** Messages of each browser, one every `pauseMs`. */
  messages: number;
  pauseMs: number;
  /** Between two cuts of a connection, at least and at most. */
  cutMs: readonly [number, number];
  /** Beside members in Node, of which one is killed, and another one in Python, which leaves gently. */
  inGroup: boolean;
  graceMs: number;
  /** Time that each handler in Python takes, so that some run at each cut; a millisecond or two unless given. */
  takesMs?: number;
  chance: Chance;
}

export interface PythonReport {
  faults: Fault[];
  messages: number;
  cuts: number;
  /** Connections that the Python client has had. */
  connects: number;
  /** Messages by the Python client, by all others, and begun a second time elsewhere. */
  byPython: number;
  byOthers: number;
  copies: number;
  /** Answers that browsers have seen. */
  seen: number;
}

/** The Python client of spec/conformance/python hears browsers of a gateway process while its connection is cut. */
export async function pythonThrough(t: Test, options: PythonOptions): Promise<PythonReport> {
  const { browsers, messages, pauseMs, inGroup, graceMs } = options;
  const limits = {
    pipeGraceMs: graceMs,
    pipeRevokeMs: 1_000,
    maxBackChannelEventsPerSecond: 1e6,
  };
  const gateway = await startChild<{ port: number }>(t, 'gateway', {
    port: 0,
    apps: [APP],
    limits,
  });
  const { port } = gateway.said;
  const folder = new LedgerFolder(t);
  const cutter = new Cutter(options);
  const optionsOf = async (name: string): Promise<BackendOptions> => ({
    name,
    ledger: folder.part(name),
    diesAt: 0,
    answers: true,
    client: {
      ...{ appId: '1', key: 'key', secret: SECRET },
      ...(inGroup && { group: 'group' }),
      host: '127.0.0.1',
      port: await cutter.portFor(t, port),
      backoff: { baseMs: 10, maxMs: 100 },
    },
  });
  const startNode = async (name: string): Promise<ChildProcess> =>
    (await startChild(t, 'backend', await optionsOf(name))).child;
  const startPython = async (name: string): Promise<PythonMember> =>
    startPythonMember(t, { ...(await optionsOf(name)), takesMs: options.takesMs ?? 0 });

  const python = await startPython('python');
  const node = inGroup ? await startNode('node') : undefined;
  const tap = new LedgerFile(folder.part('tap'));
  t.teardown(() => tap.close());
  const sockets = await speakers(t, port, tap, browsers);
  cutter.start();
  for (let n = 1; n <= messages; n++) {
    for (const socket of sockets) {
      const data = { n };
      tap.write({ type: 'produced', key: socket.id, n, sum: sumOf(JSON.stringify(data)) });
      socket.send({ event: 'say', data });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (!inGroup) continue;
    if (n === Math.ceil(messages / 4)) void startNode('node-2');
    if (n === Math.ceil(messages / 2)) void leaves(await startPython('python-2'), options);
    if (n === Math.ceil((messages * 3) / 4)) node?.kill('SIGKILL');
  }
  if (node !== undefined) await exited(node);
  const done = (): boolean => isDone(folder.lines(), browsers * messages);
  const untilMs = performance.now() + PATIENCE_MS;
  while (!done() && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  cutter.stop();
  await python.leave();
  const lines = await settledLines(folder, sockets);
  gateway.child.kill('SIGKILL');
  return { ...reportOf(lines, inGroup), cuts: cutter.cuts, connects: python.connects };
}

/** Leaves after a while, in the middle of things. */
async function leaves(member: PythonMember, { messages, pauseMs }: PythonOptions): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, (messages * pauseMs) / 8));
  await member.leave();
}

function reportOf(
  lines: readonly Line[],
  inGroup: boolean,
): Omit<PythonReport, 'cuts' | 'connects'> {
  const began = lines.filter((line) => line.type === 'began');
  const byPython = began.filter((line) => line.process.startsWith('python')).length;
  // A killed process is told no outcome any more.
  const faults = faultsOf(lines).filter(
    ({ type, what }) => !(inGroup && type === 'unsettled' && what.startsWith('node/')),
  );
  return {
    faults,
    messages: lines.filter(({ type }) => type === 'produced').length,
    byPython,
    byOthers: began.length - byPython,
    copies: began.filter(({ redelivered }) => redelivered).length,
    seen: lines.filter(({ type }) => type === 'seen').length,
  };
}

/** True when each message was handled, and each answer of a process that lives has its outcome. */
function isDone(lines: readonly Line[], messages: number): boolean {
  const ended = new Set<string>();
  const open = new Set<string>();
  for (const line of lines) {
    if (line.type === 'ended') ended.add(`${line.key}/${line.n}`);
    if (line.type === 'sent' && line.process !== 'node') open.add(`${line.process}/${line.n}`);
    if (line.type === 'settled') open.delete(`${line.process}/${line.n}`);
  }
  return ended.size === messages && open.size === 0;
}

/** The ledger when browsers have read all that was written to them before. */
async function settledLines(folder: LedgerFolder, sockets: readonly TestSocket[]): Promise<Line[]> {
  for (const socket of sockets) socket.send({ event: 'pusher:ping', data: {} });
  await new Promise((resolve) => setTimeout(resolve, 4 * LOOK_MS));
  return folder.lines();
}

/** Browsers that note the answers they see. */
async function speakers(
  t: Test,
  port: number,
  tap: LedgerFile,
  count: number,
): Promise<TestSocket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await TestSocket.connect(t, port);
      void listen<Answer>(socket, 'answer', ({ process, n }) => {
        tap.write({ type: 'seen', browser: socket.id, process, n });
      });
      return socket;
    }),
  );
}

/** Gives each member a line of its own, and cuts all of them, each at times of its own. */
class Cutter {
  cuts = 0;
  readonly #options: PythonOptions;
  readonly #lines: ChaosProxy[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #started = false;

  constructor(options: PythonOptions) {
    this.#options = options;
  }

  async portFor(t: Test, port: number): Promise<number> {
    const line = await ChaosProxy.start(t, port);
    this.#lines.push(line);
    if (this.#started) this.#cutLater(line);
    return line.port;
  }

  start(): void {
    this.#started = true;
    for (const line of this.#lines) this.#cutLater(line);
  }

  stop(): void {
    this.#started = false;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #cutLater(line: ChaosProxy): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.cuts += 1;
        line.cut();
        if (this.#started) this.#cutLater(line);
      },
      this.#options.chance.whole(...this.#options.cutMs),
    );
    this.#timers.add(timer);
  }
}
