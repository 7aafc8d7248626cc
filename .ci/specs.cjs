// Runs the specs, or those named, in some processes at a time; writes TAP. Small ones share a process, the others have one
// for each file. Those that take long are left out unless they are named or `--all` is given, with which properties have
// all of their runs, too (spec/support/depth.ts); all but the small ones are left out with `--small`. With `--times`, comments
// at the end tell how long each process took and how much CPU it and its children used, the longest first, and the CPU of
// files that share one.
// Specs are started without the loaders that tap's own command puts before each, which cost a second of CPU.
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { availableParallelism, tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const t = require('tap');

require('./transpiled.cjs');
const { serveBrowser } = require('../spec/support/browser');

// tap's own limit is not used: where it ends a process, it also fails every one that has not begun.
const LIMIT = 'timeout -s ALRM -k 5 900';
const NODE = `${LIMIT} "$0" --enable-source-maps -r '${join(__dirname, 'transpiled.cjs')}' "$@"`;
// tap sets NODE_OPTIONS to its loader, and with it Node takes no TypeScript for its first file: the shell clears it.
const START = `export NODE_OPTIONS=; exec ${NODE}`;
const START_TIMED = `export NODE_OPTIONS=; times=$1; shift; ${NODE}; code=$?; times >"$times"; exit $code`;
// Node 22 and newer keep here what they compiled: a fifth of the CPU of a start of tap and the gateway.
const NODE_COMPILE_CACHE = join(__dirname, '../node_modules/.cache/compiled');
const TOGETHER = join(__dirname, 'together.cjs');
const asked = process.argv.slice(2);
const isWhole = asked.includes('--all');
// Both limits are for a machine that is busy with other things, too: nothing passes or fails by how long it takes.
const TAP_TIMEOUT = '240';
// Specs in several processes: each is told by SHARD, from 1, which share of the file it runs.
const SHARDS = new Map([['spec/faults/simulation.spec.ts', isWhole ? 2 : 1]]);
// Specs with a process of their own: those that take long or watch their whole process. The others share some.
const ALONE = [
  ...['redis', 'redis-faults', 'sentinels'].map((name) => `spec/brokers/${name}.spec.ts`),
  'spec/doc-comments.spec.ts',
  'spec/readme.spec.ts',
  'spec/bench/rows.spec.ts',
  'spec/browser/',
  ...[
    'commands',
    'conformance',
    'config',
    'reload',
    'serve-faults',
    'workers',
    'workers-fallback',
  ].map((name) => `spec/cli/${name}.spec.ts`),
  'spec/conformance/features/',
  'spec/lint/',
  ...['close-codes', 'nginx', 'pipe-with-pusher-js', 'python'].map(
    (name) => `spec/conformance/${name}.spec.ts`,
  ),
  'spec/examples/deploy.spec.ts',
  'spec/examples/prometheus.spec.ts',
  'spec/examples/proxies.spec.ts',
  'spec/examples/subscriber.spec.ts',
  'spec/faults/',
  'spec/gateway/cluster/',
  'spec/http/package.spec.ts',
  'spec/pipe/connection/hostile.spec.ts',
  'spec/subscriber/package.spec.ts',
];
// Of these, each row shares a process all the same: a second of CPU goes into loading tap and the gateway.
const inFolder = (folder, names) => names.map((name) => `spec/${folder}/${name}.spec.ts`);
const ROWS = [
  inFolder('browser', ['console-nodes', 'demo', 'subscriber']),
  inFolder('browser', ['console-accessibility', 'example-pages', 'pipe']),
  inFolder('cli', ['config', 'reload']),
  inFolder('cli', ['conformance', 'serve-faults']),
  inFolder('conformance', ['close-codes', 'nginx', 'features/joined-in-node']),
  inFolder('conformance', ['pipe-with-pusher-js', 'python']),
  inFolder('conformance/features', ['in-chromium', 'in-chromium-tls', 'subscriber-in-chromium']),
  inFolder('examples', ['deploy', 'subscriber', 'prometheus', 'proxies']),
  inFolder('faults', ['clocks', 'kills', 'overflow', 'planted', 'slow-links', 'told-losses']),
  inFolder('faults', ['churn', 'gateway-kill', 'half-open', 'late-screens', 'slow', 'stops']),
  inFolder('gateway/cluster', ['far', 'kept-streams', 'reloads']),
  [...inFolder('brokers', ['redis', 'redis-faults']), 'spec/gateway/cluster/redis.spec.ts'],
];
const SHARE = 30;
// Specs that only `--all` runs, as CI does: a change in most of lib is found by others first, and with them the checks would
// take longer than five minutes.
const LONG = [
  'spec/bench/rows.spec.ts',
  'spec/brokers/sentinels.spec.ts',
  ...['engine-away', 'far', 'lost-gateways', 'take-overs', 'webhooks-once'].map(
    (name) => `spec/gateway/cluster/${name}.spec.ts`,
  ),
  ...['in-chromium-tls', 'subscriber-in-chromium', 'subscriber-in-node'].map(
    (name) => `spec/conformance/features/${name}.spec.ts`,
  ),
  ...['churn', 'cuts', 'gateway-kill', 'half-open', 'late-screens', 'leaks', 'models'].map(
    (name) => `spec/faults/${name}.spec.ts`,
  ),
  ...['overload', 'real-schedules', 'restarts', 'slow', 'stops', 'storms'].map(
    (name) => `spec/faults/${name}.spec.ts`,
  ),
  ...['conformance', 'record', 'serve-faults', 'workers-fallback'].map(
    (name) => `spec/cli/${name}.spec.ts`,
  ),
  ...['pipe-with-pusher-js', 'python'].map((name) => `spec/conformance/${name}.spec.ts`),
  ...['console-accessibility', 'example-pages', 'pipe'].map(
    (name) => `spec/browser/${name}.spec.ts`,
  ),
  'spec/http/package.spec.ts',
  'spec/doc-comments.spec.ts',
  'spec/examples/prometheus.spec.ts',
  'spec/examples/proxies.spec.ts',
  'spec/examples/testing.spec.ts',
  'spec/lint/rules.spec.ts',
  'spec/pipe/inbox/mutants.spec.ts',
  'spec/public-api.spec.ts',
  'spec/stream/mutants.spec.ts',
  'spec/subscriber/package.spec.ts',
];
// Folders whose specs take longest: begun last, they would keep one processor busy while the others have nothing to do.
const FIRST = [
  'spec/browser/',
  'spec/conformance/',
  'spec/lint/',
  'spec/subscriber/',
  'spec/faults/',
];

const isInBrowser = (file) => readFileSync(file, 'utf8').includes('hasBrowser');
const isSmall = (file) => !ALONE.some((name) => file.startsWith(name));
const named = asked.filter((word) => !['--times', '--all', '--small'].includes(word));
const all = readdirSync('spec', { recursive: true })
  .map((name) => join('spec', name))
  .filter((name) => isWhole || !LONG.includes(name));
const rank = (name) => [...FIRST, ''].findIndex((folder) => name.startsWith(folder));
const files = (named.length > 0 ? named : all)
  .filter((name) => name.endsWith('.spec.ts'))
  .filter((name) => !asked.includes('--small') || isSmall(name))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

const timesFolder = asked.includes('--times')
  ? mkdtempSync(join(tmpdir(), 'standpipe-times-'))
  : undefined;
const times = [];

/** Seconds of CPU of the children of a shell: the second line of what its `times` wrote, such as `0m1.25s 0m0.31s`. */
function cpuSeconds(path) {
  const [, children = ''] = readFileSync(path, 'utf8').split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

// A spec waits for sockets and browsers half of its time: with four more than there are processors, hardly one is idle.
t.jobs = availableParallelism() + 4;
t.setTimeout(0);
void run();

async function run() {
  const browser = files.some(isInBrowser) ? await serveBrowser() : undefined;
  const shared = {
    WHOLE_RUN: String(isWhole),
    ...(browser && { BROWSER_ENDPOINT: browser.wsEndpoint() }),
  };
  await Promise.all(processes().map((started) => start(started, shared)));
  // Left open, it would keep this process from its end.
  await browser?.close();
}

function start({ name, args, env }, shared) {
  const path = timesFolder && join(timesFolder, name.replaceAll(/[/ ]/g, '_'));
  const shell = timesFolder
    ? ['-c', START_TIMED, process.execPath, path]
    : ['-c', START, process.execPath];
  const options = {
    buffered: true,
    env: { TAP_TIMEOUT, NODE_COMPILE_CACHE, ...process.env, ...shared, ...env },
  };
  const spawned = t.spawn('sh', [...shell, ...args], options, name);
  // A child tells tap its own limit, and tap would take it for the limit of the process.
  spawned.subtest.setTimeout = () => undefined;
  return spawned.then(({ time }) => {
    if (path) times.push({ name, seconds: time / 1000, cpu: cpuSeconds(path) });
  });
}

/** Processes to start: name for the report, arguments of Node, variables. */
function processes() {
  const rows = ROWS.map((row) => row.filter((file) => files.includes(file)));
  const alone = files
    .filter((file) => !isSmall(file) && !rows.flat().includes(file))
    .flatMap((file) => {
      const shards = SHARDS.get(file) ?? 1;
      if (shards === 1) return [{ name: file, args: [resolve(file)] }];
      return Array.from({ length: shards }, (_, i) => ({
        name: `${file} ${i + 1} of ${shards}`,
        args: [resolve(file)],
        env: { SHARD: `${i + 1}` },
      }));
    });
  const small = files.filter(isSmall);
  const shared = [];
  while (small.length > 0) shared.push(small.splice(0, SHARE));
  // First, since each takes long.
  return [...[...shared, ...rows].filter((some) => some.length > 0).map(together), ...alone];
}

/** A process for some files. */
function together(some) {
  const more = some.length > 1 ? ` and ${some.length - 1} more` : '';
  const times = timesFolder && { FILE_TIMES: join(timesFolder, 'files') };
  return { name: `${some[0]}${more}`, args: [TOGETHER], env: { SPECS: some.join('\n'), ...times } };
}

t.teardown(() => {
  if (!timesFolder) return;
  for (const { name, seconds, cpu } of times.sort((a, b) => b.seconds - a.seconds)) {
    t.comment(`${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU: ${name}`);
  }
  const inShared = readFileSync(join(timesFolder, 'files'), { encoding: 'utf8', flag: 'a+' });
  const seconds = (line) => Number.parseFloat(line);
  const lines = inShared.trim().split('\n');
  for (const line of lines.sort((a, b) => seconds(b) - seconds(a))) t.comment(line);
  rmSync(timesFolder, { recursive: true });
  const total = times.reduce((sum, { cpu }) => sum + cpu, 0);
  t.comment(`${total.toFixed(1)} s of CPU in all`);
});
