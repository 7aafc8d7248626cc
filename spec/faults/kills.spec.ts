import t from 'tap';
import { mishap } from './kills';

// `npm run long -- kills` kills a hundred times.
t.test('a backend killed inside a handler loses nothing', async (t) => {
  const { faults, copies } = await mishap(t, 'dies inside a handler', { messages: 40 });
  t.same(faults, []);
  t.ok(copies > 0, `what it was at came again: ${copies} messages`);
});

t.test('a backend that stood still goes on with its events', async (t) => {
  const { faults } = await mishap(t, 'stands still', { messages: 40, stillMs: 300 });
  t.same(faults, []);
});
