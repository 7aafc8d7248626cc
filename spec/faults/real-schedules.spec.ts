import t from 'tap';
import { realSchedule } from './real-schedules';

/** A planted bug is looked for longer, since a schedule is another one each time. */
const SECONDS = process.env['PLANTED'] === undefined ? 6 : 60;

// `npm run long -- real-schedules --minutes=30` goes on for longer.
t.test(
  'backends that are killed, stopped, cut off and started again lose nothing',
  { timeout: 110_000 },
  async (t) => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
    const { faults, ghosts, overlaps, messages, ...report } = await realSchedule(t, {
      seconds: SECONDS,
      seed,
    });
    t.comment(`SEED=${seed}: ${messages} messages, ${JSON.stringify(report)}`);
    t.same(faults, [], `SEED=${seed}`);
    t.same(ghosts, [], `SEED=${seed}`);
    t.same(overlaps, [], `SEED=${seed}`);
    t.ok(messages > 100);
  },
);
