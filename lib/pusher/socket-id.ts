const HALF_BYTES = 6;
const IDS_PER_FILL = 256;

const pool = Buffer.alloc(2 * HALF_BYTES * IDS_PER_FILL);
let at = pool.length;

/**
 * A fresh socket id, `<digits>.<digits>`. A channel signature is bound to a socket id and valid for ever, so an id must
 * neither be guessed nor come back: it has 96 random bits. They are drawn for many ids at once: one draw costs
 * as much as ten ids.
 */
export function newSocketId(): string {
  if (at === pool.length) {
    crypto.getRandomValues(pool);
    at = 0;
  }
  const left = pool.readUIntBE(at, HALF_BYTES);
  const right = pool.readUIntBE(at + HALF_BYTES, HALF_BYTES);
  at += 2 * HALF_BYTES;
  return `${left}.${right}`;
}
