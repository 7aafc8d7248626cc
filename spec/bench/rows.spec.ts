import t from 'tap';
import { chart, figuresOf } from './report';
import { showRows } from './show-rows';
import type { Table } from './support/results';

t.test('the benchmark at a tiny size', async (t) => {
  await showRows(t, 'few');
});

const TABLE: Table = {
  title: 'Fan-out & <more>',
  figures: ['deliveries/s', 'server µs each'],
  rows: [
    { name: 'raw ws', values: [1_000, 10] },
    { name: 'standpipe', values: [2_500, 4] },
    { name: 'another', values: [] },
  ],
  notes: ['A sentence.'],
  isCharted: true,
};

t.test('the chart has a bar for each rate that was measured, the fastest first', (t) => {
  const text = chart([TABLE, { ...TABLE, isCharted: false }]);
  const [page, ours, other, none] = text.split('<rect').slice(1);
  t.match(page, 'class="page"');
  t.match(ours, 'class="ours"');
  t.match(ours, 'raw ws');
  t.match(other, 'class="other"');
  t.equal(none, undefined);
  t.match(text, 'Fan-out &amp; &lt;more>: deliveries/s');
  t.end();
});

t.test('the figures of README tell machine, command and failed rows', (t) => {
  const text = figuresOf([TABLE], { cost: false });
  t.match(text, '(lib/figures.svg)');
  t.match(text, /Measured on \d{4}-\d\d-\d\d with `npm run bench.*` on \d+ cores/);
  t.match(text, '| standpipe | 2500 | 4.00 |');
  t.match(text, '| another | failed |  |');
  t.match(text, 'A sentence.');
  t.notMatch(figuresOf([TABLE], { cost: true }), 'figures.svg');
  t.end();
});
