import assert from 'node:assert/strict';
import type { Modules } from './modules';
import type { Step } from './steps';

export const SEND_BUFFER_ACTIONS = 10;

interface Entry {
  n: number;
  bytes: number;
}

/** The send buffer against the naive one: plain arrays, every figure counted anew after every step. */
export function sendBufferModel({ sendBuffer, inFlight }: Modules, sequence: Step[]): void {
  let shared = new inFlight.InFlight();
  const buffer = new sendBuffer.SendBuffer<Entry>(shared);
  let credit = { messages: 0, bytes: 0 };
  let kept: Entry[] = [];
  let airborne: Entry[] = [];
  let acked = 0;
  let sendPtr = 1;
  let next = 1;
  let sent = 0;

  const low = (): number => kept[0]?.n ?? next;
  const land = (n: number): void => {
    if (n <= acked) return;
    kept = kept.filter((entry) => entry.n > n);
    airborne = airborne.filter((entry) => entry.n > n);
    acked = n;
    sendPtr = Math.max(sendPtr, n + 1);
  };

  for (const { action, n } of sequence) {
    if (action <= 1) {
      const entry = { n: next, bytes: n };
      assert.equal(buffer.append(entry, n), next);
      kept.push(entry);
      next += 1;
    } else if (action === 2) {
      credit = { messages: n, bytes: n * 5 };
      shared.grant(credit);
    } else if (action === 3) {
      const batch = buffer.take(1 + (n % 4), 20);
      if (batch !== undefined) {
        assert.equal(batch.first, sendPtr);
        assert.ok(batch.first >= low(), 'nothing is sent below low');
        assert.deepEqual(
          batch.entries.map((entry) => entry.n),
          batch.entries.map((_, i) => sendPtr + i),
        );
        const size = batch.entries.reduce((sum, entry) => sum + entry.bytes, 0);
        assert.ok(size <= 20 || batch.entries.length === 1);
        airborne.push(...batch.entries);
        sendPtr += batch.entries.length;
        sent = Math.max(sent, sendPtr - 1);
        const bytes = airborne.reduce((sum, entry) => sum + entry.bytes, 0);
        assert.ok(airborne.length <= credit.messages, 'messages within the credit');
        assert.ok(bytes <= credit.bytes || airborne.length === 1, 'bytes likewise');
      } else {
        const first = kept.find((entry) => entry.n === sendPtr);
        const bytes = airborne.reduce((sum, entry) => sum + entry.bytes, 0);
        const spent =
          airborne.length >= credit.messages || bytes + (first?.bytes ?? 0) > credit.bytes;
        const alone = airborne.length === 0 && credit.messages > 0 && credit.bytes > 0;
        const whole = low() <= acked + 1;
        assert.ok(!first || !whole || (spent && !alone), 'held back for no reason');
      }
    } else if (action === 4 || action === 5) {
      const x = Math.max(0, acked - 2 + n);
      assert.equal(buffer.ack(x), x <= sent);
      if (x <= sent) land(x);
    } else if (action === 6) {
      const x = Math.max(0, acked - 2 + n);
      if (n % 2 === 0) shared = new inFlight.InFlight();
      assert.equal(buffer.attach(x, shared), x < next);
      if (x >= next) {
        shared = buffer.flight;
      } else {
        if (n % 2 === 0) credit = { messages: 0, bytes: 0 };
        airborne = [];
        sendPtr = acked + 1;
        sent = Math.max(sent, x);
        land(x);
      }
    } else if (action === 7) {
      const x = acked + (n % 5);
      const fits = x <= sent && low() === acked + 1;
      if (fits) {
        assert.equal(buffer.rewind(x), true);
        sendPtr = x + 1;
        airborne = kept.filter((entry) => entry.n <= x);
      } else if (x > sent) {
        assert.equal(buffer.rewind(x), false);
      }
    } else if (action === 8 && n < 4) {
      buffer.dropOldest();
      kept = kept.slice(1);
    } else if (action === 9) {
      buffer.skipLost();
      if (low() > sendPtr && sendPtr === acked + 1) {
        acked = low() - 1;
        sendPtr = low();
        sent = Math.max(sent, acked);
      }
    }

    assert.equal(buffer.low, low());
    assert.equal(buffer.acked, acked);
    assert.equal(buffer.sendPtr, sendPtr);
    assert.equal(buffer.next, next);
    assert.equal(buffer.sent, sent);
    assert.equal(buffer.length, kept.length);
    assert.equal(
      buffer.bytes,
      kept.reduce((sum, entry) => sum + entry.bytes, 0),
    );
    assert.equal(buffer.unacked, sendPtr - 1 - acked);
    assert.equal(buffer.lost, Math.max(0, low() - sendPtr));
    assert.deepEqual(buffer.read(low(), next - 1), kept);
    assert.ok(acked + 1 <= sendPtr && sendPtr <= next && acked <= sent, 'numbers are in order');
    assert.equal(shared.messages, buffer.unacked);
    const bytes = airborne.reduce((sum, entry) => sum + entry.bytes, 0);
    const whole = low() <= acked + 1;
    assert.ok(whole ? shared.bytes === bytes : shared.bytes >= bytes, 'bytes in flight');
    if (shared.messages === 0) assert.equal(shared.bytes, 0);
  }
}
