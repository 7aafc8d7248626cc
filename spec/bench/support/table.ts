import { attempt } from './attempt';
import { short } from './figures';
import { tables, type Table } from './results';

const NAME_WIDTH = 40;
const WIDTH = 10;

/**
 * A table of the run: a head, and a row for each server as it is measured. Rates are also given as a multiple of the
 * first row, and CPU times inverted, so that more is better. A busy machine disturbs the second multiple less.
 */
export class Part {
  readonly #table: Table;
  #base: readonly number[] | undefined;

  /** @param figures names of the figures: a rate ends in `/s`, a CPU time begins with `server µs` or `CPU µs` */
  constructor(title: string, figures: string[], { isCharted = false } = {}) {
    this.#table = { title, figures, rows: [], notes: [], isCharted };
    tables.push(this.#table);
    const multiples = this.#multiples().map(([, name]) => name);
    console.log(`\n${title}`);
    this.#print('', [...figures, ...multiples]);
  }

  /** Measures a row; a failure is told in it, and the run goes on. */
  async measure(name: string, measurement: () => Promise<readonly number[]>): Promise<void> {
    this.row(name, await attempt(`${this.#table.title}, ${name}`, measurement));
  }

  /** @param values in the order of the figures; undefined where they could not be measured */
  row(name: string, values: readonly number[] | undefined): void {
    this.#table.rows.push({ name, values: values ?? [] });
    if (values === undefined) return this.#print(name, ['failed']);
    const base = (this.#base ??= values);
    const cells = this.#table.figures.map((_, i) => short(values[i] ?? NaN));
    const multiples = this.#multiples().map(([i, , isInverse]) => {
      const ratio = (values[i] ?? NaN) / (base[i] ?? NaN);
      return Number.isFinite(ratio) ? `${short(isInverse ? 1 / ratio : ratio)} x` : '-';
    });
    this.#print(name, [...cells, ...multiples]);
  }

  /** Tells how flat the CPU times of the rows are, and why they are not. */
  spread(reason: string): void {
    const at = this.#table.figures.findIndex(isCpu);
    const all = this.#table.rows.flatMap(({ values }) => values[at] ?? []);
    const ratio = short(Math.max(...all) / Math.min(...all));
    this.note(`CPU time: the most is ${ratio} times the least. ${reason}`);
  }

  /** A sentence on the table. */
  note(text: string): void {
    this.#table.notes.push(text);
    console.log(`  ${text}`);
  }

  /** Multiples of the first rate and of the first CPU time: the place of the figure, a name, and whether less is better. */
  #multiples(): Array<[index: number, name: string, isInverse: boolean]> {
    const { figures } = this.#table;
    const rate = figures.findIndex((name) => name.endsWith('/s'));
    const cpu = figures.findIndex(isCpu);
    const all: Array<[number, string, boolean]> = [
      [rate, 'by rate', false],
      [cpu, 'by CPU', true],
    ];
    return all.filter(([i]) => i >= 0);
  }

  #print(name: string, cells: readonly string[]): void {
    const { figures } = this.#table;
    const padded = cells.map((cell, i) =>
      cell.padStart(Math.max(WIDTH, (figures[i] ?? '').length + 2)),
    );
    console.log(name.padEnd(NAME_WIDTH) + padded.join(''));
  }
}

function isCpu(figure: string): boolean {
  return /^(server|CPU) µs/.test(figure);
}
