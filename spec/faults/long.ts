import t, { type Test } from 'tap';
import { manySchedules } from '../brokers/live-through';
import { showRows } from '../bench/show-rows';
import { showPipeInChromium } from '../browser/pipe-in-chromium';
import { showSubscriberInChromium } from '../browser/subscriber-in-chromium';
import { showInChromium } from '../conformance/features/chromium';
import { FEATURES } from '../conformance/features/list';
import { bundlers } from '../subscriber/bundlers';
import { hasBrowser, WHOLE } from '../support/browser';
import { hasNginx } from '../support/nginx';
import { conformOfPython, pythonMissing } from '../support/python';
import { hasRedis } from '../support/start-redis';
import { certificate } from '../support/tls';
import { Chance } from '../support/simulator/chance';
import { liveThrough } from '../support/simulator/schedules';
import { bundles } from './bundles';
import { churn } from './churn';
import { cluster } from './cluster';
import { startAlone, startReplicated } from './cluster/engines';
import { killsInACluster } from './cluster-kills';
import { randomCuts } from './random-cuts';
import { falseClock } from './false-clock';
import { fuzz } from './fuzz/fuzz';
import { findPlantedByFuzz } from './fuzz/planted';
import { halfOpen } from './half-open';
import { halfOpenNetwork } from './half-open-network';
import { idleBehindNginx } from './idle-behind-nginx';
import { mishap } from './kills';
import { latestOverSlowLines } from './late-screens';
import { checkModels, modelsUnchecked } from './models';
import { otherNodes } from './other-nodes';
import { backlog, flood } from './overload';
import { floodRates } from './overload-rates';
import { handOverEveryWay } from './handover';
import { findPlanted } from './planted';
import { pythonThrough } from './python';
import { realMinutes } from './real-schedules';
import { rollingRestart } from './restarts';
import { slowHandler, stalledBrowsers, webhookTarpit } from './slow';
import { slowLink } from './slow-links';
import { soak } from './soak';
import { backendStopped, gatewayStopped } from './stops';
import { storm } from './storms';
import { webhooksToldOnce } from './webhooks-told-once';

/** Figures of a suite, or the reason why there are none. */
type Result = Record<string, unknown>;

/**
 * Suites that take too long for every change: `npm run long` runs all of them, `npm run long -- kills storm` some;
 * `--seed=7` repeats a run, `--minutes=60` makes the soak, the schedules with processes and the cluster longer than their
 * 10 or 30 minutes. Numbers behind a name are its own: `fuzz 600 7` takes seconds and a seed, `node 26` a version. Each suite
 * prints a line of JSON with its seed and what it measured; the figures are those of the machine.
 */
const SUITES: ReadonlyArray<[string, (test: Test, seed: number) => Promise<Result>]> = [
  ['schedules', schedules],
  ['real-schedules', realSchedules],
  // Bugs of every kind that the Pipe once had; BUG=deadline plants those with the word in their title or their kind's.
  ['planted', (test) => findPlanted(test, process.env['BUG'])],
  ['brokers', manySchedules],
  ['cuts', randomCuts],
  ['kills', kills],
  ['stalls', stalls],
  ['stops', stops],
  ['storm', bigStorm],
  ['models', models],
  ['slow', slow],
  ['slow-links', slowLinks],
  ['latest', latestOverSlowLines],
  ['overload', overload],
  ['half-open', deadLines],
  ['clock', wrongClock],
  ['restarts', restarts],
  ['restart', restart],
  ['nginx', nginx],
  ['churn', manyMembers],
  ['fuzz', wrongInput],
  ['fuzz-planted', wrongInputFinds],
  ['python', python],
  ['soak', longSoak],
  ['browsers', browsers],
  ['bench', (test) => showRows(test, 'others')],
  ['bundles', bundles],
  ['bundlers', bundlers],
  ['node', nodes],
  ['joined', cluster],
  ['cluster', clusterKills],
  ['failovers', async (...run) => clusterKills(...run, startReplicated)],
  ['webhooks', webhooks],
];

const HOUR_MS = 3_600_000;

const asked = process.argv.slice(2);
const wanted = asked.filter((word) => !/^(?:--.*|\d+)$/.test(word));
for (const name of wanted) {
  if (!SUITES.some(([known]) => known === name)) throw new Error(`there is no suite ${name}`);
}
const chosenSeed = setting('seed', Date.now() % 1_000_000);
const minutes = setting('minutes', 10);
t.setTimeout(26 * HOUR_MS);
for (const [name, run] of SUITES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  t.test(name, { timeout: 25 * HOUR_MS }, async (test) => {
    test.comment(`seed ${chosenSeed}`);
    const result = await run(test, chosenSeed);
    console.log(JSON.stringify({ suite: name, seed: chosenSeed, ...result }));
  });
}

/** The numbers behind the name of a suite. */
function numbersOf(name: string): number[] {
  const behind = asked.includes(name) ? asked.slice(asked.indexOf(name) + 1) : [];
  const end = behind.findIndex((word) => !/^\d+$/.test(word));
  return behind.slice(0, end < 0 ? undefined : end).map(Number);
}

/** The number of `--name=number`. */
function setting(name: string, otherwise: number): number {
  const word = asked.find((each) => each.startsWith(`--${name}=`));
  const value = word === undefined ? otherwise : Number(word.slice(name.length + 3));
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return value;
}

/** In Chromium: every feature over every transport and TLS, and the parts of spec/browser that take longest. */
async function browsers(test: Test): Promise<Result> {
  process.env['CHROMIUM'] ??= WHOLE;
  if (!hasBrowser()) return { skipped: 'chromium is not installed' };
  const tls = await certificate();
  const all = { ws: FEATURES, xhr_streaming: FEATURES, xhr_polling: FEATURES };
  const show = (name: string, run: (t: Test) => Promise<void>): Promise<unknown> =>
    test.test(name, { timeout: HOUR_MS }, run);
  for (const build of ['pusher-with-encryption', 'standpipe'] as const) {
    await show(build, (t) => showInChromium(t, all, { build }));
    await show(`${build}, over TLS`, (t) => showInChromium(t, all, { build, tls }));
  }
  await show('the Pipe', (t) => showPipeInChromium(t, ['wss']));
  await show('a restart', (t) => showSubscriberInChromium(t, ['wss', 'xhr_polling']));
  return {};
}

async function schedules(test: Test): Promise<Result> {
  await liveThrough(test, 100_000, 200_000);
  return { schedules: 200_000 };
}

async function realSchedules(test: Test, seed: number): Promise<Result> {
  return { ...(await realMinutes(test, { minutes, seed, timeoutMs: HOUR_MS })) };
}

async function kills(test: Test): Promise<Result> {
  let again = 0;
  for (let round = 1; round <= 100; round++) {
    const { faults, copies } = await mishap(test, 'dies inside a handler', { messages: 100 });
    test.same(faults, [], `round ${round}, ${copies} messages came again`);
    again += copies;
  }
  return { kills: 100, copies: again };
}

/** Longer than the 25 s after which the gateway takes a backend for dead. */
async function stalls(test: Test): Promise<Result> {
  const { faults, copies } = await mishap(test, 'stands still', { messages: 100, stillMs: 40_000 });
  test.same(faults, []);
  return { copies };
}

/** Short of the 25 s after which a backend takes the gateway for dead, and beyond; and backends, again and again. */
async function stops(test: Test): Promise<Result> {
  const gateway: object[] = [];
  for (const ms of [10_000, 30_000]) {
    const over = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const { faults, ...report } = await gatewayStopped(test, {}, over);
    test.same(faults, [], `a gateway stopped for ${ms} ms`);
    test.equal(report.closes, 0);
    test.ok(!report.sessions.includes('reset'));
    gateway.push({ stoppedMs: ms, ...report });
  }
  let [copies, refused] = [0, 0];
  for (let round = 1; round <= 20; round++) {
    const report = await backendStopped(test);
    test.same(report.faults, [], `round ${round}`);
    copies += report.copies;
    refused += report.refused;
  }
  return { gateway, backend: { rounds: 20, copies, refused } };
}

async function bigStorm(test: Test): Promise<Result> {
  const results: object[] = [];
  for (const kind of ['fake', 'real'] as const) {
    const { faults, ...report } = await storm(test, 10_000, kind);
    test.same(faults, []);
    test.equal(report.believed, report.open);
    test.equal(report.closes, 10_000);
    results.push({ kind, ...report });
  }
  return { storms: results };
}

async function models(test: Test): Promise<Result> {
  const unchecked = modelsUnchecked();
  if (unchecked !== undefined) return skipped(test, unchecked);
  const { sound, mutants } = checkModels(test, 'larger');
  for (const { file, options, errors } of sound) test.equal(errors, 0, `${file} ${options}`);
  for (const { file, options, errors } of mutants) test.equal(errors, 1, `${file} ${options}`);
  return Promise.resolve({ sound, caught: mutants.length });
}

async function slow(test: Test): Promise<Result> {
  const stalled: object[] = [];
  for (const by of ['bytes', 'time'] as const) {
    for (const count of [2, 100]) {
      const options = { readers: 200 - count, stalled: count, by, after: 512 };
      const { faults, codes, ...report } = await stalledBrowsers(test, options);
      test.same(faults, []);
      test.same(codes, Array<number>(count).fill(4100));
      test.ok(report.unsentBytes <= report.capBytes);
      test.ok(report.cutAfterMs <= 12_000);
      stalled.push({ ...options, ...report });
    }
  }
  const handler = await slowHandler(test, { browsers: 100, messages: 1_000, group: 'group' });
  test.same(handler.faults, []);
  test.ok(handler.slowHandled <= 101);
  const tarpit = await webhookTarpit(test, { channels: 20_000, maxWebhookEvents: 1_000 });
  test.equal(tarpit.taken, 20_000);
  test.equal(tarpit.waiting + tarpit.dropped, 20_000);
  return {
    stalled,
    handler: { slowHandled: handler.slowHandled, handled: handler.handled },
    tarpit,
  };
}

async function slowLinks(test: Test, seed: number): Promise<Result> {
  const chance = new Chance(seed);
  const results: object[] = [];
  for (const line of [
    { maxWriteBytes: 1 },
    { delayMs: () => chance.whole(0, 300) },
    { bytesPerMs: 8 },
    { bytesPerMs: 1_250, delayMs: () => chance.whole(50, 60) },
    { maxWriteBytes: 100, bytesPerMs: 64, delayMs: () => chance.whole(0, 50) },
  ]) {
    const { faults, ...report } = await slowLink(test, line, { messages: 200, dataBytes: 100 });
    test.same(faults, [], JSON.stringify(line));
    test.equal(report.lost, 0);
    test.ok(report.unsentBytes <= report.capBytes);
    results.push({ ...line, ...report });
  }
  return { lines: results };
}

async function overload(test: Test): Promise<Result> {
  const down: object[] = [];
  for (const factor of [1, 2, 10]) {
    const rounds = 500;
    const { faults, ...report } = await backlog(test, { rounds, perRound: 500, factor });
    test.same(faults, []);
    test.ok(report.handled >= rounds * 500 * 0.8);
    test.equal(report.handled + report.announced, report.produced);
    test.ok(report.waiting <= report.cap);
    down.push({ factor, ...report });
  }
  const up: object[] = [];
  for (const factor of [1, 2, 10]) {
    const load = { rounds: 20, outbox: 500, factor, browsers: 50 };
    const { faults, ...report } = await flood(test, load);
    test.same(faults, []);
    test.ok(report.accepted >= 10_000 * 0.8);
    test.ok(report.unsentBytes <= report.capBytes);
    up.push({ factor, ...report });
  }
  const { faults, ...rates } = await floodRates(test, { browsers: 20, seconds: 3 });
  test.same(faults, []);
  return { down, up, rates };
}

async function deadLines(test: Test): Promise<Result> {
  const { faults, codes, ...report } = await halfOpen(test, { vanishing: 500 });
  test.same(faults, []);
  test.same(codes, Array<number>(500).fill(4201));
  const network = await halfOpenNetwork(test, { vanishing: 50 });
  if ('skipped' in network) return { proxy: report, network: skipped(test, network.skipped) };
  test.same(network.codes, Array<number>(50).fill(4201));
  test.ok(network.pipeNoticedMs <= 28_000);
  test.equal(network.wrongCloses, 0);
  return { proxy: report, network };
}

async function wrongClock(test: Test): Promise<Result> {
  const report = await falseClock(test);
  if ('skipped' in report) return skipped(test, report.skipped);
  test.same(report.sessions, ['new', 'resumed', 'resumed', 'resumed', 'resumed']);
  test.equal(report.handled, report.said);
  test.equal(report.refusal, 'bad_credentials');
  test.ok(report.stayed);
  return { ...report };
}

async function restarts(test: Test): Promise<Result> {
  const options = { restarts: 20, browsers: 100, drainMs: 5_000 };
  const { faults, ...report } = await rollingRestart(test, options);
  test.same(faults, []);
  test.equal(report.closes, report.sockets);
  test.equal(report.repeated, 0);
  return { ...options, ...report };
}

async function restart(test: Test): Promise<Result> {
  return { restarts: await handOverEveryWay(test, HOUR_MS) };
}

/** Real times of nginx's default settings: a browser that is idle for 90 s. */
async function nginx(test: Test): Promise<Result> {
  if (!hasNginx(test)) return { skipped: 'nginx is not installed' };
  return idleBehindNginx(test, 90_000);
}

async function manyMembers(test: Test, seed: number): Promise<Result> {
  const { faults, ...report } = await churn(test, { rounds: 2_000, perRound: 10, seed });
  test.same(faults, []);
  test.equal(report.overlaps, 0);
  return report;
}

/** Wrong input at every entrance, for 60 s unless told otherwise. */
async function wrongInput(test: Test, chosen: number): Promise<Result> {
  const [seconds = 60, seed = chosen] = numbersOf('fuzz');
  const { faults, ...report } = await fuzz(test, { seeds: [seed], seconds });
  test.same(faults, []);
  return { fuzzSeed: seed, seconds, ...report };
}

/** Bugs of the gateway that wrong input must find; BUG as above. */
function wrongInputFinds(test: Test, seed: number): Promise<Result> {
  return findPlantedByFuzz(test, seed, process.env['BUG']);
}

/** All checks with other versions of Node. */
function nodes(test: Test): Promise<Result> {
  const versions = numbersOf('node');
  return otherNodes(test, versions.length > 0 ? versions : [20, 22, 24, 26]);
}

async function longSoak(test: Test, seed: number): Promise<Result> {
  const load = { sockets: 500, messagesPerSecond: 500 };
  const options = { seconds: Math.round(minutes * 60), ...load, seed };
  const { faults, ...report } = await soak(test, options);
  test.same(faults, []);
  return { minutes, ...load, ...report };
}

/** Gateways that a Redis joins: killed, suspended and restarted at random, and so is the engine. */
async function clusterKills(test: Test, seed: number, start = startAlone): Promise<Result> {
  if (!hasRedis(test)) return { skipped: 'redis-server is not installed' };
  return killsInACluster(test, { seed, seconds: setting('minutes', 30) * 60, start });
}

/** Webhooks of gateways that stand still for about a lease, or are killed. */
async function webhooks(test: Test, seed: number): Promise<Result> {
  if (!hasRedis(test)) return { skipped: 'redis-server is not installed' };
  return webhooksToldOnce(test, { seed, seconds: minutes * 60 });
}

/** Another client than ours, alone and beside ours, with graces in which partitions move at each cut and at none. */
async function python(test: Test, seed: number): Promise<Result> {
  const missing = pythonMissing();
  if (missing !== undefined) return skipped(test, missing);
  const { code, output } = await conformOfPython([]);
  test.equal(code, 0, output);
  const results: object[] = [];
  for (const [inGroup, graceMs] of [
    [false, 5_000],
    [true, 5_000],
    [true, 200],
  ] as const) {
    for (let round = 1; round <= 10; round++) {
      const { faults, ...report } = await pythonThrough(test, {
        ...{ browsers: 12, messages: 500, pauseMs: 20, cutMs: [50, 1_500] },
        ...{ inGroup, graceMs, chance: new Chance(seed + round) },
      });
      test.same(faults, [], `round ${round}, in a group: ${inGroup}, grace ${graceMs} ms`);
      test.ok(report.byPython > 0 && report.connects > 1);
      results.push({ inGroup, graceMs, ...report });
    }
  }
  return { conformance: output.trim().split('\n').at(-1), rounds: results };
}

/** A suite that lacks a tool, or a right, says so. */
function skipped(test: Test, why: string): Result {
  if (process.env['CI'] === 'true') test.fail(why);
  else test.pass('left out', { skip: why });
  return { skipped: why };
}
