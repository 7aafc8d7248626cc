import { StandpipeError } from '../../errors';
import { WIRE_LIMITS } from '../../wire/limits';

/** Bytes that an event takes in a stream beside its data. */
export const EVENT_OVERHEAD_BYTES = 128;

/** Longest name that may be configured: several of them fit into a frame of the Pipe beside the longest data. */
const MAX_NAME_LENGTH = 16_384;

/** Limits that a frame of the Pipe, or a stream, must be able to carry. */
interface CarriedLimits {
  maxEventDataBytes: number;
  maxAuthBytes: number;
  maxChannelNameLength: number;
  maxEventNameLength: number;
  maxUserIdLength: number;
  maxPipeUnackedBytes: number;
}

/** Refuses limits that let something in which no frame of the Pipe, or no stream, could take. Throws `bad_option`. */
export function requireFit(limits: CarriedLimits): void {
  const atMost = (name: keyof CarriedLimits, most: number, why: string): void => {
    if (limits[name] <= most) return;
    throw new StandpipeError('bad_option', `limits.${name}: must be at most ${most}, ${why}`);
  };
  const inFrame = 'since a frame of the Pipe must be able to carry it';
  atMost('maxEventDataBytes', WIRE_LIMITS.maxDataBytes, inFrame);
  atMost('maxAuthBytes', WIRE_LIMITS.maxDataBytes / 2, inFrame);
  for (const name of ['maxChannelNameLength', 'maxEventNameLength', 'maxUserIdLength'] as const) {
    atMost(name, MAX_NAME_LENGTH, inFrame);
  }
  const least = limits.maxEventDataBytes + EVENT_OVERHEAD_BYTES;
  if (limits.maxPipeUnackedBytes < least) {
    const why = 'since a stream must be able to keep one event of maxEventDataBytes';
    throw new StandpipeError(
      'bad_option',
      `limits.maxPipeUnackedBytes: must be at least ${least}, ${why}`,
    );
  }
}
