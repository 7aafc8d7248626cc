import t from 'tap';
import { liveThroughShare } from '../support/simulator/schedules';

t.test('whatever goes wrong, the promises hold', (t) => liveThroughShare(t, 1));
