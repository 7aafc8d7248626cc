import t from 'tap';
import { realSchedule } from './real-schedules';

const SECONDS = 10;

// `npm run long -- real-schedules --minutes=30` goes on for longer.
t.test('backends that are killed, stopped, cut off and started again lose nothing', async (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const { faults, ghosts, messages, ...report } = await realSchedule(t, { seconds: SECONDS, seed });
  t.comment(`SEED=${seed}: ${messages} messages, ${JSON.stringify(report)}`);
  t.same(faults, [], `SEED=${seed}`);
  t.same(ghosts, [], `SEED=${seed}`);
  t.ok(messages > 100);
});
