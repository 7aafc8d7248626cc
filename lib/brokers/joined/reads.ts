import type { Clock } from '../../util/timers';
import type {
  CachedEvent,
  ChannelCount,
  Eventual,
  MemberList,
  OnlineUsers,
  Answer,
  Settled,
  Telling,
  Totals,
  Unavailable,
} from '../broker';
import type { EngineTellings, OwedTelling } from './engine-link';
import type { AppParts } from './parts';

interface Read {
  deadline: number;
  failed: boolean;
  attempt(): void;
  giveUp(): void;
}

/** Questions to the engine that wait for an answer. One that failed is asked again until its time is over. */
export class Reads {
  readonly #clock: Clock;
  readonly #holdMs: number;
  readonly #reads = new Set<Read>();

  constructor(clock: Clock, holdMs: number) {
    this.#clock = clock;
    this.#holdMs = holdMs;
  }

  ask<T>(call: () => Promise<T>): Promise<T | Unavailable> {
    return new Promise((resolve) => {
      const read: Read = {
        deadline: this.#clock.now() + this.#holdMs,
        failed: false,
        attempt: () => {
          read.failed = false;
          call().then(
            (value) => {
              this.#reads.delete(read);
              resolve(value);
            },
            () => {
              read.failed = true;
            },
          );
        },
        giveUp: () => {
          this.#reads.delete(read);
          resolve('unavailable');
        },
      };
      this.#reads.add(read);
      read.attempt();
    });
  }

  /** Asks again where an attempt has failed. */
  retry(): void {
    for (const read of this.#reads) if (read.failed) read.attempt();
  }

  giveUp(): void {
    for (const read of this.#reads) read.giveUp();
  }

  tick(): void {
    const now = this.#clock.now();
    for (const read of this.#reads) if (now >= read.deadline) read.giveUp();
  }
}

/** Questions of an app to the engine. None changes anything by being asked again. */
export class AppReads {
  readonly reads: Reads;
  readonly #id: string;
  readonly #parts: AppParts;
  /** States of nodes that are gone, which are being taken over under a number of this node. */
  #taking: { node: number; owed: readonly OwedTelling[] } | undefined;

  constructor(id: string, parts: AppParts) {
    this.#id = id;
    this.#parts = parts;
    this.reads = new Reads(parts.clock, parts.limits.holdMs);
  }

  records(name: string): Eventual<ReadonlyMap<string, Uint8Array> | Unavailable> {
    return this.#ask(() => this.#parts.link.records(this.#id, name));
  }

  members(channel: string): Eventual<MemberList | Unavailable> {
    return this.#ask(() => this.#parts.link.members(this.#id, channel));
  }

  online(userIds: readonly string[]): Eventual<OnlineUsers | Unavailable> {
    return this.#ask(() => this.#parts.link.online(this.#id, userIds));
  }

  cached(channel: string): Eventual<CachedEvent | undefined | Unavailable> {
    return this.#ask(() => this.#parts.link.cached(this.#id, channel));
  }

  counts(channels: readonly string[]): Eventual<readonly ChannelCount[] | Unavailable> {
    return this.#ask(() => this.#parts.link.counts(this.#id, channels));
  }

  channels(prefix: string): Eventual<ReadonlyMap<string, number> | Unavailable> {
    return this.#ask(() => this.#parts.link.channels(this.#id, prefix));
  }

  sockets(): AsyncIterable<readonly string[]> {
    return this.#parts.link.sockets(this.#id);
  }

  tell(tellings: readonly Telling[]): Eventual<readonly Answer[] | Unavailable> {
    return this.#ask(() => this.#tellings.tell(this.#parts.node(), tellings));
  }

  told(settled: readonly Settled[]): Eventual<readonly Telling[] | Unavailable> {
    return this.#ask(() => this.#tellings.told(this.#parts.node(), settled));
  }

  untold(): AsyncIterable<readonly Telling[]> {
    return this.#tellings.untold();
  }

  async owed(isMeant: (channel: string) => boolean): Promise<readonly Telling[] | Unavailable> {
    const node = this.#parts.node();
    // A question without an answer is asked again alike: some of it may be this node's already.
    if (this.#taking?.node !== node) {
      const owed = await this.#ask(() => this.#tellings.owed());
      if (owed === 'unavailable') return owed;
      const nodes = this.#parts.nodes();
      const meant = owed.filter((each) => !nodes.has(each.node) && isMeant(each.telling.channel));
      this.#taking = { node, owed: meant };
    }
    const { owed } = this.#taking;
    const taken = owed.length === 0 ? [] : await this.#ask(() => this.#tellings.take(node, owed));
    if (taken === 'unavailable') return taken;
    this.#taking = undefined;
    return owed.filter((_, i) => taken[i] === true).map(({ telling }) => telling);
  }

  totals(): Eventual<Totals | Unavailable> {
    return this.#ask(() => this.#parts.link.totals(this.#id));
  }

  socketsOf(node: number): Eventual<readonly string[] | Unavailable> {
    return this.#ask(() => this.#parts.link.socketsOf(this.#id, node));
  }

  get #tellings(): EngineTellings {
    return this.#parts.link.tellings(this.#id);
  }

  #ask<T>(call: () => Promise<T>): Eventual<T | Unavailable> {
    return this.#parts.state() === 'down' ? 'unavailable' : this.reads.ask(call);
  }
}
