import t from 'tap';
import { backlog, flood } from './overload';

const ROUNDS = 40;
const PER_ROUND = 100;

t.test('a backend at its limit handles everything', async (t) => {
  const report = await backlog(t, { rounds: ROUNDS, perRound: PER_ROUND, factor: 1 });
  t.same(report.faults, []);
  t.equal(report.handled, ROUNDS * PER_ROUND);
  t.equal(report.gaps, 0);
});

t.test('a backend at twice its limit handles as much, and is told of every loss', async (t) => {
  const report = await backlog(t, { rounds: ROUNDS, perRound: PER_ROUND, factor: 2 });
  t.same(report.faults, []);
  t.ok(report.handled >= ROUNDS * PER_ROUND * 0.8, `${report.handled} handled`);
  t.equal(report.handled + report.announced, 2 * ROUNDS * PER_ROUND, 'and the others counted');
  t.ok(report.announced > 0, 'it was too much');
  t.ok(report.waiting <= report.cap, `${report.waiting} waited, of ${report.cap}`);
});

t.test(
  'a publisher at twice its outbox delivers as much, and is told of every command not sent',
  async (t) => {
    const load = { rounds: 20, outbox: 200, browsers: 10 };
    const knee = await flood(t, { ...load, factor: 1 });
    const over = await flood(t, { ...load, factor: 2 });
    t.same(knee.faults, []);
    t.same(over.faults, []);
    t.equal(knee.accepted, 4_000);
    t.ok(over.accepted >= knee.accepted * 0.8, `${over.accepted} delivered`);
    t.equal(over.accepted + over.refused, over.offered);
    t.ok(over.refused > 0, 'it was too much');
    t.ok(over.unsentBytes <= over.capBytes, `${over.unsentBytes} bytes unsent`);
  },
);
