import t from 'tap';
import { liveThrough } from '../support/simulator/schedules';

// A file of its own, so that both processors have something to do.
t.test('nothing that may go wrong breaks a promise, in the next 5 000 schedules', (t) =>
  liveThrough(t, 5_001, 5_000),
);
