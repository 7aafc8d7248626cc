/**
 * Rates of the gateway and its client beside other servers of npm, in one run on one machine. Servers run on
 * one core, all else on another. Figures are medians of a few rounds, and on a busy machine only their ratios
 * mean much; nothing passes or fails by time.
 *
 *     npm run bench -- --only fan-out --rounds 5
 */
import { echo } from './echo';
import { fairness } from './fairness';
import { fallback } from './fallback';
import { fanOut } from './fan-out';
import { game } from './game';
import { http } from './http';
import { httpSdk } from './http-sdk';
import { idle } from './idle';
import { LOADER_CORE, pinSelf } from './support/child';
import { readSettings, type Settings } from './support/settings';
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
  pinSelf(LOADER_CORE);
  for (const [name, part] of PARTS) {
    if (settings.only === undefined || settings.only === name) await part(settings);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
