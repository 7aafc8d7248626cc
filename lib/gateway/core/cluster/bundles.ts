import { type Eventual, later } from '../../../brokers/eventual';
import { parseJson } from '../../../pusher/json';
import type { App } from '../model/app';

/** Characters of a bundle, about, that leaves at once. */
const MAX_LENGTH = 64 * 1024;

/** Messages to one node about an app that leave as one, with their answers. */
export class Bundle {
  readonly app: App;
  readonly type: string;
  /** Number of parts, and their characters, about. */
  size = 0;
  length = 0;
  #parts: unknown[] = [];
  /** Answers in the order of the parts, none from a node that is gone or does not answer; undefined until they are there. */
  answers: readonly unknown[] | undefined;
  /** Resolves when they are there. */
  readonly answered: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor(app: App, type: string) {
    this.app = app;
    this.type = type;
    this.answered = new Promise((resolve) => (this.#resolve = resolve));
  }

  add(part: unknown, length: number): void {
    this.#parts.push(part);
    this.size++;
    this.length += length;
  }

  /** The parts, values of JSON, which are held no longer. */
  take(): readonly unknown[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** The text with the answers has come, or none will. */
  answer(text: string | undefined): void {
    const answers = parseJson(text ?? '');
    this.answers = Array.isArray(answers) ? (answers as unknown[]) : [];
    this.#resolve();
  }
}

/**
 * Small messages to other nodes, joined: all that one callback of the event loop says leave as one, since most of what a message
 * costs does not depend on its size. The order to each node is kept.
 */
export class Bundles {
  readonly #send: (node: number, bundle: Bundle) => Eventual<string | undefined>;
  readonly #open = new Map<number, Bundle>();

  constructor(send: (node: number, bundle: Bundle) => Eventual<string | undefined>) {
    this.#send = send;
  }

  /** Returns the bundle, of which the part is now the last one. */
  add(app: App, node: number, type: string, part: unknown, length: number): Bundle {
    let bundle = this.#open.get(node);
    if (bundle !== undefined && (bundle.app !== app || bundle.type !== type)) {
      this.flush(node);
      bundle = undefined;
    }
    if (bundle === undefined) {
      if (this.#open.size === 0) queueMicrotask(() => this.#flushAll());
      bundle = new Bundle(app, type);
      this.#open.set(node, bundle);
    }
    bundle.add(part, length);
    if (bundle.length >= MAX_LENGTH) this.flush(node);
    return bundle;
  }

  /** Sends what waits for a node, before anything else is said to it. */
  flush(node: number): void {
    const bundle = this.#open.get(node);
    if (bundle === undefined) return;
    this.#open.delete(node);
    void later(this.#send(node, bundle), (text) => bundle.answer(text));
  }

  #flushAll(): void {
    for (const node of [...this.#open.keys()]) this.flush(node);
  }
}
