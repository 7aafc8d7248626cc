import t from 'tap';
import { storm } from './storms';

t.test('1 000 sockets go and come back at once, and the backend hears of each', async (t) => {
  const { faults, believed, open, closes } = await storm(t, 1_000);
  t.same(faults, []);
  t.equal(closes, 1_000);
  t.equal(open, 1_001);
  t.equal(believed, open);
});

t.test('200 real sockets are reset and come back at once', async (t) => {
  const { faults, believed, open, closes } = await storm(t, 200, 'real');
  t.same(faults, []);
  t.equal(closes, 200);
  t.equal(open, 201);
  t.equal(believed, open);
});
