/** Cuts a close reason to the 123 bytes of UTF-8 that fit a close frame (RFC 6455 §5.5.1). */
export function reasonWithin(reason: string): string {
  if (Buffer.byteLength(reason) <= 123) return reason;
  let short = reason.slice(0, 123);
  while (Buffer.byteLength(short) > 120) short = short.slice(0, -1);
  return `${short}…`;
}
