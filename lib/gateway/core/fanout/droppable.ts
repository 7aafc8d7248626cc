/**
 * An event that a socket which is behind may miss: in favour of a later one of its `key`, or for good when it has none
 * (it is volatile then).
 */
export interface Droppable {
  readonly key: string | undefined;
}

export const VOLATILE: Droppable = Object.freeze({ key: undefined });

/** Texts of a batch that may be dropped, by their index in the batch. */
export class DroppableTexts {
  /** The last text of each key, in the order of the texts. */
  readonly latest = new Map<string, number>();
  readonly volatile = new Set<number>();
  /** Earlier texts of these keys, which are empty now. */
  replaced = 0;
  /** Sockets that are behind: they get nothing of the batch, or no volatile text of it. */
  readonly behind = new Map<object, 'nothing' | 'no volatile'>();

  get size(): number {
    return this.latest.size + this.volatile.size + this.replaced;
  }

  /** Adds a text. Returns the text whose place it takes, if there is one. */
  add(index: number, { key }: Droppable): number | undefined {
    if (key === undefined) {
      this.volatile.add(index);
      return undefined;
    }
    const earlier = this.latest.get(key);
    if (earlier !== undefined) this.replaced++;
    // The order is that of the last texts.
    this.latest.delete(key);
    this.latest.set(key, index);
    return earlier;
  }

  /** True for a text that is not for this socket. */
  isDropped(index: number, socket: object): boolean {
    const gets = this.behind.get(socket);
    return gets === 'nothing' || (gets === 'no volatile' && this.volatile.has(index));
  }
}
