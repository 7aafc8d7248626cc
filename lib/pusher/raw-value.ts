const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** An escaped spelling of a key of plain letters has at least one `\u0061` in place of a letter. */
const SHORTEST_ESCAPE_GAIN = 5;

/**
 * The text of a top-level value, byte for byte as it was sent, or '' when the key is absent. The last
 * value of a repeated key counts, as with JSON.parse.
 *
 * `text` must be a JSON object that JSON.parse has accepted: valid text needs no second check here.
 * `key` must consist of plain ASCII letters and underscores. Nesting is counted, not recursed into.
 */
export function rawValue(text: string, key: string): string {
  let found = '';
  let at = text.indexOf('{') + 1;
  for (;;) {
    const keyStart = text.indexOf('"', at);
    if (keyStart < 0) return found;
    const keyEnd = endOfString(text, keyStart);
    const start = endOfBlanks(text, text.indexOf(':', keyEnd) + 1);
    at = endOfValue(text, start);
    if (isKey(text, keyStart + 1, keyEnd - 1, key)) found = text.slice(start, at);
  }
}

function isKey(text: string, start: number, end: number, key: string): boolean {
  const gain = end - start - key.length;
  if (gain === 0) return text.startsWith(key, start);
  return gain >= SHORTEST_ESCAPE_GAIN && JSON.parse(text.slice(start - 1, end + 1)) === key;
}

function endOfBlanks(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/**
 * `start` is at the opening quote; the answer is behind the closing one. indexOf jumps from quote to quote, which is
 * twice as fast as reading every character. A quote behind an odd number of backslashes is part of the string.
 */
export function endOfString(text: string, start: number): number {
  let quote = start;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return text.length;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first === 0x7b || first === 0x5b) return endOfContainer(text, start);
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x7d || code <= SPACE) break;
    at++;
  }
  return at;
}

function endOfContainer(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    // With bit 5 set, `[` reads as `{` and `]` as `}`; no other character of valid JSON outside strings does.
    const bracket = code | 0x20;
    if (bracket === 0x7b) depth++;
    else if (bracket === 0x7d && --depth === 0) break;
  }
  return at;
}
