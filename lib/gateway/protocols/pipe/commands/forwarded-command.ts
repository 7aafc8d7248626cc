import type { Bundle } from '../../../core/cluster/bundles';
import { isObject } from '../../../../pusher/json';
import { Verb } from '../../../../wire/frames';
import { type Outcome, unknownSocket } from './outcome';

/** A command that another node applies. Its outcome comes with those of its bundle, and has no promise of its own. */
export class ForwardedCommand {
  readonly bundle: Bundle;
  readonly #index: number;
  readonly #verb: Verb;
  readonly #socketId: string;

  /** @param bundle its last part is the command */
  constructor(verb: Verb, socketId: string, bundle: Bundle) {
    this.bundle = bundle;
    this.#index = bundle.size - 1;
    this.#verb = verb;
    this.#socketId = socketId;
  }

  /** Undefined until the other node has answered, or is known to be gone, with its sockets. */
  get outcome(): Outcome | undefined {
    const { answers } = this.bundle;
    if (answers === undefined) return undefined;
    const answer = answers[this.#index];
    if (typeof answer === 'number') return { sockets: answer };
    if (isObject(answer)) return answer as unknown as Outcome;
    const mayBeGone = this.#verb === Verb.CLOSE_SOCKET || this.#verb === Verb.UNSUBSCRIBE_SOCKET;
    return mayBeGone ? { sockets: 0 } : unknownSocket(this.#socketId);
  }

  async ended(): Promise<Outcome> {
    await this.bundle.answered;
    return this.outcome ?? unknownSocket(this.#socketId);
  }
}
