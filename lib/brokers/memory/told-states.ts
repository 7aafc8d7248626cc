import type { Answer, Settled, Telling } from '../broker';
import type { OwedTelling } from '../joined/engine-link';

/** Time for which it is known that something was told as gone: questions about it come late, or again, within it. */
const GONE_MS = 600_000;

/**
 * The last telling of a thing: the number of its change, and the node that told it. Number 0: it was there when nothing was
 * known, and is taken for told, unless its change is still on its way. Node 0: a later change brought the same state.
 */
interface Mark {
  readonly seq: number;
  readonly node: number;
  /** Found by a review. */
  readonly isFound: boolean;
  /** This state, or one before it, was told again by another node. */
  readonly isAgain: boolean;
}

/** States of which observers outside were told last, by channel and member. */
export class ToldStates {
  readonly #present = new Map<string, Mark>();
  /** The oldest first. */
  readonly #gone = new Map<string, Mark & { readonly endsAtMs: number }>();
  /** States that nodes have yet to tell, by node and change. */
  readonly #owed = new Map<string, OwedTelling>();
  /** False as long as nobody has asked for differences: until then it is not known what was told before. */
  #isComplete = false;

  tell(node: number, tellings: readonly Telling[], nowMs: number): Answer[] {
    for (const [name, { endsAtMs }] of this.#gone) {
      if (endsAtMs > nowMs) break;
      this.#gone.delete(name);
    }
    return tellings.map((telling) => this.#tell(node, telling, nowMs));
  }

  /** Returns the states that the node owes instead. */
  told(node: number, settled: readonly Settled[]): Telling[] {
    return settled.flatMap(({ isLast, ...telling }) => {
      const isOwed = this.#owed.delete(owedName(node, telling));
      const name = nameOf(telling);
      const here = this.#present.get(name);
      const present = here !== undefined;
      if (!isLast || present === telling.present) return [];
      const gone = this.#gone.get(name);
      // A mark of what is gone may be too old to be kept.
      const { seq } = here ?? gone ?? telling;
      const instead = { ...telling, present, seq };
      const owed = owedName(node, instead);
      if (isOwed) this.#owed.set(owed, { node, telling: instead });
      // The question may have been asked before.
      if (!this.#owed.has(owed)) return [];
      if (here !== undefined) this.#present.set(name, { ...here, isAgain: true });
      else if (gone !== undefined) this.#gone.set(name, { ...gone, isAgain: true });
      return [instead];
    });
  }

  /** States that nodes owe, in the order of their changes. */
  owed(): OwedTelling[] {
    return [...this.#owed.values()].sort((a, b) => a.telling.seq - b.telling.seq);
  }

  /** A node owes them from now on; true for each that no other one has taken. */
  take(node: number, owed: readonly OwedTelling[]): boolean[] {
    return owed.map(({ node: of, telling }) => {
      const isTaken = this.#owed.delete(owedName(of, telling));
      if (isTaken) this.#owed.set(owedName(node, telling), { node, telling });
      return isTaken || this.#owed.has(owedName(node, telling));
    });
  }

  /** Differences to all that is present, which counts as told when nothing is known. */
  differences(
    channels: Iterable<string>,
    members: Iterable<readonly [channel: string, list: ReadonlyMap<string, unknown>]>,
    seq: number,
  ): Telling[] {
    const present: Telling[] = Array.from(channels, (channel) => {
      return { channel, userId: undefined, present: true, seq };
    });
    for (const [channel, list] of members) {
      for (const userId of list.keys()) present.push({ channel, userId, present: true, seq });
    }
    const names = new Map(present.map((telling) => [nameOf(telling), telling]));
    const added = [...names].filter(([name]) => !this.#present.has(name));
    if (!this.#isComplete) {
      this.#isComplete = true;
      for (const [name] of added.splice(0))
        this.#present.set(name, { seq: 0, node: 0, isFound: false, isAgain: false });
    }
    const gone = [...this.#present.keys()].filter((name) => !names.has(name));
    return [
      ...added.map(([, telling]) => telling),
      ...gone.map((name) => ({ ...readName(name), present: false, seq })),
    ];
  }

  #tell(node: number, telling: Telling, nowMs: number): Answer {
    const { present, seq, isFound = false } = telling;
    const name = nameOf(telling);
    const here = this.#present.get(name);
    const told = here ?? this.#gone.get(name);
    const isSame = told !== undefined && told.seq > 0 && (here !== undefined) === present;
    const isAgain = told?.isAgain === true;
    const yes = isAgain ? 'apart' : 'yes';
    if (isSame && told.seq === seq) {
      return told.node === node && told.isFound === isFound ? yes : 'no';
    }
    if (told !== undefined && told.seq >= seq) return 'no';
    const mark = { seq, node: isSame ? 0 : node, isFound, isAgain };
    this.#present.delete(name);
    this.#gone.delete(name);
    if (present) this.#present.set(name, mark);
    else this.#gone.set(name, { ...mark, endsAtMs: nowMs + GONE_MS });
    if (isSame) return 'no';
    this.#owed.set(owedName(node, telling), { node, telling });
    return yes;
  }
}

/** A name of a channel may hold any character but a line break. */
function nameOf({ channel, userId }: Pick<Telling, 'channel' | 'userId'>): string {
  return userId === undefined ? channel : `${channel}\n${userId}`;
}

function owedName(node: number, telling: Telling): string {
  return `${node} ${telling.seq} ${telling.present} ${nameOf(telling)}`;
}

function readName(name: string): Pick<Telling, 'channel' | 'userId'> {
  const at = name.indexOf('\n');
  return at < 0
    ? { channel: name, userId: undefined }
    : { channel: name.slice(0, at), userId: name.slice(at + 1) };
}
