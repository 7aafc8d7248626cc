import t from 'tap';
import { AssignedPartition, type Stream } from '../../../lib/pipe/inbox/assigned-partition';

const STREAM: Stream = { name: 'first', isLost: false };
const LATER: Stream = { name: 'later', isLost: false };

/** A place that has received so many events, of which the first `finished` are finished and told to the gateway. */
function placeWith(received: number, finished: number): AssignedPartition {
  const place = new AssignedPartition(3, 1, STREAM, { generation: 1, from: 1 });
  place.cursor.accept(1, received);
  for (let offset = 1; offset <= received; offset += 1) place.start(offset);
  for (let offset = 1; offset <= finished; offset += 1) place.finish(offset);
  place.arrived = received;
  place.told = finished;
  place.awaits = false;
  return place;
}

t.test('what comes back is ours, under its new generation, and a snapshot is to come', (t) => {
  const place = placeWith(5, 2);
  place.state = 'lost';
  place.reconnect();
  place.regain(LATER, { generation: 4, from: 3 });
  t.match(place, { state: 'owned', generation: 4, awaits: true, stream: LATER, arrived: 0 });
  t.equal(place.received, 5);
  t.end();
});

t.test('others have finished what lies before, whatever becomes of it here', (t) => {
  const place = placeWith(5, 2);
  place.regain(STREAM, { generation: 2, from: 5 });
  t.equal(place.done, 4);
  t.ok(place.leaves(4, false), 'what has not begun of it is left to them');
  t.notOk(place.leaves(5, false));
  place.finish(3);
  t.equal(place.done, 4, 'a handler that ends late changes nothing');
  place.finish(5);
  t.equal(place.done, 5);
  t.end();
});

t.test('what lies before and never came here is done too', (t) => {
  const place = placeWith(2, 1);
  place.regain(STREAM, { generation: 2, from: 10 });
  t.match(place, { done: 9, received: 9, skipped: 9 });
  t.end();
});

t.test('what was acknowledged as another’s did not count, and is acknowledged again', (t) => {
  const place = placeWith(5, 5);
  place.regain(STREAM, { generation: 2, from: 3 });
  t.equal(place.told, 2);
  t.equal(place.done, 5, 'though it was handled, and is not handled again');
  t.equal(place.cursor.accept(3, 4), 3);
  t.end();
});

t.test('of what was left to others only that comes again which they have not finished', (t) => {
  const place = placeWith(4, 1);
  place.state = 'lost';
  for (const offset of [2, 3, 4]) t.ok(place.leaves(offset, false));
  place.finish(2);
  t.equal(place.done, 1, 'what was left is not finished here');
  place.regain(STREAM, { generation: 2, from: 3 });
  t.equal(place.done, 2);
  t.notOk(place.takesBack(2));
  t.ok(place.leftSome);
  t.ok(place.takesBack(3));
  t.ok(place.takesBack(4));
  t.notOk(place.leftSome);
  place.finish(3);
  t.equal(place.done, 3);
  t.end();
});

t.test('when others have finished all that was left to them, nothing of it is kept', (t) => {
  const place = placeWith(4, 1);
  place.state = 'lost';
  for (const offset of [2, 3, 4]) place.leaves(offset, false);
  place.regain(STREAM, { generation: 2, from: 5 });
  t.notOk(place.leftSome);
  t.end();
});

t.test('what was left to others is done when it is lost to all, as a jump tells', (t) => {
  const place = placeWith(4, 1);
  place.state = 'lost';
  for (const offset of [2, 4]) place.leaves(offset, false);
  place.regain(STREAM, { generation: 2, from: 2 });
  place.skipTo(4);
  t.equal(place.done, 2);
  place.finish(3);
  t.equal(place.done, 3);
  t.ok(place.takesBack(4));
  t.end();
});

t.test('an answer to what others have had since counts in a past generation', (t) => {
  const place = placeWith(5, 2);
  place.regain(STREAM, { generation: 6, from: 4 });
  t.equal(place.generationOf(3), 5);
  t.equal(place.generationOf(4), 6);
  t.end();
});

t.test('what came over an earlier connection is uncounted until it ends or comes again', (t) => {
  const place = placeWith(6, 2);
  place.events = 4;
  t.equal(place.uncounted, 0);
  place.reconnect();
  t.equal(place.uncounted, 4);
  place.resent = 3;
  t.equal(place.uncounted, 3);
  place.finish(3);
  place.finish(4);
  place.events = 2;
  t.equal(place.uncounted, 2);
  place.resent = 6;
  t.equal(place.uncounted, 0);
  place.state = 'revoking';
  t.equal(place.uncounted, 2, 'and so is what the gateway may have given to another member');
  t.end();
});
