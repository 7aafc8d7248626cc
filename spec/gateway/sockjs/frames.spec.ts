import fc from 'fast-check';
import t from 'tap';
import {
  closeLine,
  lineEncoder,
  HEARTBEAT,
  OPEN,
  PRELUDE,
} from '../../../lib/gateway/sockjs/frames';
import { codePoint } from '../../support/code-point';

const anyText = fc.string({ unit: codePoint, size: 'max', maxLength: 300 });
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 })
  .map((units) => String.fromCharCode(...units));

t.test('each text is one line that holds it, lone surrogates too', (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyText, anyUnits), { maxLength: 20 }), (texts) => {
      const { bytes } = lineEncoder.encode(texts);
      const lines = bytes.toString().split('\n');
      t.equal(lines.pop(), '');
      const read = lines.map((line) => {
        t.ok(line.startsWith('a'));
        return JSON.parse(line.slice(1)) as string[];
      });
      t.strictSame(
        read,
        texts.map((text) => [text]),
      );
    }),
  );
  t.end();
});

t.test('every byte is one character, as the rotation counts them', (t) => {
  fc.assert(
    fc.property(fc.oneof(anyText, anyUnits), (text) => {
      const { bytes } = lineEncoder.encode([text]);
      t.equal(bytes.toString('utf8').length, bytes.length);
      t.notOk(bytes.some((byte) => byte > 0x7e));
    }),
  );
  t.end();
});

t.test('the encoding of several texts is their encodings joined, with the end of each', (t) => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 20 }), (texts) => {
      const { bytes, ends } = lineEncoder.encode(texts);
      const single = texts.map((text) => lineEncoder.encode([text]).bytes);
      t.ok(bytes.equals(Buffer.concat(single)));
      let end = 0;
      t.strictSame(
        ends,
        single.map(({ length }) => (end += length)),
      );
    }),
  );
  t.end();
});

t.test('the other lines are those of SockJS', (t) => {
  t.equal(OPEN.toString(), 'o\n');
  t.equal(HEARTBEAT.toString(), 'h\n');
  t.match(PRELUDE.toString(), /^h{2048}\n$/);
  t.equal(closeLine(4001, 'Weg: "é"\n').toString(), 'c[4001,"Weg: \\"\\u00e9\\"\\n"]\n');
  t.end();
});
