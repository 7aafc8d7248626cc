// Runs the specs, all or those named, each file in a process of its own and two at a time; writes TAP. They are started
// with ts-node alone: the loaders that tap's own command puts before each cost a second of CPU, a third of the suite.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const t = require('tap');

// tap sets NODE_OPTIONS to its loader, and with it Node takes no TypeScript for its first file: the shell clears it.
const START =
  'NODE_OPTIONS= exec "$0" --enable-source-maps -r ts-node/register/transpile-only "$1"';
const TIMEOUT_MS = 120_000;
// Specs in several processes: each is told by SHARD, from 1, which share of the file it runs.
const SHARDS = new Map([['spec/faults/simulation.spec.ts', 5]]);

const asked = process.argv.slice(2);
const all = readdirSync('spec', { recursive: true }).map((name) => join('spec', name));
const files = (asked.length > 0 ? asked : all).filter((name) => name.endsWith('.spec.ts')).sort();

t.jobs = 2;
t.setTimeout(0);
for (const file of files) {
  const args = ['-c', START, process.execPath, file];
  const shards = SHARDS.get(file) ?? 1;
  for (let shard = 1; shard <= shards; shard++) {
    const env = { ...process.env, ...(shards > 1 && { SHARD: `${shard}` }) };
    const name = shards > 1 ? `${file} ${shard} of ${shards}` : file;
    void t.spawn('sh', args, { buffered: true, timeout: TIMEOUT_MS, env }, name);
  }
}
