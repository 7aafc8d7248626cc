import t from 'tap';
import { InFlight } from '../../lib/stream/in-flight';
import { SendBuffer } from '../../lib/stream/send-buffer';

/** Buffers of one connection, each with more to send than the credit allows. */
function buffersOf(shares: number | undefined, size: number): Array<SendBuffer<number>> {
  const flight = new InFlight(shares);
  flight.grant({ messages: 10, bytes: 100 });
  return Array.from({ length: 5 }, () => {
    const buffer = new SendBuffer<number>(flight);
    for (let n = 1; n <= 20; n++) buffer.append(n, size);
    return buffer;
  });
}

const sentBy = (buffers: Array<SendBuffer<number>>): number[] =>
  buffers.map((buffer) => buffer.take(100, 1e9)?.entries.length ?? 0);

t.test('the first buffer may use the whole credit', async (t) => {
  t.strictSame(sentBy(buffersOf(undefined, 1)), [10, 0, 0, 0, 0]);
});

t.test(
  'a buffer that is not acknowledged leaves room for the others when there are shares',
  async (t) => {
    const buffers = buffersOf(4, 1);
    t.strictSame(sentBy(buffers), [3, 3, 3, 1, 0], 'of messages');
    const [, second] = buffers;
    second?.ack(3);
    t.strictSame(sentBy(buffers), [0, 3, 0, 0, 0], 'the first is still stuck');
    t.strictSame(sentBy(buffersOf(4, 15)), [2, 2, 2, 0, 0], 'and of bytes');
  },
);

t.test('a message larger than its share goes alone', async (t) => {
  t.strictSame(sentBy(buffersOf(4, 40)), [1, 1, 0, 0, 0]);
  t.strictSame(sentBy(buffersOf(4, 1000)), [1, 0, 0, 0, 0]);
});
