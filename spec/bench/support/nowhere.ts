import type { Carrier } from '../../../lib/gateway/core/fanout/carrier';
import { memoryEncoder } from '../../../lib/testing/memory-encoder';

/** A browser that is only counted. */
export function nowhere(): Carrier {
  const nothing = (): void => undefined;
  return {
    encoder: memoryEncoder,
    remoteAddress: '127.0.0.1',
    unsentBytes: 0,
    session: undefined,
    write: nothing,
    sendBinary: nothing,
    onDrain: nothing,
    pause: nothing,
    resume: nothing,
    close: nothing,
  };
}
