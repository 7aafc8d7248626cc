import t from 'tap';
import { ReceiveWindow } from '../../../lib/pipe/inbox/receive-window';
import { AssignedPartition } from '../../../lib/pipe/inbox/assigned-partition';

const CREDIT = { messages: 10, bytes: 100 };

/** A place with unfinished events of ten bytes each. */
function placeWith(events: number): AssignedPartition {
  const place = new AssignedPartition(
    0,
    1,
    { name: '', isLost: false },
    { generation: 1, from: 1 },
  );
  place.cursor.accept(1, events);
  place.events = events;
  place.bytes = events * 10;
  return place;
}

function busyWith(events: number, ackReceived = false): ReceiveWindow {
  const allowance = new ReceiveWindow(CREDIT, ackReceived);
  for (let i = 0; i < events; i += 1) allowance.began(10);
  return allowance;
}

t.test('a connection begins with the credit, less what is at work', (t) => {
  t.same(busyWith(0).atFirst(), CREDIT);
  t.same(busyWith(4).atFirst(), { messages: 6, bytes: 60 });
  t.same(busyWith(12).atFirst(), { messages: 0, bytes: 0 });
  t.end();
});

t.test('what is acknowledged on receipt may fill the credit once more', (t) => {
  t.same(busyWith(10, true).atFirst(), CREDIT);
  t.same(busyWith(14, true).atFirst(), { messages: 6, bytes: 60 });
  t.end();
});

t.test('the credit is whole again when everything has come again, and then told no more', (t) => {
  const allowance = busyWith(4);
  const place = placeWith(4);
  allowance.atFirst();
  place.reconnect();
  t.equal(allowance.changed([place]), undefined);
  place.resent = 2;
  t.same(allowance.changed([place]), { messages: 8, bytes: 80 });
  t.ok(allowance.isShort);
  place.resent = 4;
  t.same(allowance.changed([place]), CREDIT);
  t.notOk(allowance.isShort);
  allowance.ended(10);
  t.equal(allowance.changed([place]), undefined);
  t.end();
});

t.test('what belongs to no partition of the session counts until it has ended', (t) => {
  const allowance = busyWith(2);
  allowance.atFirst();
  t.equal(allowance.changed([]), undefined);
  allowance.ended(10);
  t.same(allowance.changed([]), { messages: 9, bytes: 90 });
  allowance.ended(10);
  t.same(allowance.changed([]), CREDIT);
  t.end();
});

t.test('a partition that is leaving takes its events out of the credit', (t) => {
  const allowance = busyWith(3);
  const place = placeWith(3);
  t.equal(allowance.changed([place]), undefined);
  place.state = 'revoking';
  allowance.shorten();
  t.same(allowance.changed([place]), { messages: 7, bytes: 70 });
  t.end();
});
