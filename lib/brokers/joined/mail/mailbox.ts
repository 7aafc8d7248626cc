import type { NodeMessage } from '../../../wire/cluster';

/** Characters after which messages leave before the turn is over: a batch must stay far below the largest message. */
const BATCH_LENGTH = 256 * 1024;

/** Messages to one node that leave together. */
class Batch {
  messages: NodeMessage[] = [];
  length = 0;
}

/**
 * Messages of this node to others. All of one turn to a node leave as one batch, in their order: most of what a message costs
 * does not depend on its size.
 */
export class Mailbox {
  readonly #endOfTurn: (run: () => void) => void;
  readonly #post: (node: number, messages: readonly NodeMessage[]) => void;
  readonly #batches = new Map<number, Batch>();

  constructor(
    endOfTurn: (run: () => void) => void,
    post: (node: number, messages: readonly NodeMessage[]) => void,
  ) {
    this.#endOfTurn = endOfTurn;
    this.#post = post;
  }

  post(node: number, message: NodeMessage): void {
    let batch = this.#batches.get(node);
    if (batch === undefined) {
      if (this.#batches.size === 0) this.#endOfTurn(() => this.#flush());
      batch = new Batch();
      this.#batches.set(node, batch);
    }
    batch.messages.push(message);
    batch.length += 'text' in message ? (message.text?.length ?? 0) : 0;
    if (batch.length < BATCH_LENGTH) return;
    const { messages } = batch;
    batch.messages = [];
    batch.length = 0;
    this.#post(node, messages);
  }

  #flush(): void {
    for (const [node, { messages }] of this.#batches) {
      if (messages.length > 0) this.#post(node, messages);
    }
    this.#batches.clear();
  }
}
