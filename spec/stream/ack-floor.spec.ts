import t from 'tap';
import { AckFloor } from '../../lib/stream/ack-floor';
import { ACK_FLOOR_ACTIONS, ackFloorModel } from './models/ack-floor';
import { loadModules } from './models/modules';
import { explore } from './models/steps';

t.test('the acknowledgement behaves as the naive one', async (t) => {
  const modules = loadModules();
  t.doesNotThrow(() => explore(ACK_FLOOR_ACTIONS, (sequence) => ackFloorModel(modules, sequence)));
});

t.test('an unfinished offset holds back all offsets behind it', async (t) => {
  const ack = new AckFloor();
  for (const offset of [1, 2, 3, 4]) ack.start(offset);
  for (const offset of [4, 2, 3]) ack.finish(offset);
  t.equal(ack.done, 0);
  t.equal(ack.ahead, 3);
  ack.finish(1);
  t.equal(ack.done, 4);
  t.equal(ack.ahead, 0);
});

t.test('an announced jump is passed when all before it has finished', async (t) => {
  const ack = new AckFloor(10);
  ack.start(11);
  ack.skipTo(21);
  ack.start(21);
  ack.finish(21);
  t.equal(ack.done, 10);
  ack.finish(11);
  t.equal(ack.done, 21);
});
