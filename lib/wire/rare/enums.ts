import type { Frame } from '../frames';

/** Frames that are rare enough to go through the generated code. */
export type RareFrame = Exclude<
  Frame,
  { type: 'events' } | { type: 'ack' } | { type: 'commands' } | { type: 'commandAck' }
>;

/** The enums of pipe.proto by their numbers; 0 is "not said" and reads as the value here, if there is one. */
export const ORDERS = ['socket', 'socket', 'channel'] as const;
export const MODES = ['sticky', 'sticky', 'shared', 'broadcast'] as const;
export const OVERFLOWS = ['gap', 'gap', 'pause', 'close'] as const;
export const VERDICTS = [undefined, 'new', 'resumed', 'reset'] as const;
export const CAUSES = ['unspecified', 'overflow', 'expired', 'store_lost', 'node_lost'] as const;
