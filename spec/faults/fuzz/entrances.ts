import { Chance } from '../../support/simulator/chance';
import type { Attempt, Entrance } from './attempt';
import { oldPipeRequests, pipeFrames, pushyCommands } from './pipes';
import { apiRequests, authForms, fallbackPosts, httpRequests } from './requests';
import { channelsMessages, webSocketFrames } from './web-sockets';

/** Every way into the gateway. */
const ENTRANCES: readonly Entrance[] = [
  channelsMessages,
  webSocketFrames,
  pipeFrames,
  httpRequests,
  apiRequests,
  authForms,
  fallbackPosts,
  pushyCommands,
  oldPipeRequests,
];

/** The attempts of a seed from one number up to, but not, another; all entrances in turn. */
export function attemptsOf(seed: number, from: number, to: number): Attempt[] {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    const chance = new Chance(Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b));
    return (ENTRANCES[n % ENTRANCES.length] as Entrance)(chance, n);
  });
}
