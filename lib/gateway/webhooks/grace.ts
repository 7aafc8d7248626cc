import type { Clock } from '../../util/timers';
import type { WebhookEventName } from '../options/options';
import { DelayQueue } from '../core/timing/delay-queue';
import { LEAVING_OF, type WebhookEvent } from './events';

/** Grace of a leave. A return within this time cancels it: a page reload is not worth two webhooks. */
const GRACE_MS = 3000;

/** Time in which changes of one channel may arrive out of their order, or again: longer than all offers of a change. */
const ORDER_MS = 40_000;

const LEAVING: ReadonlySet<WebhookEventName> = new Set(LEAVING_OF.values());

/** A leave that is held back. `seq` is undefined where no other node could tell of it. */
interface Leave {
  event: WebhookEvent;
  seq: number | undefined;
}

/**
 * Keeps `channel_vacated` and `member_removed` back for 3 s. If the channel or the member is there again within that
 * time, neither this event nor the one of the return is told (Channels protocol, webhooks).
 */
export class Grace {
  readonly #leaving = new Map<string, Leave>();
  readonly #delays: DelayQueue<string>;
  /** Numbers of the latest changes, where changes may come out of their order. */
  readonly #latest = new Map<string, number>();
  /** Numbers of the latest arrivals among them. */
  readonly #arrived = new Map<string, number>();
  readonly #ordered: DelayQueue<string>;
  readonly #maxWaiting: number;
  readonly #tell: (event: WebhookEvent, seq: number | undefined) => void;
  readonly #isSure: () => boolean;
  #ended = false;

  /**
   * With `maxWaiting` events kept back, further ones are told at once. While `isSure` says no, leaves wait on: another node
   * may have told what came behind them.
   */
  constructor(
    clock: Clock,
    maxWaiting: number,
    tell: (event: WebhookEvent, seq: number | undefined) => void,
    isSure = (): boolean => true,
  ) {
    this.#isSure = isSure;
    this.#maxWaiting = maxWaiting;
    this.#tell = tell;
    this.#delays = new DelayQueue(clock, GRACE_MS, (key) => {
      if (this.#isSure()) this.#release(key);
      else this.#delays.add(key);
    });
    this.#ordered = new DelayQueue(clock, ORDER_MS, (key) => {
      this.#latest.delete(key);
      this.#arrived.delete(key);
    });
  }

  /** @param seq orders the changes of a channel or member that nodes tell of, when they may come out of their order */
  offer(event: WebhookEvent, seq?: number): void {
    const undone = LEAVING_OF.get(event.name);
    if (seq !== undefined) {
      const key = keyOf(undone ?? event.name, event);
      const isKnown = undone !== undefined && this.#isKnown(key, seq);
      if (this.#isLate(key, seq)) {
        // A change that came before one that was told already: a leave is over, and so is an arrival whose leave is known.
        if (undone !== undefined && !isKnown) this.#cancel(key);
        return;
      }
    }
    if (undone !== undefined && this.#cancel(keyOf(undone, event))) return;
    const leaving = LEAVING.has(event.name);
    if (this.#ended && (leaving || event.name === 'subscription_count')) return;
    if (!leaving) return this.#tell(event, seq);
    if (this.#leaving.size >= this.#maxWaiting) return this.#tell(event, seq);
    const key = keyOf(event.name, event);
    this.#leaving.set(key, { event, seq });
    this.#delays.add(key);
  }

  /** Tells now what is kept back, and ignores from now on who leaves and how many are left. */
  end(): void {
    this.#ended = true;
    this.flush();
    this.#delays.stop();
    this.#ordered.stop();
  }

  /** Tells now what is kept back, of the channels that are meant. */
  flush(isMeant = (channel: string): boolean => channel !== ''): void {
    for (const [key, { event }] of [...this.#leaving]) {
      if (!isMeant(event.channel)) continue;
      this.#delays.delete(key);
      this.#release(key);
    }
  }

  /** Gives away leaves of the channels that are meant: another node tells of them, after a grace of its own. */
  handOver(isMeant: (channel: string) => boolean): Array<{ event: WebhookEvent; seq: number }> {
    const given = [];
    for (const [key, { event, seq }] of this.#leaving) {
      if (seq === undefined || !isMeant(event.channel)) continue;
      this.#cancel(key);
      // A leave may come back under its number.
      if (this.#latest.get(key) === seq) this.#latest.set(key, seq - 1);
      given.push({ event, seq });
    }
    return given;
  }

  /** An arrival that is offered again: a leave behind it stays. */
  #isKnown(key: string, seq: number): boolean {
    if (seq <= (this.#arrived.get(key) ?? 0)) return true;
    this.#arrived.set(key, seq);
    return false;
  }

  #isLate(key: string, seq: number): boolean {
    // A change that is offered again, as its first answer was not heard, has the number that it had.
    if (seq <= (this.#latest.get(key) ?? 0)) return true;
    this.#latest.set(key, seq);
    this.#ordered.add(key);
    return false;
  }

  #cancel(key: string): boolean {
    this.#delays.delete(key);
    return this.#leaving.delete(key);
  }

  #release(key: string): void {
    const leave = this.#leaving.get(key);
    this.#leaving.delete(key);
    if (leave !== undefined) this.#tell(leave.event, leave.seq);
  }
}

/** A channel name has no space, so no two things share a key. */
function keyOf(name: WebhookEventName, { channel, userId = '' }: WebhookEvent): string {
  return `${name} ${channel} ${userId}`;
}
