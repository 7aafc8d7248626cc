import { isDeepStrictEqual } from 'node:util';
import { asError, StandpipeError } from '../errors';
import type { Logger } from '../util/logger';
import { checkedLogger } from '../util/option-table';
import { type Clock, systemClock, type Timer } from '../util/timers';
import { warningLog } from '../util/warning-log';
import type { Gateway } from './gateway';
import type { GatewayOptions } from './options/options';

/** Time for an answer; later ones are not taken. */
const ANSWER_MS = 30_000;
const DEFAULT_EVERY_MS = 10_000;
const MAX_EVERY_MS = 2 ** 31 - 1;

/** Settings of `followOptions`. */
export interface FollowSettings {
  /** Time between an answer and the next call, in milliseconds: from 100 on, 10 000 unless given. */
  everyMs?: number;
  /** Logger for calls that fail, shaped like pino's. Default: warnings of the process. */
  log?: Logger;
}

/** A gateway that follows the options that a function gives. */
export interface Following {
  /**
   * Calls the function now, for a database that says when something has changed. Resolves when the gateway has taken over its
   * options. A call that is under way is waited for first.
   * @throws StandpipeError as `reload`; `timeout` after 30 s; and whatever the function throws
   */
  refresh(): Promise<void>;
  /** The function is called no more, and an answer that is on its way is not taken. */
  stop(): void;
}

/**
 * Has a running gateway follow a program: `load` is called again and again, and what it returns is taken over by `reload`.
 * One call at a time; a call that fails, or returns something wrong, changes nothing and is logged, the same failure once.
 * Ends with the gateway.
 * @example
 * ```ts
 * import { createGateway, followOptions, type AppOptions } from 'standpipe/gateway';
 *
 * declare function allApps(): Promise<AppOptions[]>; // of a database
 * async function run(): Promise<void> {
 *   const options = { port: 6001 };
 *   const gateway = createGateway({ ...options, apps: await allApps() });
 *   await gateway.start();
 *   followOptions(gateway, async () => ({ ...options, apps: await allApps() }));
 * }
 * ```
 * @param load whole options, as of `createGateway`, not only those that change
 * @throws StandpipeError `bad_option` or `bad_argument` when an argument is wrong
 */
export function followOptions(
  gateway: Pick<Gateway, 'reload'>,
  load: () => GatewayOptions | Promise<GatewayOptions>,
  settings: FollowSettings = {},
  clock: Clock = systemClock,
): Following {
  if (typeof load !== 'function') {
    throw new StandpipeError('bad_argument', 'load: must be a function that returns options');
  }
  const { everyMs = DEFAULT_EVERY_MS, log = warningLog } = settings;
  if (!Number.isInteger(everyMs) || everyMs < 100 || everyMs > MAX_EVERY_MS) {
    const message = `everyMs: must be a whole number from 100 to ${MAX_EVERY_MS}`;
    throw new StandpipeError('bad_option', message);
  }
  return new Follower(gateway, load, { everyMs, log: checkedLogger('log', log) }, clock);
}

class Follower implements Following {
  readonly #gateway: Pick<Gateway, 'reload'>;
  readonly #load: () => GatewayOptions | Promise<GatewayOptions>;
  readonly #settings: Required<FollowSettings>;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  /** The call that is under way, which never rejects. */
  #running: Promise<void> | undefined;
  #taken: GatewayOptions | undefined;
  #told = '';
  #isStopped = false;

  constructor(
    gateway: Pick<Gateway, 'reload'>,
    load: () => GatewayOptions | Promise<GatewayOptions>,
    settings: Required<FollowSettings>,
    clock: Clock,
  ) {
    this.#gateway = gateway;
    this.#load = load;
    this.#settings = settings;
    this.#clock = clock;
    this.#wait();
  }

  async refresh(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#isStopped) throw new StandpipeError('closed', 'the options are followed no more');
    this.#clearTimer();
    const call = this.#call();
    this.#running = call.then(
      () => this.#ended(''),
      (error: unknown) => this.#ended(asError(error).message),
    );
    return call;
  }

  stop(): void {
    this.#isStopped = true;
    this.#clearTimer();
  }

  async #call(): Promise<void> {
    const options = await this.#answer();
    if (this.#isStopped) throw new StandpipeError('closed', 'the options are followed no more');
    if (this.#taken !== undefined && isDeepStrictEqual(options, this.#taken)) return;
    try {
      this.#gateway.reload(options);
    } catch (error) {
      // The gateway stops, for good.
      if (error instanceof StandpipeError && error.code === 'refused') this.stop();
      throw error;
    }
    this.#taken = options;
  }

  /** The answer of the function, within its time. */
  #answer(): Promise<GatewayOptions> {
    return new Promise((resolve, reject) => {
      const message = `load: gave no options within ${ANSWER_MS / 1000} s`;
      const late = this.#clock.setTimeout(
        () => reject(new StandpipeError('timeout', message)),
        ANSWER_MS,
      );
      // A function may throw at once.
      new Promise<GatewayOptions>((given) => given(this.#load()))
        .then(resolve, reject)
        .finally(() => this.#clock.clearTimeout(late));
    });
  }

  #ended(failure: string): void {
    this.#running = undefined;
    if (failure !== '' && failure !== this.#told && !this.#isStopped) {
      const message = 'options were not taken over, those in force stay';
      this.#settings.log.warn({ why: failure }, message);
    }
    this.#told = failure;
    this.#wait();
  }

  #wait(): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      // Failures were logged.
      this.refresh().catch(() => undefined);
    }, this.#settings.everyMs);
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
