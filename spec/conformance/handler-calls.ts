import type { Meta } from '../../lib';

interface Entry {
  what: unknown[];
  meta: Meta;
}

/** Writes down what the handlers of a backend were called with. */
export class HandlerCalls {
  readonly #entries: Entry[] = [];
  #look: () => void = () => undefined;

  /** Calls that nobody has taken. */
  get left(): number {
    return this.#entries.length;
  }

  /** A handler that notes its arguments after a label; the last one, the meta, is kept apart. */
  hears(label: string): (...args: unknown[]) => void {
    return (...args) => {
      const meta = args.pop() as Meta;
      this.#entries.push({ what: [label, ...args], meta });
      this.#look();
    };
  }

  /** The next calls, in order: the label, then the arguments. */
  async take(count: number): Promise<unknown[][]> {
    return (await this.takeWhole(count)).map(({ what }) => what);
  }

  /** The same, each with its meta. */
  async takeWhole(count: number): Promise<Entry[]> {
    await new Promise<void>((resolve, reject) => {
      const gaveUp = (): void =>
        reject(new Error(`waited in vain; ${JSON.stringify(this.#entries.slice(-5))}`));
      const timer = setTimeout(gaveUp, 20_000);
      this.#look = () => {
        if (this.#entries.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      this.#look();
    });
    return this.#entries.splice(0, count);
  }
}
