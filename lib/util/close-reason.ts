/** Bytes of UTF-8 that a close frame has for its reason (RFC 6455, sections 5.5 and 5.5.1). */
export const MAX_CLOSE_REASON_BYTES = 123;

const ELLIPSIS = '…';

/** True when a reason fits a close frame as it is. */
export function fitsCloseReason(reason: string): boolean {
  return Buffer.byteLength(reason) <= MAX_CLOSE_REASON_BYTES;
}

/** A reason cut to what fits a close frame, between two characters, with an ellipsis where it was cut. */
export function closeReason(reason: string): string {
  if (fitsCloseReason(reason)) return reason;
  const room = MAX_CLOSE_REASON_BYTES - Buffer.byteLength(ELLIPSIS);
  let bytes = 0;
  let end = 0;
  for (const character of reason) {
    bytes += Buffer.byteLength(character);
    if (bytes > room) break;
    end += character.length;
  }
  return reason.slice(0, end) + ELLIPSIS;
}
