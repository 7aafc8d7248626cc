import type { Frame } from '../frames';

/** Frames that are rare enough to go through the generated code. */
export type RareFrame = Exclude<
  Frame,
  { type: 'events' } | { type: 'ack' } | { type: 'commands' } | { type: 'commandAck' }
>;

/** The enums of pipe.proto by their numbers. */
export const ORDERS = ['socket', 'channel'] as const;
export const MODES = ['sticky', 'shared', 'broadcast'] as const;
export const OVERFLOWS = ['gap', 'pause', 'close'] as const;
/** 0 is VERDICT_UNKNOWN, which nobody sends. */
export const VERDICTS = [undefined, 'new', 'resumed', 'reset'] as const;
export const CAUSES = ['unknown', 'overflow', 'expired', 'store_lost', 'node_lost'] as const;
