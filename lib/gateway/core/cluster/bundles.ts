import { type Eventual, later } from '../../../brokers/eventual';
import { parseJson } from '../../../pusher/json';
import type { App } from '../model/app';

/** Characters of a bundle that leaves before the turn is over. */
const MAX_LENGTH = 64 * 1024;

/** Sends a JSON array; answers with that of the answers, as text. */
export type SendBundle = (
  app: App,
  node: number,
  type: string,
  parts: string,
) => Eventual<string | undefined>;

/** Parts for one node, and the promise of their answers. */
class Bundle {
  readonly app: App;
  readonly type: string;
  readonly parts: string[] = [];
  length = 0;
  readonly answers: Promise<readonly unknown[]>;
  resolve: (answers: Eventual<readonly unknown[]>) => void = () => undefined;

  constructor(app: App, type: string) {
    this.app = app;
    this.type = type;
    this.answers = new Promise((resolve) => (this.resolve = resolve));
  }
}

/**
 * Small messages to other nodes, joined: all that one callback of the event loop says leave as one, since most of what a message
 * costs does not depend on its size. The order to each node is kept.
 */
export class Bundles {
  readonly #send: SendBundle;
  readonly #open = new Map<number, Bundle>();

  constructor(send: SendBundle) {
    this.#send = send;
  }

  /** @param part JSON text. Answers with the answer to it; undefined when the node is gone, or does not answer */
  add(app: App, node: number, type: string, part: string): Promise<unknown> {
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
    const index = bundle.parts.push(part) - 1;
    bundle.length += part.length;
    const answer = bundle.answers.then((answers) => answers[index]);
    if (bundle.length >= MAX_LENGTH) this.flush(node);
    return answer;
  }

  /** Sends what waits for a node, before anything else is said to it. */
  flush(node: number): void {
    const bundle = this.#open.get(node);
    if (bundle === undefined) return;
    this.#open.delete(node);
    const { app, type, parts } = bundle;
    bundle.resolve(later(this.#send(app, node, type, `[${parts.join(',')}]`), answersIn));
  }

  #flushAll(): void {
    for (const node of [...this.#open.keys()]) this.flush(node);
  }
}

function answersIn(text: string | undefined): readonly unknown[] {
  const answers = parseJson(text ?? '');
  return Array.isArray(answers) ? (answers as unknown[]) : [];
}
