import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../util/timers';
import { sourceOf } from '../../options/address-guard';
import type { ConsoleOptions } from '../../options/console';
import type { Viewer } from './context';

const MINUTE_MS = 60_000;
/** Wrong tokens of one address in a minute, IPv6 by its /64. */
const MAX_WRONG = 10;
/** Addresses that are remembered. */
const MAX_ADDRESSES = 1_000;

/** Answer to a token: its owner, or the status of a refusal. */
export type Admitted = Viewer | 401 | 429;

/** Knows the tokens by their digests, which are compared in constant time, and slows down those who try. */
export class Tokens {
  readonly #known: ReadonlyArray<{ digest: Buffer; viewer: Viewer }>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #wrong = new Map<string, { count: number; untilMs: number }>();

  constructor(tokens: ConsoleOptions['tokens'], clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#known = tokens.map(({ token, ...viewer }) => ({ digest: digestOf(token), viewer }));
  }

  /** @param authorization header of the request: `Bearer <token>` (RFC 6750, section 2.1) */
  admit(authorization: string | undefined, remoteAddress: string): Admitted {
    const address = sourceOf(remoteAddress);
    const wrong = this.#wrongOf(address);
    if (wrong !== undefined && wrong.count >= MAX_WRONG) return 429;
    const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    // A page that was opened without a token is no attempt.
    if (given === undefined) return 401;
    const digest = digestOf(given);
    let admitted: Viewer | undefined;
    // All of them are compared: the time tells nothing about which one was near.
    for (const { digest: known, viewer } of this.#known) {
      if (timingSafeEqual(known, digest)) admitted = viewer;
    }
    if (admitted !== undefined) return admitted;
    this.#remember(address, wrong);
    return 401;
  }

  #wrongOf(address: string): { count: number; untilMs: number } | undefined {
    const wrong = this.#wrong.get(address);
    if (wrong === undefined || this.#clock.now() < wrong.untilMs) return wrong;
    this.#wrong.delete(address);
    return undefined;
  }

  #remember(address: string, wrong: { count: number; untilMs: number } | undefined): void {
    if (wrong !== undefined) {
      wrong.count++;
      return;
    }
    if (this.#wrong.size >= MAX_ADDRESSES) {
      const [oldest = ''] = this.#wrong.keys();
      this.#wrong.delete(oldest);
    }
    this.#wrong.set(address, { count: 1, untilMs: this.#clock.now() + MINUTE_MS });
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
