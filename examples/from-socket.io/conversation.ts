/** The part of an application that both versions have: a room, questions with an answer, and who may come in. */

/** A browser as the rest of the page sees it. */
export interface Visitor {
  /** Joins a room. Rejects when that is not allowed. */
  join(room: string): Promise<void>;
  /** Says something in a room; everybody there hears it, the visitor too. */
  say(room: string, text: string): void;
  /** Asks the server, and resolves with its answer. */
  add(a: number, b: number): Promise<number>;
  /** Texts heard so far. */
  readonly heard: string[];
  leave(): void;
}

export interface Running {
  port: number;
  /** Connects a browser. The token says who it is. */
  visit(token: string): Promise<Visitor>;
  /** Asks every browser where it is, as a server does that needs an answer. */
  positions(): Promise<number[]>;
  stop(): Promise<void>;
}

/** Users by their tokens. An application looks into its sessions. */
export const USERS = new Map([
  ['token-of-ada', 'Ada'],
  ['token-of-bob', 'Bob'],
]);

/** Answer of every browser that is asked for its position. */
export const POSITION = 7;
