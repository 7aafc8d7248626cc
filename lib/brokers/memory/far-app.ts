import type { BrokerLimits } from '../broker';
import type { Replay } from '../joined/engine-link';
import type { Operation, Result } from '../operation';
import { Ring } from '../../util/ring';
import { AppState } from './app-state';

interface TurnRecord {
  last: number;
  /** Results of the last turns, for a node that has not got them. */
  results: Map<number, ReadonlyArray<Result | undefined>>;
}

/** An app in the engine. */
export class FarApp {
  readonly state: AppState;
  readonly turns = new Map<number, TurnRecord>();
  readonly fences = new Set<number>();

  readonly #kept = new Ring<Replay['batches'][number] & { readonly seq: number }>();
  readonly #maxKept: number;
  /** Number of the last event that is kept no more. */
  #low = 0;

  /** @param maxKept events that are kept for nodes that were away */
  constructor(limits: BrokerLimits, maxKept: number) {
    this.state = new AppState(limits, false);
    this.#maxKept = maxKept;
  }

  /** Keeps the event that was published last. */
  keep({ channel, text, options }: Extract<Operation, { kind: 'publish' }>): void {
    if (this.#maxKept === 0) return;
    const { seq } = this.state;
    const { except, cacheMs, latest, volatile } = options ?? {};
    const about = { except, cacheMs, latest, volatile, from: 0, receipt: 0 };
    this.#kept.push({ seq, channel, items: [{ kind: 'event', text, seq, ...about }] });
    if (this.#kept.length > this.#maxKept) this.#low = this.#kept.shift()?.seq ?? 0;
  }

  replay(after: number): Replay {
    const batches = Array.from({ length: this.#kept.length }, (_, i) => this.#kept.at(i)!);
    const behind = batches.filter(({ seq }) => seq > after);
    return { batches: behind, upTo: behind.at(-1)?.seq ?? 0, low: this.#low, isLast: true };
  }

  /** The engine runs anew. */
  dropKept(): void {
    this.#kept.drop(this.#kept.length);
    this.#low = 0;
  }
}
