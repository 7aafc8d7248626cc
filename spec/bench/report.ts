import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { short } from './support/figures';
import type { Table } from './support/results';

interface Tables {
  placed(text: string, name: string, table: string): string;
}

// oxlint-disable-next-line typescript/no-require-imports
const { placed } = require('../../.ci/tables.cjs') as Tables;

const ROOT = join(__dirname, '..', '..');
/** Packed with README.md, which shows it. */
const CHART = 'lib/figures.svg';
const [WIDTH, EDGE, BARS, VALUES] = [800, 16, 300, 80];
const [LINE, BAR, GAP] = [20, 14, 18];
const STYLE = [
  'text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}',
  '.page{fill:#fff}.title{font-weight:600}.ours{fill:#0969da}.other{fill:#afb8c1}.own{font-weight:600}',
  '@media(prefers-color-scheme:dark){',
  'text{fill:#e6edf3}.page{fill:#0d1117}.ours{fill:#4493f8}.other{fill:#656c76}}',
].join('');

/** Writes the tables of a run into README.md; the chart too, but for `cost`. */
export function writeReport(tables: readonly Table[], { cost }: { cost: boolean }): void {
  if (!cost) writeFileSync(join(ROOT, CHART), chart(tables));
  const file = join(ROOT, 'README.md');
  const text = figuresOf(tables, { cost });
  writeFileSync(file, placed(readFileSync(file, 'utf8'), cost ? 'cost' : 'bench', `\n${text}\n`));
}

/** Text of README.md: the tables of a run, with the machine, the date and the command. */
export function figuresOf(tables: readonly Table[], { cost }: { cost: boolean }): string {
  const all = cpus();
  const machine = `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'}), kernel ${release()}, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  const flags = process.argv.slice(2);
  const command = ['npm run bench', ...(flags.length > 0 ? ['--'] : []), ...flags].join(' ');
  return [
    ...(cost ? [] : [`![Rates of Standpipe beside other servers](${CHART})`]),
    `Measured on ${date} with \`${command}\` on ${machine}.`,
    `<details>\n<summary>${cost ? 'Cost as the work grows' : 'All figures'}</summary>`,
    ...tables.map(markdown),
    '</details>',
  ].join('\n\n');
}

/**
 * Rates of the charted tables as bars, the fastest first. Texts and page follow the light or dark scheme of the reader; the
 * page has a colour of its own, as a website may have another scheme than the system.
 */
export function chart(tables: readonly Table[]): string {
  let y = EDGE;
  const parts: string[] = [];
  const text = (x: number, kind: string, words: string): void => {
    parts.push(`<text x="${x.toFixed(0)}" y="${y + 12}" class="${kind}">${escaped(words)}</text>`);
  };
  for (const { title, figures, rows } of tables.filter(({ isCharted }) => isCharted)) {
    text(EDGE, 'title', `${title}: ${figures[0]}`);
    y += LINE + 4;
    const rates = rows.flatMap(({ name, values: [rate] }) =>
      rate === undefined ? [] : [{ name, rate }],
    );
    rates.sort((a, b) => b.rate - a.rate);
    for (const { name, rate } of rates) {
      const width = Math.max(1, (rate / (rates[0]?.rate ?? 1)) * (WIDTH - BARS - VALUES));
      const isOurs = name.startsWith('standpipe');
      const own = isOurs ? 'own' : 'name';
      text(EDGE, own, name);
      const size = `width="${width.toFixed(1)}" height="${BAR}" rx="2"`;
      parts.push(`<rect x="${BARS}" y="${y}" ${size} class="${isOurs ? 'ours' : 'other'}"/>`);
      text(BARS + width + 8, own, short(rate));
      y += LINE;
    }
    y += GAP;
  }
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`;
  const page = `<rect width="${WIDTH}" height="${y}" rx="6" class="page"/>`;
  const title = '<title>Rates of Standpipe beside other servers; more is better</title>';
  return `${open}${title}<style>${STYLE}</style>\n${page}\n${parts.join('\n')}\n</svg>\n`;
}

function markdown({ title, figures, rows, notes }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    line([title, ...figures]),
    line(['---', ...figures.map(() => '---:')]),
    ...rows.map(({ name, values }) =>
      values.length === 0
        ? line([name, 'failed', ...figures.slice(1).map(() => '')])
        : line([name, ...figures.map((_, i) => short(values[i] ?? NaN))]),
    ),
  ].join('\n');
  return [table, ...notes].join('\n\n');
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
