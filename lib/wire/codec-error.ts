import { StandpipeError } from '../errors';
import { CLOSE_CODES } from './close-codes';

/**
 * The one error of the codec. Decoding: the bytes are no frame of the protocol, and the connection is to be closed with
 * `closeCode`. Encoding: the frame holds a value that the wire cannot carry, or is too large for one message.
 */
export class CodecError extends StandpipeError {
  readonly closeCode: number;

  constructor(message: string, extra: { closeCode?: number; cause?: unknown } = {}) {
    super('bad_frame', message, 'cause' in extra ? { cause: extra.cause } : {});
    this.name = 'CodecError';
    this.closeCode = extra.closeCode ?? CLOSE_CODES.protocol_error.code;
  }
}

/** The error of a frame above its limit. */
export function frameTooLarge(bytes: number, maxBytes: number): CodecError {
  return new CodecError(`the frame has ${bytes} bytes; at most ${maxBytes} are allowed`, {
    closeCode: CLOSE_CODES.frame_too_large.code,
  });
}
