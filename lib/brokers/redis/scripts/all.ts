import { tellingScripts } from '../tellings';
import { BURIED, BURY, FENCE, LIST, REGISTER, REJOIN, RELEASE, RENEW } from './leases';
import { Script } from './script';
import { TURN } from './turn';

/** Scripts of a node, and of its turns. */
export const scripts = {
  turn: new Script(TURN),
  rejoin: new Script(REJOIN),
  register: new Script(REGISTER),
  renew: new Script(RENEW),
  release: new Script(RELEASE),
  bury: new Script(BURY),
  list: new Script(LIST),
  buried: new Script(BURIED),
  fence: new Script(FENCE),
};

/** Gives an engine all scripts, which are called by their digests. */
export async function loadScripts(send: (command: string[]) => Promise<unknown>): Promise<void> {
  const all = [...Object.values(scripts), ...tellingScripts];
  await Promise.all(all.map(({ text }) => send(['SCRIPT', 'LOAD', text])));
}
