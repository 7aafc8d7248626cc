import { StandpipeError } from '../../errors';
import { isThenable } from '../../util/emitter';
import { shown, throwBadOption } from '../../util/option-table';
import type { Clock } from '../../util/timers';
import type { HeardData, HeardName } from '../event-tables';
import type { InvalidInfo } from '../types';

/** An issue of a schema with the place that it is about. */
export interface SchemaIssue {
  /** Text for people. */
  readonly message: string;
  /** Keys that lead to the place in the data; none for the data itself. */
  readonly path?:
    | ReadonlyArray<
        | PropertyKey
        | {
            /** The key. */
            readonly key: PropertyKey;
          }
      >
    | undefined;
}

/** Verdict of a schema: the value as handlers get it, or issues. */
export type SchemaResult<Output> =
  | {
      /** The data as handlers get it. */
      readonly value: Output;
      /** None: the data fits. */
      readonly issues?: undefined;
    }
  | {
      /** Reasons why the data does not fit. */
      readonly issues: readonly SchemaIssue[];
    };

/** A schema by the Standard Schema interface, version 1, which those of zod, valibot and arktype have. */
export interface StandardSchema<Output = unknown> {
  /** Properties of the interface. */
  readonly '~standard': {
    /** Version of the interface. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value, now or later. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Types for the compiler; nothing reads them when the program runs. */
    readonly types?:
      | {
          /** Type of the value that the schema gives. */
          readonly output: Output;
        }
      | undefined;
  };
}

/** Schemas of events that browsers send, by name. An event without one is not checked. */
export type Schemas<Events extends object> = {
  readonly [N in HeardName<Events>]?: StandardSchema<HeardData<Events, N>>;
};

/**
 * Table of the events that schemas describe, for a declaration.
 * @example
 * ```ts
 * import { createClient, type SchemaData } from 'standpipe';
 * import { z } from 'zod';
 *
 * const schemas = { greet: z.object({ name: z.string() }) };
 * const client = createClient<{ browser: SchemaData<typeof schemas> }>({
 *   appId: '1',
 *   key: 'key',
 *   secret: 'secret',
 *   schemas,
 * });
 * client.sockets.on('event:greet', (id, { name }) => client.socket(id).trigger('greeting', `Hi ${name}`));
 * client.on('invalid', ({ socketId, error }) => console.warn(socketId, error.message));
 * ```
 */
export type SchemaData<S> = {
  [N in keyof S]: S[N] extends StandardSchema<infer Output> ? Output : never;
};

/** Names of events with their schemas. */
export type SchemaTable = ReadonlyMap<string, StandardSchema>;

type Told = Promise<void> | undefined;
type Verdict = { value: unknown } | { why: string };

const MAX_ISSUES = 3;
const MAX_MESSAGE_LENGTH = 200;

/** An event with the data to check. */
export interface Checked extends Omit<InvalidInfo, 'error'> {
  readonly data: unknown;
}

/**
 * Checks of events by their schemas. An event whose data fits goes on with the value that the schema gives, and any other
 * is refused. A schema that answers later holds up the events of its key, as a handler does, for `schemaMs` at most.
 */
export class Checks {
  readonly #schemas: SchemaTable;
  readonly #limitMs: number;
  readonly #clock: Clock;
  readonly #refused: (info: InvalidInfo) => void;

  /** @param refused told of each event whose data does not fit */
  constructor(
    { schemas, schemaMs }: { schemas: SchemaTable; schemaMs: number },
    clock: Clock,
    refused: (info: InvalidInfo) => void,
  ) {
    this.#schemas = schemas;
    this.#limitMs = schemaMs;
    this.#clock = clock;
    this.#refused = refused;
  }

  /** The schema of an event; undefined where its data is not checked. */
  schemaOf(event: string): StandardSchema | undefined {
    return this.#schemas.get(event);
  }

  /** Calls `tell` with the value of data that fits. Never throws and never rejects for a reason of the schema. */
  check(schema: StandardSchema, checked: Checked, tell: (value: unknown) => Told): Told {
    const settle = (verdict: Verdict): Told =>
      'value' in verdict ? tell(verdict.value) : this.#refuse(checked, verdict.why);
    const fail = (thrown: unknown): undefined => this.#refuse(checked, 'the schema failed', thrown);
    let verdict: Verdict;
    try {
      const result = schema['~standard'].validate(checked.data);
      if (isThenable(result)) return this.#inTime(result).then(verdictOf).then(settle, fail);
      verdict = verdictOf(result);
    } catch (thrown) {
      return fail(thrown);
    }
    return settle(verdict);
  }

  #refuse({ event, socketId, meta }: Checked, why: string, cause?: unknown): undefined {
    const message = `data of ${event} from a browser was refused: ${why}`.slice(
      0,
      MAX_MESSAGE_LENGTH,
    );
    const error = new StandpipeError('invalid_data', message, cause === undefined ? {} : { cause });
    this.#refused({ error, event, socketId, meta });
    return undefined;
  }

  #inTime<T>(result: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`no answer within ${this.#limitMs} ms`));
      const timer = this.#clock.setTimeout(late, this.#limitMs);
      Promise.resolve(result)
        .then(resolve, reject)
        .finally(() => this.#clock.clearTimeout(timer));
    });
  }
}

/** Verdict of a result. Throws where the result is none of the interface. */
function verdictOf(result: SchemaResult<unknown>): Verdict {
  if (result.issues !== undefined) return { why: textOf(result.issues) };
  // An answer that is no result must not let data pass.
  if (typeof result === 'object' && 'value' in result) return { value: result.value };
  throw new Error('the schema returned no result: an object with a value, or with issues, is one');
}

/** The first issues as text, each behind the path of its member. */
function textOf(issues: readonly SchemaIssue[]): string {
  const texts = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
  });
  if (texts.length === 0) return 'the schema gives no reason';
  const more = issues.length - texts.length;
  return more > 0 ? `${texts.join('; ')}; ${more} more` : texts.join('; ');
}

/** Checks the option `schemas`. A schema of arktype is a function. */
export function schemaTable(path: string, value: unknown): SchemaTable {
  // Other objects have no entries, so that nothing would be checked.
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map) {
    const what = value instanceof Map ? 'a Map' : shown(value);
    return throwBadOption(path, `must be an object of schemas by event, not ${what}`);
  }
  const table = new Map(Object.entries(value) as Array<[string, StandardSchema]>);
  for (const [event, schema] of table) {
    const standard = (schema as Partial<StandardSchema> | null | undefined)?.['~standard'];
    if (standard?.version === 1 && typeof standard.validate === 'function') continue;
    const rule = "must be a schema with the Standard Schema interface, a '~standard' of version 1";
    throwBadOption(`${path}.${event}`, `${rule}, not ${shown(schema)}`);
  }
  return table;
}
