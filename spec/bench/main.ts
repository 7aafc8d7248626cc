/**
 * Rates of the gateway and its client beside other servers of npm, in one run on one machine. Servers run on
 * one core, all else on another. Figures are medians of a few rounds, and on a busy machine only their ratios
 * mean much; nothing passes or fails by time.
 *
 *     npm run bench -- fan-out --rounds 5
 *     npm run bench -- --peers --write        the chart and the tables of README.md
 *     npm run bench -- --cost                 CPU time by size of the work
 *     npm run bench -- fan-out --against main CPU time beside another revision
 *     npm run bench -- fairness               a browser beside floods, which no whole run has
 */
import { writeFileSync } from 'node:fs';
import { compare } from './against';
import { COSTS } from './cost';
import { echo } from './echo';
import { fairness } from './fairness';
import { fallback } from './fallback';
import { channels, fanOut } from './fan-out';
import { game } from './game';
import { http } from './http-publish';
import { httpSdk } from './http-sdk';
import { idle } from './idle';
import { replay } from './replay';
import { failed, failures } from './support/attempt';
import { LOADER_CORE, pinSelf } from './support/child';
import { tables } from './support/results';
import { readSettings, type Settings } from './support/settings';
import { writeReport } from './report';
import { subscriber } from './subscriber';
import { trigger } from './trigger';

/** Part that is not among those of a whole run, which shall take few minutes: it has no peers. */
const FLOODS = 'fairness';

const PARTS = new Map<string, (settings: Settings) => Promise<void>>([
  ['fan-out', fanOut],
  ['channels', channels],
  ['fallback', fallback],
  ['http', http],
  ['http-sdk', httpSdk],
  ['trigger', trigger],
  ['echo', echo],
  ['game', game],
  ['replay', replay],
  ['idle', idle],
  [FLOODS, fairness],
  ['subscriber', subscriber],
]);

async function main(): Promise<void> {
  const settings = readSettings([...PARTS.keys(), ...COSTS.keys()]);
  if (settings.against !== undefined) {
    const { against, rounds, n, sockets, seconds, parts } = settings;
    const sizes = ['--n', `${n}`, '--sockets', `${sockets}`, '--seconds', `${seconds}`];
    return compare(against, [...parts, ...sizes], rounds);
  }
  pinSelf(LOADER_CORE);
  const isAsked = (name: string): boolean => {
    if (settings.parts.length > 0) return settings.parts.includes(name);
    return settings.cost ? COSTS.has(name) : PARTS.has(name) && name !== FLOODS;
  };
  const times: string[] = [];
  for (const [name, part] of [...PARTS, ...COSTS]) {
    if (!isAsked(name)) continue;
    const start = performance.now();
    await part(settings).catch((error: unknown) => failed(name, error));
    times.push(`${name} ${((performance.now() - start) / 1_000).toFixed(0)}`);
  }
  console.log(`\nSeconds: ${times.join(', ')}; all ${(performance.now() / 1_000).toFixed(0)}`);
  if (settings.json !== undefined)
    writeFileSync(settings.json, JSON.stringify({ tables }, null, 2));
  if (settings.write) writeReport(tables, settings);
  if (failures.length > 0) console.error(`\nFailed:\n  ${failures.join('\n  ')}`);
  process.exit(failures.length > 0 ? 1 : 0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
