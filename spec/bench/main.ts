/**
 * Rates of the gateway and its client beside other servers of npm, in one run on one machine. Servers run on
 * one core, all else on another. Figures are medians of a few rounds, and on a busy machine only their ratios
 * mean much; nothing passes or fails by time.
 *
 *     npm run bench -- --only fan-out --rounds 5
 *     npm run bench -- --peers --write        the chart and the tables of README.md
 *     npm run bench -- --cost                 CPU time by size of the work
 *     npm run bench -- fan-out --against main CPU time beside another revision
 */
import { writeFileSync } from 'node:fs';
import { compare } from './against';
import { cost } from './cost';
import { echo } from './echo';
import { fairness } from './fairness';
import { fallback } from './fallback';
import { fanOut } from './fan-out';
import { game } from './game';
import { http } from './http';
import { httpSdk } from './http-sdk';
import { idle } from './idle';
import { LOADER_CORE, pinSelf } from './support/child';
import { tables } from './support/results';
import { readSettings, type Settings } from './support/settings';
import { writeReport } from './report';
import { subscriber } from './subscriber';
import { trigger } from './trigger';

const PARTS = new Map<string, (settings: Settings) => Promise<void>>([
  ['fan-out', fanOut],
  ['fallback', fallback],
  ['http', http],
  ['http-sdk', httpSdk],
  ['trigger', trigger],
  ['echo', echo],
  ['game', game],
  ['idle', idle],
  ['fairness', fairness],
  ['subscriber', subscriber],
]);

async function main(): Promise<void> {
  const settings = readSettings([...PARTS.keys()]);
  if (settings.against !== undefined) {
    const { against, rounds, n, sockets, seconds, only } = settings;
    const sizes = ['--n', `${n}`, '--sockets', `${sockets}`, '--seconds', `${seconds}`];
    return compare(against, only === undefined ? sizes : [...sizes, '--only', only], rounds);
  }
  pinSelf(LOADER_CORE);
  if (settings.cost) await cost(settings);
  else await measureParts(settings);
  if (settings.json !== undefined)
    writeFileSync(settings.json, JSON.stringify({ tables }, null, 2));
  if (settings.write) writeReport(tables, `npm run bench -- ${process.argv.slice(2).join(' ')}`);
}

async function measureParts(settings: Settings): Promise<void> {
  for (const [name, part] of PARTS) {
    if (settings.only === undefined || settings.only === name) await part(settings);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
