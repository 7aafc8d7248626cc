import { createHash, createHmac } from 'node:crypto';
import type { Chance } from '../../support/simulator/chance';
import { SECRET } from '../../support/start-gateway';

export const PUSHY_SECRET = 'secret-of-pushy';

/** Bytes for one of the TCP connections of an attempt. */
export interface Write {
  /** Number of the connection, which is opened with its first bytes. */
  line: number;
  bytes: Buffer;
  /** Waits until the gateway has answered on this line, or has ended it. */
  answered?: boolean;
}

/** A peer that does not keep to the protocol: its bytes, and the way it goes. */
export interface Attempt {
  /** Entrance of the gateway that it knocks at. */
  entrance: string;
  /** The further port of pushy, or that of metrics. */
  port?: 'pushy' | 'metrics';
  writes: Write[];
  end: 'end' | 'reset';
}

/** An entrance: makes attempts by chance; `n` is a number that no other attempt has. */
export type Entrance = (chance: Chance, n: number) => Attempt;

/** Characters of a mark, as many as a signature has. */
const MARK_LENGTH = 64;

const channel = (subject: string) => (id: string) =>
  createHmac('sha256', SECRET).update(`${id}:${subject}`).digest('hex');
const pushy = (subject: string) => (id: string) =>
  createHash('sha256').update(`${id}:${subject}:${PUSHY_SECRET}`).digest('hex');

/** JSON of the member that joins a presence channel, and of the user that signs in. */
export const MEMBER = '{"user_id":"1","user_info":{"name":"Ada"}}';
export const USER = '{"id":"1","user_info":{"name":"Ada"},"watchlist":["2","3"]}';

/** Signatures that hold for one socket id; they are put in when it is known. */
const SIGNATURES = new Map<string, (socketId: string) => string>([
  ['private', channel('private-a')],
  ['cache', channel('private-cache-a')],
  ['presence', channel(`presence-a:${MEMBER}`)],
  ['user', channel(`:user::${USER}`)],
  ['pushy', pushy('private-a')],
]);

/** A mark of a signature, which has its length: bytes stay the literal that they are, whoever sends them. */
export function mark(name: string): string {
  if (!SIGNATURES.has(name)) throw new Error(`no signature: ${name}`);
  return `%%${name}`.padEnd(MARK_LENGTH, '%');
}

/** Bytes with the signatures of a socket in the place of their marks. */
export function signed(bytes: Buffer, socketId: string): Buffer {
  let from = bytes.indexOf('%%');
  if (from < 0 || socketId === '') return bytes;
  const copy = Buffer.from(bytes);
  for (; from >= 0; from = bytes.indexOf('%%', from + MARK_LENGTH)) {
    const text = bytes.toString('latin1', from, from + MARK_LENGTH);
    const sign = SIGNATURES.get(/^%%([a-z]+)%*$/.exec(text)?.[1] ?? '');
    if (sign !== undefined && text.length === MARK_LENGTH) copy.write(sign(socketId), from);
  }
  return copy;
}

/** An attempt as program text; `Attempt`s are read from it by `playAttempts`. */
export function literalOf({ entrance, port, writes, end }: Attempt): string {
  const lines = writes.map(({ line, bytes, answered }) => {
    const waits = answered === true ? ', answered: true' : '';
    return `    { line: ${line}, bytes: ${bufferLiteral(bytes)}${waits} },`;
  });
  const at = port === undefined ? '' : ` port: '${port}',`;
  return `{ entrance: '${entrance}',${at} end: '${end}', writes: [\n${lines.join('\n')}\n] }`;
}

function bufferLiteral(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x0a) text += '\\n';
    else if (byte === 0x0d) text += '\\r';
    else if (byte === 0x27 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `Buffer.from('${shortened(text)}', 'latin1')`;
}

/** Long repetitions of one character are told by their length. */
function shortened(text: string): string {
  return text.replace(/([^\\'])\1{99,}/g, (all, each: string) => {
    return `' + '${each}'.repeat(${all.length}) + '`;
  });
}
