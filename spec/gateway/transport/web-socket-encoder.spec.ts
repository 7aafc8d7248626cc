import t from 'tap';
import { webSocketEncoder } from '../../../lib/gateway/transport/web-socket-encoder';

/** Characters of one to four bytes, and one that stands for no text: U+FFFD takes its place. */
const CHARACTERS = ['x', 'é', '你', '😀', '\ud800'];
/** Around the lengths at which the header grows, counted in bytes and in characters (RFC 6455 §5.2). */
const COUNTS = [0, 1, 31, 32, 41, 42, 62, 63, 125, 126, 16383, 16384, 21845, 21846, 32767, 65536];

/** A frame as the RFC draws it. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const { length } = body;
  if (length < 126) return Buffer.concat([Buffer.of(0x81, length), body]);
  if (length < 65536) {
    return Buffer.concat([Buffer.of(0x81, 126, length >> 8, length & 255), body]);
  }
  const header = Buffer.alloc(10);
  header.set([0x81, 127]);
  header.writeUInt32BE(length, 6);
  return Buffer.concat([header, body]);
}

for (const character of CHARACTERS) {
  t.test(`texts of ${JSON.stringify(character)} become frames of every length`, async (t) => {
    for (const count of COUNTS) {
      // Neighbours, because what a frame is moved by must not touch them.
      const texts = ['before', character.repeat(count), 'behind'];
      const frames = texts.map(frameOf);
      const { bytes, ends } = webSocketEncoder.encode(texts);
      t.ok(bytes.equals(Buffer.concat(frames)), `${count} characters`);
      t.equal(ends[0], frames[0]?.length);
      t.equal(ends[1], bytes.length - (frames[2]?.length ?? 0));
      t.equal(ends[2], bytes.length);
    }
  });
}

t.test('texts that are larger than the shared memory are encoded all the same', async (t) => {
  const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(50_000));
  t.ok(webSocketEncoder.encode(texts).bytes.equals(Buffer.concat(texts.map(frameOf))));
});

t.test('an encoded buffer is not written to again', async (t) => {
  const first = webSocketEncoder.encode(['a lone text']).bytes;
  webSocketEncoder.encode(['another text']);
  t.ok(first.equals(frameOf('a lone text')));
});
