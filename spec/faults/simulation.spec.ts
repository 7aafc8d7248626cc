import t from 'tap';
import { liveThrough } from '../support/simulator/schedules';

for (let first = 1; first < 2_000; first += 1_000) {
  t.test(`whatever goes wrong, the promises hold: schedules from ${first}`, (t) =>
    liveThrough(t, first, 1_000),
  );
}
