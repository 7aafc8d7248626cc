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
const CHART = 'spec/bench/chart.svg';
const [WIDTH, NAMES, BAR, GAP] = [760, 250, 18, 34];

/** Writes the chart and the tables into README.md, with the machine, the date and the command. */
export function writeReport(tables: readonly Table[], command: string): void {
  writeFileSync(join(ROOT, CHART), chart(tables));
  const file = join(ROOT, 'README.md');
  const all = cpus();
  const machine = `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'}), kernel ${release()}, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  const text = [
    `![Rates of Standpipe beside other servers](${CHART})`,
    `Measured on ${date} with \`${command}\` on ${machine}.`,
    ...tables.map(markdown),
  ].join('\n\n');
  writeFileSync(file, placed(readFileSync(file, 'utf8'), 'bench', `\n${text}\n`));
}

/** The first figure of each table, its rate, as bars; texts follow the light or dark scheme of the reader. */
export function chart(tables: readonly Table[]): string {
  let y = 8;
  const parts: string[] = [];
  const text = (x: number, kind: string, words: string): void => {
    parts.push(`<text x="${x}" y="${y + 13}" class="${kind}">${escaped(words)}</text>`);
  };
  for (const { title, figures, rows } of tables) {
    text(8, 'title', `${title} (${figures[0]})`);
    y += BAR + 6;
    const most = Math.max(...rows.map(({ values }) => values[0] ?? 0));
    for (const { name, values } of rows) {
      const rate = values[0] ?? 0;
      const width = Math.max(1, (rate / most) * (WIDTH - NAMES - 90));
      const kind = name.startsWith('standpipe') ? 'ours' : 'other';
      text(8, 'name', name);
      parts.push(
        `<rect x="${NAMES}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 4}" class="${kind}"/>`,
      );
      text(NAMES + width + 8, 'name', short(rate));
      y += BAR + 2;
    }
    y += GAP - BAR;
  }
  const style = [
    'text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}',
    '.ours{fill:#0969da}.other{fill:#8c959f}',
    '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#4493f8}.other{fill:#6e7681}}',
  ].join('');
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img">`;
  return `${open}<title>Rates, more is better</title><style>${style}</style>\n${parts.join('\n')}\n</svg>\n`;
}

function markdown({ title, figures, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([title, ...figures]),
    line(['---', ...figures.map(() => '---:')]),
    ...rows.map(({ name, values }) =>
      line([name, ...figures.map((_, i) => short(values[i] ?? NaN))]),
    ),
  ].join('\n');
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
