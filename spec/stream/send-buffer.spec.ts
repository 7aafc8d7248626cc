import t from 'tap';
import { InFlight } from '../../lib/stream/in-flight';
import { SendBuffer } from '../../lib/stream/send-buffer';
import { loadModules } from './models/modules';
import { SEND_BUFFER_ACTIONS, sendBufferModel } from './models/send-buffer';
import { explore } from './models/steps';

t.test('the send buffer behaves as the naive one', async (t) => {
  const modules = loadModules();
  t.doesNotThrow(() => explore(SEND_BUFFER_ACTIONS, (steps) => sendBufferModel(modules, steps)));
});

t.test('buffers of one connection share its credit', async (t) => {
  const flight = new InFlight();
  flight.grant({ messages: 3, bytes: 100 });
  const [a, b] = [new SendBuffer<string>(flight), new SendBuffer<string>(flight)];
  for (const entry of ['x', 'y']) {
    a.append(entry, 1);
    b.append(entry, 1);
  }
  t.equal(a.take(10, 100)?.entries.length, 2);
  t.equal(b.take(10, 100)?.entries.length, 1);
  t.equal(b.take(10, 100), undefined);
  t.ok(a.ack(1));
  t.equal(b.take(10, 100)?.first, 2);
  t.equal(flight.messages, 3);
});

t.test('an entry larger than the whole credit goes alone', async (t) => {
  const flight = new InFlight();
  flight.grant({ messages: 10, bytes: 5 });
  const buffer = new SendBuffer<string>(flight);
  buffer.append('small', 1);
  buffer.append('large', 9);
  t.same(buffer.take(10, 100)?.entries, ['small']);
  t.equal(buffer.take(10, 100), undefined);
  buffer.ack(1);
  t.same(buffer.take(10, 100)?.entries, ['large']);
});

t.test('an acknowledgement of entries never sent is refused and changes nothing', async (t) => {
  const flight = new InFlight();
  flight.grant({ messages: 1, bytes: 100 });
  const buffer = new SendBuffer<string>(flight);
  buffer.append('a', 1);
  buffer.append('b', 1);
  buffer.take(10, 100);
  for (const n of [2, 3, Infinity, NaN]) t.equal(buffer.ack(n), false);
  for (const n of [3, Infinity, NaN]) t.equal(buffer.attach(n), false);
  t.match(buffer, { acked: 0, sendPtr: 2, sent: 1, length: 2, unacked: 1 });
});

t.test('entries that are dropped while others are visited are not visited any more', async (t) => {
  const flight = new InFlight();
  const buffer = new SendBuffer<string>(flight);
  for (const entry of ['a', 'b', 'c', 'd', 'e']) buffer.append(entry, 1);
  const seen: string[] = [];
  buffer.eachAfter(0, (entry, n) => {
    seen.push(entry);
    buffer.finish(n, n);
    if (entry === 'b') for (let i = 0; i < 2; i++) buffer.dropOldest();
  });
  t.same(seen, ['a', 'b', 'e']);
});
