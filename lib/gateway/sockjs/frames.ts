import type { Encoded, Encoder } from '../core/fanout/outlet';

/**
 * The lines of SockJS 0.3 over XHR. All of them are ASCII: pusher-js counts the characters of a
 * response and the gateway has to agree with it, which is free where a byte is a character.
 */
export const OPEN = Buffer.from('o\n');
export const HEARTBEAT = Buffer.from('h\n');

/** First on every streaming response: browsers that hold back the first bytes of a response get them here. */
export const PRELUDE = Buffer.from(`${'h'.repeat(2048)}\n`);

export const NEWLINE = 0x0a;

export function closeLine(code: number, reason: string): Buffer {
  return Buffer.from(`${closeText(code, reason)}\n`, 'latin1');
}

/** The close frame, without the end of a line. */
export function closeText(code: number, reason: string): string {
  return `c[${code},${quote(reason)}]`;
}

/** The frame of one message, without the end of a line. */
export function messageText(text: string): string {
  return `a[${quote(text)}]`;
}

/** Encodes each text as a line. */
export const lineEncoder: Encoder = {
  id: 1,
  encode(texts: readonly string[]): Encoded {
    const ends: number[] = [];
    let lines = '';
    for (const text of texts) {
      lines += `${messageText(text)}\n`;
      ends.push(lines.length);
    }
    return { bytes: Buffer.from(lines, 'latin1'), ends };
  },
};

/** A text as a JSON string of ASCII. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
