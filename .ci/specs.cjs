// Runs the specs, all or those named, each file in a process of its own and some at a time; writes TAP. With `--times`,
// comments at the end tell how long each file took and how much CPU it and its children used, the longest first.
// Specs are started without the loaders that tap's own command puts before each, which cost a second of CPU.
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { availableParallelism, tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const t = require('tap');

const NODE = `NODE_OPTIONS= "$0" --enable-source-maps -r '${join(__dirname, 'transpiled.cjs')}' "$1"`;
// tap sets NODE_OPTIONS to its loader, and with it Node takes no TypeScript for its first file: the shell clears it.
const START = NODE.replace('"$0"', 'exec "$0"');
const START_TIMED = `${NODE}; code=$?; times >"$2"; exit $code`;
// Limits for a machine that is busy with other things, too: nothing passes or fails by how long it takes.
const TIMEOUT_MS = 300_000;
const TAP_TIMEOUT = '240';
// Specs in several processes: each is told by SHARD, from 1, which share of the file it runs.
const SHARDS = new Map([['spec/faults/simulation.spec.ts', 2]]);
// Folders whose specs take longest: begun last, they would keep one processor busy while the others have nothing to do.
const FIRST = [
  'spec/browser/',
  'spec/conformance/',
  'spec/lint/',
  'spec/subscriber/',
  'spec/faults/',
];

const asked = process.argv.slice(2);
const named = asked.filter((word) => word !== '--times');
const all = readdirSync('spec', { recursive: true }).map((name) => join('spec', name));
const rank = (name) => [...FIRST, ''].findIndex((folder) => name.startsWith(folder));
const files = (named.length > 0 ? named : all)
  .filter((name) => name.endsWith('.spec.ts'))
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

// A spec waits for sockets and browsers half of its time, so there is one more than there are processors.
t.jobs = availableParallelism() + 1;
t.setTimeout(0);
for (const file of files) {
  const shards = SHARDS.get(file) ?? 1;
  for (let shard = 1; shard <= shards; shard++) {
    const env = { TAP_TIMEOUT, ...process.env, ...(shards > 1 && { SHARD: `${shard}` }) };
    const name = shards > 1 ? `${file} ${shard} of ${shards}` : file;
    const path = timesFolder && join(timesFolder, name.replaceAll('/', '_'));
    const args = [
      '-c',
      timesFolder ? START_TIMED : START,
      process.execPath,
      resolve(file),
      path ?? '',
    ];
    const spawned = t.spawn('sh', args, { buffered: true, timeout: TIMEOUT_MS, env }, name);
    if (path)
      spawned.then(({ time }) => times.push({ name, seconds: time / 1000, cpu: cpuSeconds(path) }));
  }
}

t.teardown(() => {
  if (!timesFolder) return;
  rmSync(timesFolder, { recursive: true });
  for (const { name, seconds, cpu } of times.sort((a, b) => b.seconds - a.seconds)) {
    t.comment(`${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU: ${name}`);
  }
  const total = times.reduce((sum, { cpu }) => sum + cpu, 0);
  t.comment(`${total.toFixed(1)} s of CPU in all`);
});
