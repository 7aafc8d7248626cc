import type { Bundle } from '../../../core/cluster/bundles';
import type { Nodes } from '../../../core/cluster/nodes';
import { isObject } from '../../../../pusher/json';
import { Verb } from '../../../../wire/frames';
import { type Outcome, unknownAtGateway } from './outcome';

/** A command that another node applies. Its outcome comes with those of its bundle, and has no promise of its own. */
export class ForwardedCommand {
  readonly bundle: Bundle;
  readonly #index: number;
  readonly #verb: Verb;
  readonly #socketId: string;
  readonly #node: number;
  readonly #nodes: Nodes;

  /** @param bundle its last part is the command */
  constructor(verb: Verb, socketId: string, node: number, nodes: Nodes, bundle: Bundle) {
    this.bundle = bundle;
    this.#index = bundle.size - 1;
    this.#verb = verb;
    this.#socketId = socketId;
    this.#node = node;
    this.#nodes = nodes;
  }

  /** Undefined until the other node has answered, is known to be gone, with its sockets, or has been silent for long. */
  get outcome(): Outcome | undefined {
    const { answers } = this.bundle;
    return answers === undefined ? undefined : this.#outcomeOf(answers[this.#index]);
  }

  async ended(): Promise<Outcome> {
    await this.bundle.answered;
    return this.outcome ?? unknownAtGateway(this.#socketId);
  }

  #outcomeOf(answer: unknown): Outcome {
    if (typeof answer === 'number') return { sockets: answer };
    if (isObject(answer)) return answer as unknown as Outcome;
    const ends = this.#verb === Verb.CLOSE_SOCKET || this.#verb === Verb.UNSUBSCRIBE_SOCKET;
    if (ends && !this.#nodes.has(this.#node)) return { sockets: 0 };
    return unknownAtGateway(this.#socketId);
  }
}
