/**
 * The events of an app, declared once for both ends: each a table from name to type of data. A table that is left out is
 * open: every name, with data of any type. Requests may be declared as functions, from the data to the answer.
 *
 * @example
 * ```ts
 * interface Game {
 *   browser: { move: { x: number; y: number }; jump: undefined };
 *   server: { moved: { id: string; x: number; y: number } };
 *   requests: { where: (data: { unit: 'px' | 'tile' }) => { x: number; y: number } };
 * }
 * ```
 */
export interface AppEvents {
  /** Events from servers to browsers. */
  server?: object;
  /** Events from browsers, to servers and to each other. */
  browser?: object;
  /** Requests of servers to a browser: the type of the data, or a function from data to answer, by name. */
  requests?: object;
}

type Open = Record<string, unknown>;

/** The table of events that servers send to browsers. */
export type ServerEvents<E extends AppEvents> = E extends { server: infer S extends object }
  ? S
  : Open;
/** The table of events that browsers send. */
export type BrowserEvents<E extends AppEvents> = E extends { browser: infer B extends object }
  ? B
  : Open;
/** The table of requests that servers make of a browser. */
export type RequestEvents<E extends AppEvents> = E extends { requests: infer R extends object }
  ? R
  : Open;

/** Names of a table; any name where the table is open. */
export type NameIn<Table> = keyof Table & string;

/** Data of a request: of a function its parameter, else the declared type itself. */
export type RequestData<R> = R extends (...args: infer A) => unknown ? A[0] : R;
/** Answer to a request: the result of its function; unknown where the request is declared by its data. */
export type RequestAnswer<R> = R extends (...args: never[]) => infer A ? Awaited<A> : unknown;

/** Arguments from the data on: the data may be left out only where its type has undefined. */
export type DataThen<D, Rest extends unknown[]> = undefined extends D
  ? [data?: D, ...rest: Rest]
  : [data: D, ...rest: Rest];

/**
 * True for a declaration with directions, an AppEvents; false for one table of events that both ends send. A table
 * of objects without any name but `server`, `browser` and `requests` is taken for the former.
 */
type HasDirections<E> = [keyof E] extends [never]
  ? false
  : [keyof E, E] extends [keyof AppEvents, AppEvents]
    ? true
    : false;

/** Events that a backend hears: `browser` of a declaration with directions, or the one table. */
export type Upward<E extends object> = HasDirections<E> extends true ? BrowserEvents<E> : E;
/** Events that a backend sends: `server` of a declaration with directions, or the one table. */
export type Downward<E extends object> = HasDirections<E> extends true ? ServerEvents<E> : E;
/** Requests that a backend makes: `requests` of a declaration with directions, else an open table. */
export type Asked<E extends object> = HasDirections<E> extends true ? RequestEvents<E> : Open;
