import type { Timer } from '../../util/timers';

/**
 * Phase of the inbox. `open`: events come and handlers begin. `away`: the connection is lost, and handlers of events at
 * hand still begin until the grace of the group is over. `held`: nothing begins until a WELCOME has said what is still
 * owned. `stopping`: no event is taken any more.
 */
export type Phase =
  | { readonly name: 'open' | 'held' }
  | { readonly name: 'away'; readonly grace: Timer }
  | { readonly name: 'stopping'; readonly acknowledges: boolean };
