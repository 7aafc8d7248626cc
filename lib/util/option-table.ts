import { StandpipeError } from '../errors';
import { didYouMean } from './closest';
import type { Logger } from './logger';

/** An option: its default, and the check of a given value. */
export interface Option<T> {
  /** The value of an option that is not given. Missing where the option is required: then `check` refuses undefined. */
  readonly initial?: T;
  /** @throws StandpipeError `bad_option` */
  check(path: string, value: unknown): T;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values that a table reads. */
export type OptionValues<T> = { [K in keyof T]: T[K] extends Option<infer V> ? V : never };

/** The longest delay a Node timer can hold, in milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1;
const MAX_COUNT = 2 ** 40;

/**
 * Reads an object of options: a name that is not in the table is refused, a missing one has its default.
 * @param path what messages call the object; '' where its options stand for themselves
 * @throws StandpipeError `bad_option`; the message begins with the path of the option
 */
export function readTable<T extends OptionTable>(
  table: T,
  path: string,
  given: unknown,
): OptionValues<T> {
  const values = new Map<string, unknown>(
    Object.entries(record(path === '' ? 'options' : path, given)),
  );
  const known = Object.keys(table);
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of values.keys()) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known);
    throwBadOption(at(name), `is no option${hint}; the options are ${known.join(', ')}`);
  }
  const read = Object.entries(table).map(([name, option]) => {
    const value = values.get(name);
    const missing = value === undefined && 'initial' in option;
    return [name, missing ? option.initial : option.check(at(name), value)];
  });
  return Object.fromEntries(read) as OptionValues<T>;
}

/** An option whose value is undefined when it is not given. */
export function optional<T>(option: Option<T>): Option<T | undefined> {
  return { initial: undefined, check: (path, value) => option.check(path, value) };
}

/** Options inside of an option. */
export function nested<T extends OptionTable>(table: T): Option<OptionValues<T>> {
  const check = (path: string, value: unknown): OptionValues<T> => readTable(table, path, value);
  return { initial: check('', {}), check };
}

/** A required text. Its value is never shown, since it may be a secret. */
export function text(): Option<string> {
  return {
    check(path, value) {
      if (typeof value === 'string' && value !== '') return value;
      return throwBadOption(path, 'must be a string that is not empty');
    },
  };
}

export function flag(): Option<boolean> {
  return {
    check(path, value) {
      if (typeof value === 'boolean') return value;
      return throwBadOption(path, `must be true or false, not ${shown(value)}`);
    },
  };
}

export function integer(initial: number, min: number, max: number): Option<number> {
  return {
    initial,
    check(path, value) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
        return value;
      }
      return throwBadOption(
        path,
        `must be a whole number from ${min} to ${max}, not ${shown(value)}`,
      );
    },
  };
}

/** A time in milliseconds. */
export function ms(initial: number, min = 1): Option<number> {
  return integer(initial, min, MAX_DELAY_MS);
}

export function count(initial: number, max = MAX_COUNT): Option<number> {
  return integer(initial, 1, max);
}

/** An option with a choice of words; the first is the default. */
export function oneOf<const T extends string>(...words: [T, ...T[]]): Option<T> {
  return {
    initial: words[0],
    check(path, value) {
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      return throwBadOption(path, `must be one of ${words.join(', ')}, not ${shown(value)}`);
    },
  };
}

/** Any object shaped like a logger of pino. */
export function checkedLogger(path: string, value: unknown): Logger {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof (value as Partial<Logger> | null)?.[level] === 'function') continue;
    throwBadOption(path, `must have a function ${level}(details, message)`);
  }
  return value as Logger;
}

export function throwBadOption(path: string, rule: string): never {
  throw new StandpipeError('bad_option', `${path}: ${rule}`);
}

const MAX_SHOWN_LENGTH = 40;

/** A value for a message. Objects are named by their kind and URLs left out: either may hold a secret. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    if (/[@/]/.test(value)) return 'this one';
    const cut = value.length > MAX_SHOWN_LENGTH;
    return `'${cut ? `${value.slice(0, MAX_SHOWN_LENGTH)}…` : value}'`;
  }
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

function record(path: string, value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value;
  }
  return throwBadOption(path, 'must be an object');
}
