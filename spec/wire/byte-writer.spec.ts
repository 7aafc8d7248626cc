import t from 'tap';
import { ByteReader } from '../../lib/wire/bytes/byte-reader';
import { ByteWriter } from '../../lib/wire/bytes/byte-writer';
import { CodecError } from '../../lib/wire/codec-error';

t.test('memory grows at any place without losing what is written', async (t) => {
  for (let before = 0; before < 140; before++) {
    for (const [short, expected] of [
      ['ab', 2],
      ['ä', 1],
      ['ab', 300],
      ['x'.repeat(130), 2],
    ] as const) {
      const out = new ByteWriter(128);
      out.item(10, 'y'.repeat(before));
      const start = out.open(18, expected);
      out.item(26, short);
      out.close(start, expected);
      out.whole(33, 7);
      const from = new ByteReader(bytesOf(out));
      const read = [from.varint(), from.text(), from.varint(), from.lengthEnd()];
      const inner = [from.varint(), from.text()];
      const last = [from.varint(), from.whole(), from.position];
      t.strictSame(
        [read[1], ...inner, ...last],
        ['y'.repeat(before), 26, short, 33, 7, out.length],
        `${before} bytes before, ${expected} expected`,
      );
    }
  }
});

t.test('numbers at the edges of a varint', async (t) => {
  for (const value of [
    0, 1, 127, 128, 16_383, 16_384, 2_097_152, 268_435_455, 268_435_456, 4_294_967_295,
  ]) {
    const out = new ByteWriter(16);
    out.varint(value);
    t.equal(new ByteReader(bytesOf(out)).varint(), value);
  }
  for (const value of [-1, 0.5, NaN, 4_294_967_296]) {
    t.throws(() => new ByteWriter(16).varint(value), CodecError, `${value}`);
  }
});

t.test('memory never grows far above a frame', async (t) => {
  t.throws(() => new ByteWriter(16).text(10, 'x'.repeat(8_000_000)), {
    closeCode: 4413,
    name: 'CodecError',
  });
});

function bytesOf(out: ByteWriter): Buffer {
  const bytes = Buffer.alloc(out.length);
  out.copyTo(bytes, 0);
  return bytes;
}
