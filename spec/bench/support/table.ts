import { short } from './figures';
import { tables, type Table } from './results';

const NAME_WIDTH = 24;
const WIDTH = 16;

/**
 * A part of the table: a head, and a row for each server as it is measured. The first two figures are the rate per
 * second and the server's CPU per message; both are also given as a multiple of the first row, the CPU inverted, so
 * that more is better. A busy machine disturbs the second multiple less.
 */
export class Part {
  readonly #figures: string[];
  readonly #table: Table;
  #base: readonly number[] | undefined;

  constructor(title: string, figures: string[]) {
    this.#figures = figures;
    this.#table = { title, figures, rows: [] };
    tables.push(this.#table);
    const heads = [...figures, 'by rate', 'by CPU'].map((name) => name.padStart(WIDTH)).join('');
    console.log(`\n${title}\n${''.padEnd(NAME_WIDTH)}${heads}`);
  }

  row(name: string, values: readonly number[]): void {
    this.#base ??= values;
    this.#table.rows.push({ name, values });
    const [rate = NaN, cpu = NaN] = values;
    const [baseRate = NaN, baseCpu = NaN] = this.#base;
    const cells = this.#figures.map((_, i) => short(values[i] ?? NaN));
    const all = [...cells, `${short(rate / baseRate)} x`, `${short(baseCpu / cpu)} x`];
    console.log(name.padEnd(NAME_WIDTH) + all.map((cell) => cell.padStart(WIDTH)).join(''));
  }

  note(name: string, text: string): void {
    console.log(`${name.padEnd(NAME_WIDTH)}  ${text}`);
  }
}
