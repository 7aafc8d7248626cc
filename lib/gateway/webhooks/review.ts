import type { Clock, Timer } from '../../util/timers';
import { isUserChannel } from '../../pusher/channel-name';
import type { Telling } from '../../brokers/broker';
import type { Nodes } from '../core/cluster/nodes';
import type { App } from '../core/model/app';

export interface ReviewParts {
  readonly clock: Clock;
  readonly nodes: Nodes;
  /** Wait after nodes came or went: until then changes are on their way, and the facts of the dead are swept. */
  readonly waitMs: () => number;
  /** Apps whose changes are told. */
  apps(): Iterable<App>;
  /** A state of a channel that this node looks after is another one than was told last. */
  found(app: App, telling: Telling): void;
}

/**
 * Looks for changes that nobody has told, some time after nodes came or went: a node has died with them, or has stood still
 * and left them to nobody.
 */
export class Review {
  readonly #parts: ReviewParts;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
    parts.nodes.watch({ changed: () => this.#plan() });
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
  }

  #plan(): void {
    const { clock, waitMs } = this.#parts;
    if (this.#isStopped) return;
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      // A broker that is away, or may have taken this node for dead, is asked when it answers.
      this.#look().catch(() => this.#plan());
    }, waitMs());
  }

  async #look(): Promise<void> {
    const { nodes } = this.#parts;
    for (const app of this.#parts.apps()) {
      const { broker } = app;
      if (broker.isAlone) continue;
      for await (const tellings of broker.untold()) {
        if (broker.isInDoubt) throw new Error('this node may be taken for dead');
        if (this.#isStopped) return;
        for (const telling of tellings) {
          const { channel } = telling;
          // A user's own channel is the server's: apps hear nothing of it.
          if (isUserChannel(channel) || nodes.ownerOf(channel) !== nodes.own) continue;
          this.#parts.found(app, telling);
        }
      }
    }
  }
}
