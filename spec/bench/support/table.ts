import { short } from './figures';

const NAME_WIDTH = 34;
const WIDTH = 16;

/** One part of the table: a head, and a row for each server as it is measured. */
export class Part {
  readonly #figures: string[];
  #base: number | undefined;

  /** The first figure is also told as a ratio to that of the first row. */
  constructor(title: string, figures: string[]) {
    this.#figures = figures;
    const heads = [...figures, 'ratio'].map((name) => name.padStart(WIDTH)).join('');
    console.log(`\n${title}\n${''.padEnd(NAME_WIDTH)}${heads}`);
  }

  row(name: string, values: readonly number[]): void {
    const first = values[0] ?? NaN;
    this.#base ??= first;
    const cells = this.#figures.map((_, i) => short(values[i] ?? NaN));
    const all = [...cells, `${(first / this.#base).toFixed(2)} x`];
    console.log(name.padEnd(NAME_WIDTH) + all.map((cell) => cell.padStart(WIDTH)).join(''));
  }

  note(name: string, text: string): void {
    console.log(`${name.padEnd(NAME_WIDTH)}  ${text}`);
  }
}
