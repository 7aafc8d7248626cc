import t, { type Test } from 'tap';
import { converse } from '../support/conversation';
import { ChaosProxy } from '../support/chaos-proxy';
import { createTestGateway } from '../../lib/testing';
import { liveThrough } from '../support/simulator/schedules';
import { mishap } from './kills';
import { checkModels } from './models';
import { storm } from './storms';

/**
 * What takes too long for every change: `npm run long` runs all of it, `npm run long -- kills storm` some. The figures
 * it prints are those of the machine.
 */
const SUITES: ReadonlyArray<[string, (test: Test) => Promise<void>]> = [
  ['schedules', (test) => liveThrough(test, 100_000, 200_000)],
  ['cuts', randomCuts],
  ['kills', kills],
  ['stalls', stalls],
  ['storm', bigStorm],
  ['models', async (test) => checkModels(test)],
];

const HOUR_MS = 3_600_000;

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!SUITES.some(([known]) => known === name)) throw new Error(`there is no suite ${name}`);
}
t.setTimeout(2 * HOUR_MS);
for (const [name, run] of SUITES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  t.test(name, { timeout: 2 * HOUR_MS }, (test) => run(test));
}

/** A long conversation over a line that is cut again and again, wherever it is. */
async function randomCuts(test: Test): Promise<void> {
  const gateway = await createTestGateway({ limits: { maxBackChannelEventsPerSecond: 1e6 } });
  test.teardown(() => gateway.close());
  const proxy = await ChaosProxy.start(test, gateway.client.port);
  for (let round = 1; round <= 100; round++) {
    const cutting = setInterval(() => proxy.cut(), 5 + (round % 20));
    const client = { port: proxy.port };
    const faults = await converse(gateway, { messages: 2_000, client });
    clearInterval(cutting);
    test.same(faults, [], `round ${round}`);
  }
}

async function kills(test: Test): Promise<void> {
  for (let round = 1; round <= 100; round++) {
    const { faults, copies } = await mishap(test, 'dies inside a handler', { messages: 100 });
    test.same(faults, [], `round ${round}, ${copies} messages came again`);
  }
}

/** Longer than the 25 s after which the gateway takes a backend for dead. */
async function stalls(test: Test): Promise<void> {
  const { faults } = await mishap(test, 'stands still', { messages: 100, stillMs: 40_000 });
  test.same(faults, []);
}

async function bigStorm(test: Test): Promise<void> {
  const { faults, believed, open, closes, backMs, closedMs } = await storm(test, 10_000);
  test.same(faults, []);
  test.equal(believed, open);
  test.equal(closes, 10_000);
  test.comment(
    `back after ${backMs.toFixed(0)} ms, all closes told after ${closedMs.toFixed(0)} ms`,
  );
}
