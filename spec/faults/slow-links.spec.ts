import t from 'tap';
import { Chance } from '../support/simulator/chance';
import type { LineOptions } from '../support/slow-line';
import { slowLink } from './slow-links';

const chance = new Chance(1);
const LINES: ReadonlyArray<[string, LineOptions]> = [
  ['every byte alone', { maxWriteBytes: 1 }],
  ['delays that differ', { delayMs: () => chance.whole(0, 20) }],
  ['512 kbit/s', { bytesPerMs: 64 }],
  ['all of it', { maxWriteBytes: 50, delayMs: () => chance.whole(0, 10), bytesPerMs: 256 }],
];

for (const [name, line] of LINES) {
  t.test(`a line with ${name} loses nothing and keeps the order`, async (t) => {
    const report = await slowLink(t, line, { messages: 10, dataBytes: 20 });
    t.same(report.faults, []);
    t.equal(report.answers, 10 * 4 * 4);
    t.equal(report.lost, 0, 'and no connection');
    t.ok(report.unsentBytes <= report.capBytes);
  });
}
