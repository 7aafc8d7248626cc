import type { Target } from '../outbox/command';
import type { Sender } from '../outbox/sender';
import type { DataThen, Downward, NameIn } from '../../util/app-events';
import type { PublishOptions, PublishReceipt, TriggerCallback, TriggerOptions } from '../types';

/** Handle of a receiver of events, without handlers of its own. */
export abstract class Sendable<Events extends object> {
  readonly #sender: Sender;
  readonly #target: Target;

  protected constructor(sender: Sender, target: Target) {
    this.#sender = sender;
    this.#target = target;
  }

  /**
   * Sends an event. Never fails for a reason of the network: the event is kept until the gateway answers. The outcome
   * goes to `callback`; without one, a failure goes to the client's `error` event.
   * @returns false when the outbox is nearly full, or full and the event refused: pause until `drain`
   * @throws StandpipeError `bad_argument` for a bad name, or data that is too large or no JSON
   */
  trigger<N extends NameIn<Downward<Events>>>(
    event: N,
    ...args: DataThen<Downward<Events>[N], [options?: TriggerOptions, callback?: TriggerCallback]>
  ): boolean;
  trigger(
    event: string,
    data?: unknown,
    options?: TriggerOptions,
    callback?: TriggerCallback,
  ): boolean {
    return this.#sender.trigger(this.#target, event, data, options, callback);
  }

  /**
   * Sends an event and resolves with the gateway's receipt.
   * @throws StandpipeError `bad_argument`, `refused` (see `status`), `not_sent`, `unknown_outcome`, `outbox_full`,
   * `closed`
   */
  publish<N extends NameIn<Downward<Events>>>(
    event: N,
    ...args: DataThen<Downward<Events>[N], [options?: PublishOptions]>
  ): Promise<PublishReceipt>;
  publish(event: string, data?: unknown, options: PublishOptions = {}): Promise<PublishReceipt> {
    return this.#sender.publish(this.#target, event, data, options);
  }
}
