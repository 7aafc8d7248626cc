import t from 'tap';
import { liveThrough } from '../support/simulator/schedules';

t.test('nothing that may go wrong breaks a promise, in the first 5 000 schedules', (t) =>
  liveThrough(t, 1, 5_000),
);
