import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { hasBrowser, startBrowser } from '../support/browser';
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
class Screen {
  readonly states: number[] = [];
  readonly trades: number[] = [];
  /** Time from the trigger of each state until it was seen, in milliseconds. */
  readonly agesMs: number[] = [];
  readonly #sentMs: readonly number[];

  /** @param sentMs times of the triggers */
  constructor(sentMs: readonly number[]) {
    this.#sentMs = sentMs;
  }

  show(event: string, n: number): void {
    if (event === 'trade') return void this.trades.push(n);
    this.states.push(n);
    this.agesMs.push(performance.now() - (this.#sentMs[n] ?? NaN));
  }
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
  /** The slow browser is a Chromium. */
  inChromium?: boolean;
}

/**
 * A backend shows a state that changes with every tick to a browser behind a line that cannot carry all of it, and to
 * one that can.
 */
export async function lateScreens(
  t: Test,
  { line, hz, ticks, stateBytes, tradeEvery, inChromium = false }: LateScreensOptions,
): Promise<LateScreensReport> {
  const gateway = await startGateway(t);
  const proxy = await ChaosProxy.start(t, gateway.port, line);
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port: gateway.port });
  t.teardown(() => client.disconnect());
  const errors: unknown[] = [];
  client.on('error', (error) => void errors.push(error));
  await client.connect();
  const sentMs: number[] = [];
  const slow = new Screen(sentMs);
  const quick = new Screen(sentMs);
  await (inChromium ? watchInChromium : watch)(t, proxy.port, slow);
  await watch(t, gateway.port, quick);
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

async function watch(t: Test, port: number, screen: Screen): Promise<void> {
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('room');
  void listen<State>(socket, undefined, ({ n }, event) => screen.show(event, n));
}

/** A page that knows nothing of pings: Chromium answers them. */
async function watchInChromium(t: Test, port: number, screen: Screen): Promise<void> {
  const page = await (await startBrowser(t)).newPage();
  await page.exposeFunction('show', (event: string, n: number) => screen.show(event, n));
  await page.evaluate(
    (url) =>
      new Promise<void>((resolve) => {
        const { show } = globalThis as unknown as { show(event: string, n: number): void };
        const socket = new WebSocket(url);
        const subscribe = { event: 'pusher:subscribe', data: { channel: 'room' } };
        socket.addEventListener('message', ({ data: text }) => {
          const { event, data } = JSON.parse(String(text)) as { event: string; data: string };
          if (event === 'pusher:connection_established') socket.send(JSON.stringify(subscribe));
          else if (event === 'pusher_internal:subscription_succeeded') resolve();
          else show(event, (JSON.parse(data) as State).n);
        });
      }),
    `ws://127.0.0.1:${port}/app/key?protocol=7`,
  );
}

/** A minute over 40 kB/s at several distances: the age of what is seen stays at some seconds, and does not grow. */
export async function latestOverSlowLines(t: Test): Promise<Record<string, unknown>> {
  const lines: object[] = [];
  const cases: Array<[tripMs: number, inChromium: boolean]> = [
    ...[0, 100, 300].map((tripMs): [number, boolean] => [tripMs, false]),
    ...(hasBrowser() ? [[100, true] as [number, boolean]] : []),
  ];
  for (const [tripMs, inChromium] of cases) {
    const { slow, quick, ...report } = await lateScreens(t, {
      inChromium,
      line: { bytesPerMs: 40, delayMs: () => tripMs / 2 },
      ...{ hz: 30, ticks: 1_800, stateBytes: 5_000, tradeEvery: 300 },
    });
    t.equal(report.cut, 0);
    const [medianMs, p99Ms] = [partOf(slow.agesMs, 0.5), partOf(slow.agesMs, 0.99)];
    t.ok(p99Ms <= 3_000, `${tripMs} ms away: 99 of 100 states are at most ${p99Ms} ms old`);
    const othersP99Ms = partOf(quick.agesMs, 0.99);
    const seen = slow.states.length;
    lines.push({ tripMs, inChromium, seen, of: report.states, medianMs, p99Ms, othersP99Ms });
  }
  return { lines };
}

function partOf(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * part)] ?? NaN);
}
