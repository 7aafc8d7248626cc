import type { Group, GroupMember } from '../../../lib/gateway/core/streams/group';
import { PipeSession } from '../../../lib/gateway/protocols/pipe/session';
import { hash32 } from '../../../lib/util/hash';
import { EventKind, type PipeEvent } from '../../../lib/wire/frames';
import { faultsOf, sumOf, type Fault, type Line } from '../ledger';

/** The session of a member: members of a name follow each other, each with a session of its own. */
export function sessionIdOf(member: GroupMember | undefined): string | undefined {
  return member instanceof PipeSession ? member.id : undefined;
}

/** The ledger of one group's stream, for as long as the gateway keeps the group. */
export class Stream {
  readonly group: Group;
  readonly node: string;
  readonly #ordered: boolean;
  readonly #lines: Line[] = [];
  /** Key and number of a message, by its id. */
  readonly #places = new Map<number, { key: string; n: number }>();
  readonly #counts = new Map<string, number>();
  /** Number of times that handlers began on a message, by its id. */
  readonly #times = new Map<number, number>();
  readonly #generations: number[];
  /** By partition, who has ever owned it. */
  readonly #owners: Array<Array<string | undefined>>;
  #over = false;

  /** @param ordered false when the events of a key may go to several members, so that they have no order */
  constructor(group: Group, node: string, ordered: boolean) {
    this.group = group;
    this.#ordered = ordered;
    this.node = node;
    this.#generations = group.partitions.map(() => 0);
    this.#owners = group.partitions.map(() => []);
  }

  get over(): boolean {
    return this.#over;
  }

  /** The group is offered an event. */
  offered({ kind, socketId, channel, event, data = '' }: PipeEvent): void {
    if (kind !== EventKind.MESSAGE || !this.group.wants(kind, channel, event)) return;
    const { id } = JSON.parse(data) as { id: number };
    const key = this.#keyOf(id, socketId, channel);
    const n = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, n);
    this.#places.set(id, { key, n });
    this.#lines.push({ type: 'produced', key, n, sum: sumOf(data) });
  }

  /** A handler begins. True when one has begun on that message before. */
  began(to: string, id: number, data: string, redelivered: boolean): boolean {
    // An event that was handed on may come to one process again and again, and says so.
    const times = this.#times.get(id) ?? 0;
    this.#times.set(id, times + 1);
    const process = redelivered && !this.#ordered ? `${to}, ${times} before` : to;
    const place = this.#places.get(id) ?? { key: `message ${id}`, n: 0 };
    this.#lines.push({ type: 'began', process, ...place, sum: sumOf(data), redelivered });
    return times > 0;
  }

  ended(process: string, id: number): void {
    const place = this.#places.get(id);
    if (place !== undefined) this.#lines.push({ type: 'ended', process, ...place });
  }

  announced(process: string, count: number | undefined): void {
    this.#lines.push({ type: 'announced', process, count });
  }

  /** The gateway has given the group up, or died with it: its members are told by a reset. */
  end(): void {
    if (!this.#over) this.announced('the gateway', undefined);
    this.#over = true;
  }

  /** The owner of a key, which knows what there is of it since it had it first and only once. */
  knowerOf(key: string): string | undefined {
    const owners = this.#owners[hash32(key) % this.#owners.length] ?? [];
    const last = owners.at(-1);
    return owners.indexOf(last) === owners.length - 1 ? last : undefined;
  }

  faults(): Fault[] {
    return faultsOf(this.#lines);
  }

  /** Invariants of every moment: ordered numbers of the logs, kept limits and growing generations. Returns a broken one. */
  broken(credit: number): string | undefined {
    const { group } = this;
    const inFlight = new Map<object | undefined, number>();
    for (const partition of group.partitions) {
      const { log, number, generation } = partition;
      const { committed, sentUpTo, sent, top, low, length, unacked } = log;
      const numbers = { acked: committed.offset, sentUpTo, sent, top, low, length, unacked };
      const ordered = committed.offset <= sentUpTo && sentUpTo <= top && sent <= top;
      if (!ordered || low > top + 1) return JSON.stringify(numbers);
      if (length > group.settings.maxEntries) return `${length} events in the log of ${number}`;
      if (generation < (this.#generations[number] ?? 0)) return `generation ${generation} after`;
      this.#generations[number] = generation;
      const owner = group.owner(partition);
      const owners = this.#owners[number];
      if (owners?.at(-1) !== sessionIdOf(owner)) owners?.push(sessionIdOf(owner));
      const sum = (inFlight.get(owner) ?? 0) + log.inFlight;
      if (sum > credit) return `${sum} events in flight to ${owner?.name}`;
      inFlight.set(owner, sum);
    }
    return undefined;
  }

  #keyOf(id: number, socketId: string, channel: string | undefined): string {
    const { mode, order } = this.group.settings;
    if (mode === 'shared' || !this.#ordered) return `message ${id}`;
    return (order === 'channel' && channel) || socketId;
  }
}
