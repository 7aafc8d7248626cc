import type { Encoded, Encoder, Outlet } from './outlet';

/** The latest texts that some sockets of an audience miss, with the sockets. */
export class MissedTexts {
  /** Sockets, each with the number of the last text that it does not miss. */
  readonly #sockets = new Map<Outlet, number>();
  /** The latest text of each key, in the order of their numbers. */
  readonly #latest = new Map<string, { number: number; text: string }>();
  /** Number of the last text; texts are numbered from 1. */
  #number = 0;
  #bytes = 0;
  /** The latest texts as they are now: sockets that catch up share them. */
  readonly #encoded = new Map<Encoder, Encoded>();

  /** Nobody misses anything any more. */
  get isOver(): boolean {
    return this.#sockets.size === 0;
  }

  /** The sockets at present, as a list of its own. */
  sockets(): Outlet[] {
    return [...this.#sockets.keys()];
  }

  /** A socket misses all texts from here on, unless it misses some already. */
  begin(outlet: Outlet): void {
    if (!this.#sockets.has(outlet)) this.#sockets.set(outlet, this.#number);
  }

  /** A socket misses nothing from here on. Returns how many texts it has missed. */
  end(outlet: Outlet): number {
    const last = this.#sockets.get(outlet) ?? this.#number;
    this.#sockets.delete(outlet);
    return this.#number - last;
  }

  /** Keys, and bytes of their latest texts, once those of a batch were added. */
  sizeWith(
    texts: readonly string[],
    latest: ReadonlyMap<string, number>,
  ): { keys: number; bytes: number } {
    let keys = this.#latest.size;
    let bytes = this.#bytes;
    for (const [key, index] of latest) {
      const earlier = this.#latest.get(key);
      if (earlier === undefined) keys++;
      bytes += Buffer.byteLength(texts[index] as string) - Buffer.byteLength(earlier?.text ?? '');
    }
    return { keys, bytes };
  }

  /** Adds the latest texts of a batch. */
  add(texts: readonly string[], latest: ReadonlyMap<string, number>): void {
    this.#bytes = this.sizeWith(texts, latest).bytes;
    for (const [key, index] of latest) {
      const text = texts[index] as string;
      this.#latest.delete(key);
      this.#latest.set(key, { number: ++this.#number, text });
    }
    this.#encoded.clear();
  }

  /** The latest texts that a socket misses, encoded for it, and how many they are. */
  missedBy(outlet: Outlet): { bytes: Buffer; texts: number } {
    const last = this.#sockets.get(outlet) ?? this.#number;
    const latest = [...this.#latest.values()];
    const { bytes, ends } = this.#encodedFor(outlet.sink.encoder, latest);
    const first = latest.findIndex(({ number }) => number > last);
    if (first < 0) return { bytes: Buffer.alloc(0), texts: 0 };
    return { bytes: bytes.subarray(ends[first - 1] ?? 0), texts: latest.length - first };
  }

  #encodedFor(encoder: Encoder, latest: ReadonlyArray<{ text: string }>): Encoded {
    let encoded = this.#encoded.get(encoder);
    if (encoded === undefined) {
      encoded = encoder.encode(latest.map(({ text }) => text));
      this.#encoded.set(encoder, encoded);
    }
    return encoded;
  }
}
