import fc from 'fast-check';
import t from 'tap';
import { MAX_CLOSE_REASON_BYTES, closeReason, fitsCloseReason } from '../../lib/util/close-reason';
import { codePoint } from '../support/code-point';

t.test('a reason that fits stays as it is, up to its 123rd byte', async (t) => {
  for (const reason of ['', 'bye', 'x'.repeat(123), 'ö'.repeat(61), '€'.repeat(41)]) {
    t.equal(closeReason(reason), reason);
  }
});

t.test('a longer reason is cut between two characters, with an ellipsis', async (t) => {
  t.equal(closeReason('x'.repeat(124)), `${'x'.repeat(120)}…`);
  t.equal(closeReason('ö'.repeat(62)), `${'ö'.repeat(60)}…`);
  t.equal(closeReason(`x${'🙂'.repeat(40)}`), `x${'🙂'.repeat(29)}…`);
});

t.test('every text becomes a reason that fits and is read as it was cut', async () => {
  const text = fc.string({ unit: codePoint, size: 'max', maxLength: 400 });
  fc.assert(
    fc.property(text, (given) => {
      const reason = closeReason(given);
      const bytes = Buffer.from(reason);
      const whole = fitsCloseReason(given) ? reason === given : reason.endsWith('…');
      return whole && bytes.length <= MAX_CLOSE_REASON_BYTES && bytes.toString() === reason;
    }),
  );
});
