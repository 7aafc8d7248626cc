import type { Followed } from '../api';
import type { ConsoleContext } from '../context';
import { Follow } from './follow';
import type { AskedTaps } from './request';
import { Tail } from './tail';
import type { Taps } from './taps';

/** The tail and the follow of one stream at this node, open until they are stopped. */
export class OpenTaps {
  readonly tail: Tail | undefined;
  readonly #follow: Follow | undefined;
  readonly #taps: Taps;
  #hasFollowed = false;

  constructor(context: ConsoleContext, taps: Taps, { app, tail, follow }: AskedTaps) {
    this.#taps = taps;
    this.tail = tail && new Tail(app, tail, context);
    const changed = (): void => void (this.#hasFollowed = true);
    this.#follow = follow && new Follow(context, app, follow, changed);
    if (this.tail !== undefined) taps.open(this.tail);
    if (this.#follow !== undefined) taps.open(this.#follow);
  }

  /** The events that are followed; undefined when nothing has changed since they were taken last. */
  takeFollowed(): readonly Followed[] | undefined {
    if (!this.#hasFollowed) return undefined;
    this.#hasFollowed = false;
    return this.#follow?.followed;
  }

  stop(): void {
    if (this.tail !== undefined) this.#taps.close(this.tail);
    if (this.#follow !== undefined) this.#taps.close(this.#follow);
    this.#follow?.stop();
  }
}
