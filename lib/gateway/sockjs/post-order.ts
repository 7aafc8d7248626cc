import { BytePool } from '../core/timing/byte-pool';

/** Posts that may wait for an earlier one, and the characters of their texts, each with its quotes and comma. */
const MAX_WAITING = 64;
const MAX_WAITING_CHARACTERS = 256 * 1024;
const CHARACTERS_AROUND = 3;
/** Memory of a character, and of a post that waits beside its texts. */
const CHARACTER_BYTES = 2;
const POST_BYTES = 256;
/** Numbers that are remembered, so that a post which a browser repeats by itself is handled once. */
const MAX_SEEN = 512;

interface WaitingPost {
  texts: readonly string[];
  characters: number;
  /** Bytes that it has of the pool. */
  bytes: number;
}

/**
 * Order of the posts of one session. pusher-js numbers them (`&n=`), receivers and messages alike, but bodies may
 * complete in any order: they travel over several connections. Texts are given out in the order of the numbers. Other
 * connections of the same page count with the same counter and leave gaps, so the caller ends a wait with `skip`. Gaps
 * are no longer waited for then, until a post comes late after all. A client that sends no numbers is taken as it comes.
 * Posts of all sessions that wait share a pool, and where that has no room none is waited for.
 */
export class PostOrder {
  #next: number | undefined;
  readonly #pool: BytePool;
  readonly #waiting = new Map<number, WaitingPost>();
  #waitingCharacters = 0;
  readonly #seen = new Set<number>();
  /** A wait was in vain: the missing numbers are those of another connection. */
  #hasGaps = false;

  constructor(pool = new BytePool(Infinity)) {
    this.#pool = pool;
  }

  /** True while posts wait for an earlier one. */
  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  /** A post is there; returns the texts that are to be handled now. A receiver has none. */
  arrive(number: number | undefined, texts: readonly string[] = []): readonly string[] {
    if (number === undefined) return texts;
    if (this.#seen.has(number) || this.#waiting.has(number)) return [];
    if (this.#next === undefined || number < this.#next) {
      // The first of all, or a late one that nobody waits for any more.
      if (this.#next !== undefined) this.#hasGaps = false;
      this.#next ??= number + 1;
      this.#see(number);
      return texts;
    }
    const characters = charactersOf(texts);
    this.#waitingCharacters += characters;
    const asked = POST_BYTES + CHARACTER_BYTES * characters;
    const bytes = this.#pool.take(asked) ? asked : 0;
    this.#waiting.set(number, { texts, characters, bytes });
    const due = this.#takeDue();
    const waitsNot =
      this.#hasGaps ||
      bytes === 0 ||
      this.#waiting.size > MAX_WAITING ||
      this.#waitingCharacters > MAX_WAITING_CHARACTERS;
    return waitsNot ? [...due, ...this.skip()] : due;
  }

  /** Waits no longer for the numbers that are missing: everything that waits is to be handled now. */
  skip(): readonly string[] {
    const texts: string[] = [];
    while (this.#waiting.size > 0) {
      this.#hasGaps = true;
      this.#next = Math.min(...this.#waiting.keys());
      for (const text of this.#takeDue()) texts.push(text);
    }
    return texts;
  }

  /** Drops everything that waits. */
  end(): void {
    for (const { bytes } of this.#waiting.values()) this.#pool.give(bytes);
    this.#waiting.clear();
    this.#waitingCharacters = 0;
  }

  #takeDue(): string[] {
    const due: string[] = [];
    for (;;) {
      const number = this.#next as number;
      const post = this.#waiting.get(number);
      if (post === undefined) return due;
      this.#waiting.delete(number);
      this.#waitingCharacters -= post.characters;
      this.#pool.give(post.bytes);
      this.#see(number);
      this.#next = number + 1;
      for (const text of post.texts) due.push(text);
    }
  }

  #see(number: number): void {
    this.#seen.add(number);
    if (this.#seen.size <= MAX_SEEN) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      return;
    }
  }
}

function charactersOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length + CHARACTERS_AROUND, 0);
}
