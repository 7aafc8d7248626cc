/**
 * The events of an app, declared once for both ends: each a table from name to type of data. A table that is left out is
 * open: every name, with data of any type.
 */
export interface AppEvents {
  /** Events from servers to browsers. */
  server?: object;
  /** Events from browsers, to servers and to each other. */
  browser?: object;
  /** Requests of servers to a browser: the type of the data, by name. */
  requests?: object;
}

type Open = Record<string, unknown>;

export type ServerEvents<E extends AppEvents> = E extends { server: infer S extends object }
  ? S
  : Open;
export type BrowserEvents<E extends AppEvents> = E extends { browser: infer B extends object }
  ? B
  : Open;
export type RequestEvents<E extends AppEvents> = E extends { requests: infer R extends object }
  ? R
  : Open;
