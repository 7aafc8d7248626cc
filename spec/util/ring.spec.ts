import t from 'tap';
import { loadModules } from '../stream/models/modules';
import { RING_ACTIONS, ringModel } from '../stream/models/ring';
import { explore } from '../stream/models/steps';

t.test('the ring behaves as an array, through growing, wrapping and shrinking', async (t) => {
  const modules = loadModules();
  t.doesNotThrow(() =>
    explore(RING_ACTIONS, (sequence) => ringModel(modules, sequence), { numRuns: 200 }),
  );
});
