import fc from 'fast-check';
import t from 'tap';
import { faultsOf, type FaultType, type Line } from './ledger';
import { runs } from './depth';

type Began = Extract<Line, { type: 'began' }>;

const KEYS = ['a', 'b', 'c'];
const PER_KEY = 5;

/**
 * Two backends and two browsers: events of `b` that one of the backends had begun when it died, the other did again.
 */
function goodLog(): Line[] {
  const lines: Line[] = [];
  const begin = (process: string, key: string, n: number, redelivered = false): void => {
    lines.push({ type: 'began', process, key, n, sum: 1000 + n, redelivered });
  };
  for (let n = 1; n <= PER_KEY; n++) {
    for (const key of KEYS) lines.push({ type: 'produced', key, n, sum: 1000 + n });
    for (const key of KEYS) {
      const dies = key === 'b' && n === 3;
      const process = key === 'b' && n < 4 ? 'first' : 'second';
      begin(process, key, n);
      if (dies) begin('second', key, n, true);
      lines.push({ type: 'ended', process: dies ? 'second' : process, key, n });
    }
    lines.push({ type: 'sent', process: 'second', n, browsers: ['left', 'right'] });
    for (const browser of ['left', 'right']) {
      if (n !== 4) lines.push({ type: 'seen', browser, process: 'second', n });
    }
    lines.push({ type: 'settled', process: 'second', n, outcome: n === 4 ? 'not_sent' : 'ok' });
  }
  return lines;
}

const at = (lines: readonly Line[], found: (line: Line) => boolean): number => {
  const index = lines.findIndex(found);
  if (index < 0) throw new Error('the good log has no such line');
  return index;
};

const isBegun =
  (key: string, n: number, process = 'second') =>
  (line: Line): boolean =>
    line.type === 'began' && line.key === key && line.n === n && line.process === process;

const isEnded =
  (key: string, n: number) =>
  (line: Line): boolean =>
    line.type === 'ended' && line.key === key && line.n === n;

const isSeen =
  (browser: string, n: number) =>
  (line: Line): boolean =>
    line.type === 'seen' && line.browser === browser && line.n === n;

/** Changes fields of the line that is found. */
function alter(lines: Line[], found: (line: Line) => boolean, change: object): void {
  const index = at(lines, found);
  lines[index] = { ...lines[index], ...change } as Line;
}

function swap(lines: Line[], one: (line: Line) => boolean, other: (line: Line) => boolean): void {
  const [i, j] = [at(lines, one), at(lines, other)];
  [lines[i], lines[j]] = [lines[j] as Line, lines[i] as Line];
}

function remove(lines: Line[], key: string, n: number): void {
  lines.splice(at(lines, isBegun(key, n)), 1);
  lines.splice(at(lines, isEnded(key, n)), 1);
}

/** Damages, and the fault as which each has to be found. */
const DAMAGES: ReadonlyArray<[string, (lines: Line[]) => void, FaultType]> = [
  ['an event that nobody handles', (lines) => remove(lines, 'a', PER_KEY), 'lost'],
  [
    'an event whose handler never ends',
    (lines) => lines.splice(at(lines, isEnded('c', PER_KEY)), 1),
    'lost',
  ],
  [
    'a loss told after what lies behind it',
    (lines) => {
      remove(lines, 'a', 2);
      lines.push({ type: 'announced', process: 'second', count: 1 });
    },
    'unannounced',
  ],
  [
    'more lost than announced',
    (lines) => {
      remove(lines, 'a', PER_KEY);
      remove(lines, 'c', PER_KEY);
      lines.push({ type: 'announced', process: 'second', count: 1 });
    },
    'lost',
  ],
  [
    'an event handled twice by one process',
    (lines) => {
      const index = at(lines, isEnded('a', 2));
      const again = [lines[at(lines, isBegun('a', 2))] as Began, lines[index] as Line];
      lines.splice(index + 1, 0, ...again);
    },
    'duplicate',
  ],
  [
    'a copy that does not say it is one',
    (lines) => alter(lines, isBegun('b', 3), { redelivered: false }),
    'unflagged',
  ],
  [
    'two events in the wrong order',
    (lines) => {
      swap(lines, isBegun('a', 2), isBegun('a', 3));
      swap(lines, isEnded('a', 2), isEnded('a', 3));
    },
    'reordered',
  ],
  [
    'two events in the wrong order, in two processes',
    (lines) => {
      alter(lines, isBegun('a', 3), { process: 'first' });
      alter(lines, isEnded('a', 3), { process: 'first' });
      swap(lines, isBegun('a', 3, 'first'), isBegun('a', 4));
      swap(lines, isEnded('a', 3), isEnded('a', 4));
    },
    'reordered',
  ],
  [
    'a handler begun while the one before still runs',
    (lines) => swap(lines, isEnded('c', 1), isBegun('c', 2)),
    'overlap',
  ],
  ['changed data', (lines) => alter(lines, isBegun('b', 5), { sum: 7 }), 'altered'],
  ['an event that never was', (lines) => alter(lines, isBegun('a', 1), { key: 'z' }), 'invented'],
  [
    'a trigger that nobody hears the end of',
    (lines) =>
      lines.splice(
        at(lines, (line) => line.type === 'settled' && line.n === 3),
        1,
      ),
    'unsettled',
  ],
  [
    'an applied trigger that one browser did not see',
    (lines) => lines.splice(at(lines, isSeen('right', 2)), 1),
    'unseen',
  ],
  [
    'a trigger that a browser saw twice',
    (lines) =>
      lines.splice(at(lines, isSeen('left', 2)), 0, lines[at(lines, isSeen('left', 2))] as Line),
    'seen twice',
  ],
  [
    'a trigger seen though it was not sent',
    (lines) => lines.push({ type: 'seen', browser: 'left', process: 'second', n: 4 }),
    'seen for nothing',
  ],
  [
    'triggers seen in another order',
    (lines) => swap(lines, isSeen('left', 2), isSeen('left', 3)),
    'seen out of order',
  ],
];

t.test('a log of a good run has no faults', async (t) => {
  t.same(faultsOf(goodLog()), []);
});

t.test('losses that were announced before anything behind them are no faults', async (t) => {
  const lines = goodLog();
  lines.splice(at(lines, isBegun('a', 2)), 0, { type: 'announced', process: 'second', count: 1 });
  remove(lines, 'a', 2);
  t.same(faultsOf(lines), []);
  const unknown = goodLog();
  for (const key of ['a', 'c']) remove(unknown, key, PER_KEY);
  unknown.push({ type: 'announced', process: 'second', count: undefined });
  t.same(faultsOf(unknown), [], 'nobody knows how many');
});

for (const [what, damage, type] of DAMAGES) {
  t.test(`the judge finds ${what}`, async (t) => {
    const lines = goodLog();
    damage(lines);
    const faults = faultsOf(lines);
    t.ok(
      faults.some((fault) => fault.type === type),
      JSON.stringify(faults),
    );
  });
}

t.test('no line of an event can be changed, and no handler doubled, unseen', async () => {
  const events = goodLog().flatMap((line, i) =>
    line.type === 'produced' || line.type === 'began' ? [i] : [],
  );
  fc.assert(
    fc.property(fc.constantFrom(...events), fc.constantFrom('sum', 'n', 'twice'), (i, how) => {
      const lines = goodLog();
      const line = lines[i] as Began;
      fc.pre(how !== 'twice' || line.type === 'began');
      if (how === 'twice') lines.splice(i, 0, line);
      else lines[i] = { ...line, [how]: line[how === 'sum' ? 'sum' : 'n'] + 100 };
      return faultsOf(lines).length > 0;
    }),
    { numRuns: runs(300) },
  );
});
