/** The memory of the process, for everything that keeps what peers send. */
export interface MemoryWatch {
  /** True while memory is nearly used up: a store grows no further, but by `NEAR_SHARE` of its limits. */
  readonly isNear: boolean;
}

/** For stores whose limits are all there is to hold. */
export const ROOMY: MemoryWatch = { isNear: false };

/** Share of its limits up to which a store of what is handled at once may fill near the end of memory. */
export const NEAR_SHARE = 1 / 256;
