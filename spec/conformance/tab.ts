import type { Options } from 'pusher-js';
import type { Probe } from './probe';

/** Opens tabs somewhere: in a Node process, in a browser. */
export interface TabHost {
  open(key: string, options: Options): Promise<Tab>;
}

type Evaluate = (code: string) => Promise<unknown>;

/** An unmodified pusher-js in another process, and the calls that drive it. */
export class Tab {
  readonly #evaluate: Evaluate;
  readonly #probe: string;

  /** `probe` is the expression under which the other process finds this tab's probe. */
  constructor(evaluate: Evaluate, probe: string) {
    this.#evaluate = evaluate;
    this.#probe = probe;
  }

  /**
   * Runs a function where pusher-js lives and resolves with what it returns. Its text is carried over, so it can use
   * only its own arguments; `arg` and the result travel as plain values.
   */
  run<R>(act: (probe: Probe) => R): Promise<Awaited<R>>;
  run<R, A>(act: (probe: Probe, arg: A) => R, arg: A): Promise<Awaited<R>>;
  run(act: { toString(): string }, arg?: unknown): Promise<unknown> {
    return this.#evaluate(`(${act.toString()})(${this.#probe}, ${JSON.stringify(arg)})`);
  }

  /** Resolves with the id of the `nth` socket this tab has had, once it has it. */
  async id(nth = 1): Promise<string> {
    const id = await this.run(async ({ until, ids }, nth) => {
      await until(() => ids.length >= nth);
      return ids[nth - 1];
    }, nth);
    return id as string;
  }

  /** Subscribes, resolves when the gateway has agreed, and tells every event of the channel as `[event, data]`. */
  subscribe(channel: string): Promise<void> {
    return this.run(
      ({ pusher, tell }, name) =>
        new Promise<void>((resolve, reject) => {
          const channel = pusher.subscribe(name);
          channel.bind('pusher:subscription_succeeded', () => resolve());
          channel.bind('pusher:subscription_error', (error: unknown) =>
            reject(new Error(JSON.stringify(error))),
          );
          channel.bind_global((event: string, data: unknown) => {
            if (!event.startsWith('pusher:')) tell(event, data);
          });
        }),
      channel,
    );
  }

  /** Resolves when the gateway has handled all that this tab sent before; pusher-js sends from a timer. */
  settled(): Promise<void> {
    return this.run(
      ({ pusher }) =>
        new Promise<void>((resolve) => {
          const answered = ({ event }: { event: string }): void => {
            if (event !== 'pusher:pong') return;
            pusher.connection.unbind('message', answered);
            resolve();
          };
          pusher.connection.bind('message', answered);
          pusher.send_event('pusher:ping', {});
        }),
    );
  }

  /** The next things that were told. */
  take(count: number): Promise<unknown[][]> {
    return this.run(async ({ until, told }, count) => {
      await until(() => told.length >= count);
      return told.splice(0, count);
    }, count);
  }

  /** Disconnects. */
  close(): Promise<void> {
    return this.run(({ pusher }) => pusher.disconnect());
  }

  /** Ends it for good; the last thing done with a tab. */
  dispose(): Promise<void> {
    return this.close();
  }
}
