import t from 'tap';
import { AssignedPartition, type Stream } from '../../../lib/pipe/inbox/assigned-partition';

const STREAM: Stream = { name: 'first', isLost: false };
const LATER: Stream = { name: 'later', isLost: false };

/** A partition that has received so many events, of which the first `finished` are finished and told to the gateway. */
function partitionWith(received: number, finished: number): AssignedPartition {
  const partition = new AssignedPartition(3, 1, STREAM, { generation: 1, firstOffset: 1 });
  partition.receive(1, received, 0);
  for (let offset = 1; offset <= received; offset += 1) partition.start(offset);
  for (let offset = 1; offset <= finished; offset += 1) partition.finish(offset);
  partition.tell(Infinity);
  partition.awaitSnapshot(false);
  return partition;
}

t.test('a partition goes from owned to revoking to returned to lost, and back to owned', (t) => {
  const partition = partitionWith(5, 2);
  t.equal(partition.state, 'owned');
  partition.revoke();
  t.equal(partition.state, 'revoking');
  t.equal(partition.commandsToWaitFor(7), 7, 'the commands that are queued when it is first asked');
  t.equal(partition.commandsToWaitFor(9), 7, 'and no later ones');
  partition.returned();
  t.equal(partition.state, 'returned');
  partition.lose();
  partition.regain(LATER, { generation: 4, firstOffset: 3 });
  t.match(partition, { state: 'owned', generation: 4, awaitsSnapshot: true, stream: LATER });
  t.equal(partition.received, 5);
  t.equal(partition.stands, 2, 'the gateway sends from there on');
  partition.revoke();
  t.equal(partition.commandsToWaitFor(9), 9, 'a later demand counts anew');
  partition.own();
  t.equal(partition.state, 'owned');
  t.end();
});

t.test('events before the first offset of a new generation are finished by others', (t) => {
  const partition = partitionWith(5, 2);
  partition.lose();
  partition.regain(STREAM, { generation: 2, firstOffset: 5 });
  t.equal(partition.done, 4);
  t.notOk(partition.finish(3), 'a handler that ends late changes nothing');
  t.ok(partition.finish(5));
  t.equal(partition.done, 5);
  partition.lose();
  partition.regain(STREAM, { generation: 3, firstOffset: 10 });
  t.match(partition, { done: 9, received: 9 });
  t.end();
});

t.test(
  'events that others have finished, or a gap has passed, use no credit of the gateway',
  (t) => {
    const partition = partitionWith(6, 2);
    for (let i = 0; i < 4; i += 1) partition.add(1);
    t.equal(partition.counted, 4);
    partition.lose();
    partition.regain(STREAM, { generation: 2, firstOffset: 5 });
    t.equal(partition.counted, 0);
    partition.receive(5, 2, 0);
    t.equal(partition.counted, 2, 'the two that came again; two older ones still run');
    partition.jump(6);
    t.equal(partition.counted, 1);
    partition.remove(3, 1);
    t.equal(partition.counted, 1);
    t.end();
  },
);

t.test('positions that were told while the partition was another’s are told again', (t) => {
  const partition = partitionWith(5, 5);
  t.notOk(partition.hasNews);
  partition.lose();
  partition.regain(STREAM, { generation: 2, firstOffset: 3 });
  t.ok(partition.hasNews);
  t.match(partition.tell(10), { generation: 2, offset: 5 });
  t.equal(partition.receive(3, 4, 0), 3, 'though none is handled again');
  const fresh = partitionWith(5, 2);
  fresh.lose();
  fresh.regain(STREAM, { generation: 2, firstOffset: 3 });
  t.notOk(fresh.hasNews, 'nothing above what the gateway says');
  t.end();
});

t.test('a position holds the finished ranges, as many as there is room for', (t) => {
  const partition = partitionWith(9, 1);
  for (const offset of [3, 5, 6, 8]) partition.finish(offset);
  t.ok(partition.hasNews);
  const ranges = [
    { first: 3, last: 3 },
    { first: 5, last: 6 },
    { first: 8, last: 8 },
  ];
  t.same(partition.tell(2).finished, ranges.slice(0, 2));
  t.match(partition.tell(10), {
    partition: 3,
    generation: 1,
    epoch: 1,
    offset: 1,
    finished: ranges,
  });
  t.notOk(partition.hasNews);
  t.end();
});

t.test('events that were left to others are handled only if they come again', (t) => {
  const partition = partitionWith(4, 1);
  for (const offset of [2, 3, 4]) partition.leave(offset);
  partition.lose();
  partition.regain(STREAM, { generation: 2, firstOffset: 3 });
  t.equal(partition.done, 2);
  t.notOk(partition.takesBack(2));
  t.ok(partition.takesBack(3));
  t.notOk(partition.takesBack(3), 'once');
  t.equal(partition.receive(5, 1, 1), 0);
  t.notOk(partition.takesBack(4), 'offset 4 was skipped, so others have finished it');
  partition.finish(3);
  t.equal(partition.done, 4);
  t.end();
});

t.test('events that were left are finished when a jump tells that they are lost to all', (t) => {
  const partition = partitionWith(4, 1);
  for (const offset of [2, 4]) partition.leave(offset);
  partition.jump(4);
  t.equal(partition.done, 2);
  partition.finish(3);
  t.equal(partition.done, 3);
  t.ok(partition.takesBack(4));
  t.ok(partition.awaitsSnapshot);
  t.end();
});

t.test(
  'a run is in order when it begins at the offset expected, or skips what lies before',
  (t) => {
    const partition = partitionWith(2, 2);
    t.equal(partition.receive(5, 1, 1), undefined);
    t.equal(partition.received, 2, 'without effect');
    t.equal(partition.receive(5, 1, 2), 0);
    t.match(partition, { done: 4, received: 5, stands: 5 });
    t.equal(partition.receive(4, 3, 3), 2);
    t.equal(partition.received, 6);
    t.end();
  },
);

t.test('an offset that is to be repeated is not acknowledged before it has come again', (t) => {
  const partition = partitionWith(8, 2);
  for (const offset of [4, 8]) partition.finish(offset);
  const finished = [
    { first: 4, last: 4 },
    { first: 8, last: 8 },
  ];
  t.match(partition.reconnect(10), { offset: 2, finished }, 'HELLO tells all');
  t.notOk(partition.isCaughtUp);
  for (const offset of [3, 6]) partition.finish(offset);
  t.match(partition.acknowledge(10), { offset: 2, finished: [] });
  t.ok(partition.hasNews, 'the rest is told later');
  partition.receive(3, 1, 0);
  t.match(partition.acknowledge(10), { offset: 3, finished: [] });
  partition.receive(5, 2, 1);
  t.match(partition.acknowledge(10), { offset: 4, finished: [{ first: 6, last: 6 }] });
  t.notOk(partition.isCaughtUp, 'the 7 is still to come');
  partition.receive(7, 1, 0);
  t.ok(partition.isCaughtUp, 'the 8 was told as finished, so it does not come');
  t.end();
});

t.test('a command that answers an event others have had since counts in a past generation', (t) => {
  const partition = partitionWith(5, 2);
  partition.lose();
  partition.regain(STREAM, { generation: 6, firstOffset: 4 });
  t.equal(partition.generationOf(3), 5);
  t.equal(partition.generationOf(4), 6);
  t.end();
});

t.test(
  'the gateway counts unfinished events of an owned partition, and after a cut those that came again',
  (t) => {
    const partition = partitionWith(6, 2);
    for (let i = 0; i < 4; i += 1) partition.add(1);
    t.equal(partition.counted, 4);
    partition.reconnect(10);
    t.equal(partition.counted, 0);
    t.equal(partition.stands, 2);
    partition.receive(3, 1, 0);
    t.equal(partition.counted, 1);
    for (const offset of [3, 4]) {
      partition.finish(offset);
      partition.remove(offset, 1);
    }
    t.equal(partition.counted, 0);
    partition.receive(5, 2, 0);
    t.equal(partition.counted, 2);
    partition.revoke();
    t.equal(partition.counted, 0, 'nothing of what it may have given to another member');
    t.end();
  },
);
