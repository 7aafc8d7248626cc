import t from 'tap';
import { liveThrough } from '../support/simulator/schedules';

// A file of its own, so that both processors have something to do.
for (let first = 5_001; first < 7_000; first += 1_000) {
  t.test(`whatever goes wrong, the promises hold: schedules from ${first}`, (t) =>
    liveThrough(t, first, 1_000),
  );
}
