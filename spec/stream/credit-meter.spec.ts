import t from 'tap';
import { CreditMeter } from '../../lib/stream/credit-meter';

t.test('an acknowledgement is due 50 ms after the first message handled', async (t) => {
  const meter = new CreditMeter({ messages: 1000, bytes: 1_000_000 });
  t.equal(meter.dueAtMs, undefined);
  meter.handled(1, 10, 100);
  meter.handled(1, 10, 140);
  t.equal(meter.dueAtMs, 150);
  meter.acked();
  t.equal(meter.dueAtMs, undefined);
});

t.test('an acknowledgement is due at once when a quarter of the credit is handled', async (t) => {
  const byCount = new CreditMeter({ messages: 100, bytes: 1_000_000 });
  byCount.handled(24, 0, 5);
  t.equal(byCount.dueAtMs, 55);
  byCount.handled(1, 0, 5);
  t.equal(byCount.dueAtMs, 5);
  const byBytes = new CreditMeter({ messages: 100, bytes: 1000 });
  byBytes.handled(1, 249, 5);
  t.equal(byBytes.dueAtMs, 55);
  byBytes.handled(1, 1, 5);
  t.equal(byBytes.dueAtMs, 5);
});

t.test('a credit of one message is acknowledged message by message', async (t) => {
  const meter = new CreditMeter({ messages: 1, bytes: 1 });
  meter.handled(1, 0, 5);
  t.equal(meter.dueAtMs, 5);
});
