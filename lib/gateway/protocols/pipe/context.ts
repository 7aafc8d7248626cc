import type { Parts } from '../../core/parts';

/** The parts of a gateway that the rooms of the Pipe work with. `protocol.ts` builds it. */
export interface PipeContext extends Omit<Parts, 'overload'> {
  /** Name of this gateway process. */
  readonly node: string;
}
