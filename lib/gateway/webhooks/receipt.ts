import type { Telling } from '../../brokers/broker';

/** Endpoints that have yet to take an event, or to give it up. */
export class Receipt {
  /** Queues in which an event that takes this one back came while it waited, or that one: neither is sent from there. */
  readonly undoneIn = new Set<object>();
  readonly #settled: () => void;
  #holders = 0;

  /** @param settled called when nobody holds the event any more */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    if (this.#holders === 0) this.#settled();
  }
}

/** A state that this node tells, until no endpoint has yet to take it. */
export interface OpenTelling {
  readonly telling: Telling;
  readonly receipt: Receipt;
  isSettled: boolean;
}

/** States that this node tells, by channel or member, in their order: of each until nobody holds any of them. */
export class OpenTellings {
  readonly #byName = new Map<string, OpenTelling[]>();

  add(told: OpenTelling): void {
    const name = nameOf(told.telling);
    const known = this.#byName.get(name) ?? [];
    this.#byName.set(name, [...known.filter(({ isSettled }) => !isSettled), told]);
  }

  /** True for a state that an endpoint may know last, as far as this node tells it. */
  isLast({ telling }: OpenTelling): boolean {
    const known = this.#byName.get(nameOf(telling)) ?? [];
    const queues = new Set(known.flatMap(({ receipt }) => [...receipt.undoneIn]));
    const lasts = Array.from(queues, (queue) =>
      known.findLast(({ receipt }) => !receipt.undoneIn.has(queue)),
    );
    return [known.at(-1), ...lasts].some((last) => last && isSame(last.telling, telling));
  }

  /** Entries that are to be settled now: of a state that is told twice, as one taken over may be, only the last one. */
  due(settled: readonly OpenTelling[]): OpenTelling[] {
    return settled.filter((told, i) => {
      const known = this.#byName.get(nameOf(told.telling)) ?? [];
      return !known.some((other) => {
        if (other === told || other.isSettled || !isSame(other.telling, told.telling)) return false;
        const at = settled.indexOf(other);
        return at < 0 || at > i;
      });
    });
  }

  settle(told: OpenTelling): void {
    told.isSettled = true;
    const name = nameOf(told.telling);
    const known = this.#byName.get(name) ?? [];
    if (known.every(({ isSettled }) => isSettled)) this.#byName.delete(name);
    else if (!this.isLast(told)) known.splice(known.indexOf(told), 1);
  }
}

function isSame(one: Telling, other: Telling): boolean {
  return one.seq === other.seq && one.present === other.present;
}

/** A name of a channel may hold any character but a line break. */
function nameOf({ channel, userId = '' }: Telling): string {
  return `${channel}\n${userId}`;
}
