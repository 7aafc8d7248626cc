import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { ChaosProxy } from '../support/chaos-proxy';
import type { LineOptions } from '../support/slow-line';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';
import { listen } from './listen';

interface State {
  n: number;
  text: string;
}

/** Events that a browser has seen, by their numbers. */
interface Screen {
  readonly states: number[];
  readonly trades: number[];
  /** Time from the trigger of each state until it was seen, in milliseconds. */
  readonly agesMs: number[];
}

export interface LateScreensReport {
  states: number;
  trades: number;
  slow: Screen;
  quick: Screen;
  /** Browsers that the gateway has cut. */
  cut: number;
  /** States that the slow browser did not get. */
  dropped: number;
  /** Errors of the backend. */
  errors: unknown[];
}

export interface LateScreensOptions {
  line: LineOptions;
  hz: number;
  ticks: number;
  stateBytes: number;
  /** Every so many ticks an event that nobody may miss. */
  tradeEvery: number;
}

/**
 * A backend shows a state that changes with every tick to a browser behind a line that cannot carry all of it, and to
 * one that can.
 */
export async function lateScreens(
  t: Test,
  { line, hz, ticks, stateBytes, tradeEvery }: LateScreensOptions,
): Promise<LateScreensReport> {
  const gateway = await startGateway(t);
  const proxy = await ChaosProxy.start(t, gateway.port, line);
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port: gateway.port });
  t.teardown(() => client.disconnect());
  const errors: unknown[] = [];
  client.on('error', (error) => void errors.push(error));
  await client.connect();
  const sentMs: number[] = [];
  const [slow, quick] = [
    await screen(t, proxy.port, sentMs),
    await screen(t, gateway.port, sentMs),
  ];
  const text = 'x'.repeat(stateBytes);
  let trades = 0;
  await new Promise<void>((resolve) => {
    const ticker = client.tick(hz, () => {
      const n = sentMs.push(performance.now()) - 1;
      client.channel('room').trigger('state', { n, text }, { latest: true });
      if (n % tradeEvery === tradeEvery - 1)
        client.channel('room').trigger('trade', { n: trades++ });
      if (sentMs.length < ticks) return;
      ticker.stop();
      resolve();
    });
  });
  await until(() => [slow, quick].every(({ states }) => states.at(-1) === ticks - 1));
  await until(() => [slow, quick].every((each) => each.trades.length === trades));
  const { socketsCut: cut, latestDrops: dropped } = gateway.metrics;
  return { states: ticks, trades, slow, quick, cut, dropped, errors };
}

async function screen(t: Test, port: number, sentMs: readonly number[]): Promise<Screen> {
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('room');
  const [states, trades, agesMs]: number[][] = [[], [], []];
  const seen = { states, trades, agesMs } as Screen;
  void listen<State>(socket, undefined, ({ n }, event) => {
    seen[event === 'state' ? 'states' : 'trades'].push(n);
    if (event === 'state') seen.agesMs.push(performance.now() - (sentMs[n] as number));
  });
  return seen;
}

/** A minute over 40 kB/s at several distances: the age of what is seen stays at some seconds, and does not grow. */
export async function latestOverSlowLines(t: Test): Promise<Record<string, unknown>> {
  const lines: object[] = [];
  for (const tripMs of [0, 100, 300]) {
    const { slow, quick, ...report } = await lateScreens(t, {
      line: { bytesPerMs: 40, delayMs: () => tripMs / 2 },
      ...{ hz: 30, ticks: 1_800, stateBytes: 5_000, tradeEvery: 300 },
    });
    t.equal(report.cut, 0);
    const [medianMs, p99Ms] = [partOf(slow.agesMs, 0.5), partOf(slow.agesMs, 0.99)];
    t.ok(p99Ms <= 3_000, `${tripMs} ms away: 99 of 100 states are at most ${p99Ms} ms old`);
    const othersP99Ms = partOf(quick.agesMs, 0.99);
    lines.push({
      tripMs,
      seen: slow.states.length,
      of: report.states,
      medianMs,
      p99Ms,
      othersP99Ms,
    });
  }
  return { lines };
}

function partOf(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * part)] ?? NaN);
}
