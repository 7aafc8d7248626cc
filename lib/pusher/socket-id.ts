const HALF_BYTES = 6;
const IDS_PER_FILL = 256;
/** The random part of the left half of an id that names a node. */
const NODE_UNIT = 2 ** 32;
const MAX_NODE = 0xffff;
const MAX_DIGITS = 15;
const [ZERO, NINE, DOT] = [0x30, 0x39, 0x2e];

const pool = Buffer.alloc(2 * HALF_BYTES * IDS_PER_FILL);
let at = pool.length;

/**
 * A fresh socket id, `<digits>.<digits>`. A channel signature is bound to a socket id and valid for ever, so an id must
 * neither be guessed nor come back: it has 96 random bits. They are drawn for many ids at once: one draw costs
 * as much as ten ids. Where several gateways are joined, the upper 16 bits of the left half are the number of the node
 * that has the socket, which leaves 80 random ones.
 */
export function newSocketId(node?: number): string {
  if (at === pool.length) {
    crypto.getRandomValues(pool);
    at = 0;
  }
  const random = pool.readUIntBE(at, HALF_BYTES);
  const left = node === undefined ? random : node * NODE_UNIT + (random % NODE_UNIT);
  const right = pool.readUIntBE(at + HALF_BYTES, HALF_BYTES);
  at += 2 * HALF_BYTES;
  return `${left}.${right}`;
}

/** The number of the node that an id names; undefined when the text is no id of a joined gateway. */
export function nodeOfSocketId(id: string): number | undefined {
  const dot = digitsFrom(id, 0);
  const right = id.length - dot - 1;
  const isId = isHalf(dot) && isHalf(right) && id.charCodeAt(dot) === DOT;
  if (!isId || digitsFrom(id, dot + 1) !== id.length) return undefined;
  let left = 0;
  for (let at = 0; at < dot; at++) left = left * 10 + id.charCodeAt(at) - ZERO;
  const node = Math.floor(left / NODE_UNIT);
  return node >= 1 && node <= MAX_NODE ? node : undefined;
}

function isHalf(digits: number): boolean {
  return digits >= 1 && digits <= MAX_DIGITS;
}

/** The place behind the digits that begin at a place. By hand, since each command for a socket asks. */
function digitsFrom(id: string, start: number): number {
  let at = start;
  while (at < id.length && id.charCodeAt(at) >= ZERO && id.charCodeAt(at) <= NINE) at++;
  return at;
}
