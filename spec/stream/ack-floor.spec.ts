import t from 'tap';
import { AckFloor } from '../../lib/stream/ack-floor';
import { ACK_FLOOR_ACTIONS, ackFloorModel } from './models/ack-floor';
import { loadModules } from './models/modules';
import { explore } from './models/steps';

t.test('floor and ranges say what the naive list of offsets says', async (t) => {
  const modules = loadModules();
  t.doesNotThrow(() =>
    explore(ACK_FLOOR_ACTIONS, (sequence) => ackFloorModel(modules, sequence), { numRuns: 400 }),
  );
});

t.test(
  'an offset that is not finished holds the floor, and ranges tell what lies above',
  async (t) => {
    const floor = new AckFloor();
    for (const offset of [1, 2, 3, 4, 5, 6]) floor.start(offset);
    for (const offset of [4, 2, 3, 6]) floor.finish(offset);
    t.equal(floor.done, 0);
    t.same(floor.finished(), [
      { first: 2, last: 4 },
      { first: 6, last: 6 },
    ]);
    t.same(floor.finished(1), [{ first: 2, last: 4 }]);
    floor.finish(1);
    t.equal(floor.done, 4);
    t.same(floor.finished(), [{ first: 6, last: 6 }]);
  },
);

t.test('an announced jump is passed when all before it has finished', async (t) => {
  const floor = new AckFloor(10);
  floor.start(11);
  floor.skipTo(21);
  floor.start(21);
  floor.finish(21);
  t.equal(floor.done, 10);
  floor.finish(11);
  t.equal(floor.done, 21);
});

t.test(
  'offsets that another member has finished count, whether they have started or not',
  async (t) => {
    const floor = new AckFloor();
    for (const offset of [1, 2, 3]) floor.start(offset);
    floor.skip(2, 5);
    t.same(floor.finished(), [{ first: 2, last: 5 }]);
    floor.finish(3);
    t.equal(floor.started, 5);
    floor.skip(1, 3);
    t.equal(floor.done, 5);
  },
);
