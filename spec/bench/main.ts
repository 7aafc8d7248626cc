/**
 * What the gateway and its client do in a second, beside others that npm has, in one run on one machine. Servers run on
 * one core, everything else on another. Figures are medians of a few rounds, and on a busy machine only their ratios
 * mean much; nothing passes or fails by time.
 *
 *     npm run bench -- --only fan-out --rounds 5
 */
import { LOADER_CORE, pinSelf } from './support/child';
import { fanOut } from './fan-out';
import { readSettings, type Settings } from './support/settings';

const PARTS = new Map<string, (settings: Settings) => Promise<void>>([['fan-out', fanOut]]);

async function main(): Promise<void> {
  const settings = readSettings();
  pinSelf(LOADER_CORE);
  for (const [name, part] of PARTS) {
    if (settings.only === undefined || settings.only === name) await part(settings);
  }
}

void main();
