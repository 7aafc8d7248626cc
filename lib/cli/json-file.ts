import { readFileSync } from 'node:fs';
import { StandpipeError } from '../errors';

/**
 * The JSON object of a configuration file.
 * @throws StandpipeError `bad_option`. Its message tells where the text cannot be read and shows none of it: a secret may
 * stand there, which Node's own message quotes.
 */
export function readJsonFile(file: string): Record<string, unknown> {
  const value = readJson(file, 'config');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StandpipeError('bad_option', `config: ${file} must hold a JSON object`);
  }
  return value as Record<string, unknown>;
}

/**
 * The JSON value of a file. `name` is the option that gives the file, for messages.
 * @throws StandpipeError `bad_option`, as `readJsonFile`
 */
export function readJson(file: string, name: string): unknown {
  const text = read(file, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const before = text.slice(0, faultOf(text)).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    const where = `line ${before.length}, column ${column}`;
    const message = `${name}: ${file} is no JSON: look at ${where} for a comma, a quote or a bracket`;
    throw new StandpipeError('bad_option', message);
  }
  return value;
}

function read(file: string, name: string): string {
  try {
    // Editors of Windows begin files with a byte order mark.
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new StandpipeError('bad_option', `${name}: cannot read ${file}: ${why}`, { cause });
  }
}

/** Index of the first character that no JSON text could have there; the length where only the end is missing. */
function faultOf(text: string): number {
  let [sound, faulty] = [0, text.length + 1];
  while (faulty - sound > 1) {
    const length = (sound + faulty) >> 1;
    if (mayGoOn(text.slice(0, length))) sound = length;
    else faulty = length;
  }
  return sound;
}

/** True when a text is JSON, or the beginning of one: all that is wrong with it stands at its end. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    if (/end of JSON|Unterminated string/.test(message)) return true;
    const at = /at position (\d+)/.exec(message)?.[1];
    return at !== undefined && Number(at) >= text.length;
  }
}
