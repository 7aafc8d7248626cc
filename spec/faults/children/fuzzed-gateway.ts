import { Session } from 'node:inspector';
import { Gateway } from '../../../lib/gateway/gateway';
import type { GatewayOptions } from '../../../lib/gateway/options/options';
import { ManualClock } from '../../support/manual-clock';
import { turns } from '../../support/until';

/** Answer to every question. */
export interface GatewayState {
  /** Error lines of the log, and faults of a program at any level. */
  faults: string[];
  /** Processor time of the longest time without a turn of the event loop, since the last question. */
  longestTurnMs: number;
  cpuMs: number;
  sockets: number;
  /** TCP connections that are open, as the process sees them. */
  connections: number;
  rssBytes: number;
}

/** State when all peers have gone and all deadlines have passed. */
export interface RestState extends GatewayState {
  timers: number;
  /** Entries of all Maps and Sets in the heap. */
  entries: number;
  heapBytes: number;
}

/** Object of the inspector, or its value. */
interface Answer {
  objectId?: string;
  value?: unknown;
}

const TICK_MS = 10;
/** Longer than anything is kept: sessions of backends, caches, answers of repeated requests. */
const REST_MS = 180_000;
const STEP_MS = 500;

const { port: _, ...options } = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as GatewayOptions;
const faults: string[] = [];

/** A slip of the program. Errors of Node and of `ws` have a code. */
function isSlip(error: unknown): boolean {
  const slips = [TypeError, RangeError, ReferenceError, SyntaxError];
  return slips.some((each) => error instanceof each) && !('code' in (error as Error));
}

function line(level: string, details: object, message: string): void {
  const { err } = details as { err?: unknown };
  if (level !== 'error' && !isSlip(err) && !/internal/i.test(message)) return;
  const stack = err instanceof Error ? err.stack : JSON.stringify(details);
  if (faults.length < 10) faults.push(`log, ${level}: ${message}: ${stack}`);
}

const log = {
  debug: (details: object, message: string) => line('debug', details, message),
  info: (details: object, message: string) => line('info', details, message),
  warn: (details: object, message: string) => line('warn', details, message),
  error: (details: object, message: string) => line('error', details, message),
};

// Time passes as it does outside, until all is to come to rest at once.
const clock = new ManualClock({ turns: 'real' });
clock.wallMs = Date.now();
const gateway = new Gateway({ ...options, port: 0, log }, clock);

let longestTurnMs = 0;
let last = { atMs: performance.now(), cpuMs: cpuMs() };
setInterval(() => {
  const now = { atMs: performance.now(), cpuMs: cpuMs() };
  longestTurnMs = Math.max(longestTurnMs, now.cpuMs - last.cpuMs);
  // A gateway that stood still for long is not punished for what it could not do.
  clock.advance(Math.min(now.atMs - last.atMs, 200));
  last = { atMs: performance.now(), cpuMs: cpuMs() };
}, TICK_MS);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function state(): GatewayState {
  const { failures } = gateway.metrics;
  if (failures > 0) faults.push(`${failures} failures of the gateway itself`);
  gateway.metrics.failures = 0;
  const connections = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap');
  const found = {
    faults: faults.splice(0),
    longestTurnMs,
    cpuMs: cpuMs(),
    sockets: gateway.socketCount,
    connections: connections.length,
    rssBytes: process.memoryUsage().rss,
  };
  longestTurnMs = 0;
  return found;
}

async function rest(): Promise<RestState> {
  for (let ms = 0; ms < REST_MS; ms += STEP_MS) {
    clock.advance(STEP_MS);
    await turns(2);
  }
  const entries = countEntries();
  last = { atMs: performance.now(), cpuMs: cpuMs() };
  const heapBytes = process.memoryUsage().heapUsed;
  return { ...state(), timers: clock.timers, entries, heapBytes };
}

/** Entries of all Maps and Sets that are alive, whoever holds them: a list of names can hide nowhere else. */
function countEntries(): number {
  const session = new Session();
  session.connect();
  const count = entriesOf(session, 'Map') + entriesOf(session, 'Set');
  session.disconnect();
  return count;
}

/** Answers of the inspector's commands come before `post` returns. */
function entriesOf(session: Session, name: 'Map' | 'Set'): number {
  const ask = (method: string, params: object): Record<string, Answer> => {
    let answer = {};
    session.post(method, params, (_error, result) => (answer = result ?? {}));
    return answer;
  };
  const objectGroup = 'entries';
  const { result: type } = ask('Runtime.evaluate', {
    expression: `${name}.prototype`,
    objectGroup,
  });
  const prototypeObjectId = type?.objectId;
  const { objects } = ask('Runtime.queryObjects', { prototypeObjectId, objectGroup });
  const functionDeclaration = String(sumOfSizes);
  const { result } = ask('Runtime.callFunctionOn', {
    objectId: objects?.objectId,
    functionDeclaration,
  });
  ask('Runtime.releaseObjectGroup', { objectGroup });
  if (typeof result?.value !== 'number') throw new Error(`no ${name} could be counted`);
  return result.value;
}

/** Runs in the inspector, on its list of objects. */
function sumOfSizes(this: Array<Map<unknown, unknown>>): number {
  let sum = 0;
  for (const each of this) {
    try {
      sum += each.size;
    } catch {
      // Prototypes of subclasses are on the list too, and have no size.
    }
  }
  return sum;
}

process.on('message', (question: 'state' | 'rest') => {
  if (question === 'state') return void process.send?.(state());
  void rest().then((found) => process.send?.(found));
});
process.on('disconnect', () => process.exit());
void gateway.start().then(({ port, pushyPorts, metricsPort }) => {
  process.send?.({ port, pushyPort: pushyPorts[0], metricsPort });
});
