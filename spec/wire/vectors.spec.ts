import t from 'tap';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import { sessionProof } from '../../lib/wire/opening';
import { withoutUndefined } from '../support/without-undefined';
import { GOLDEN_FRAMES } from '../support/golden-frames';
import { VECTORS, jsonOf } from '../support/wire-vectors';

t.test('vectors have the golden frames, as the schema alone reads them', async (t) => {
  t.strictSame(
    VECTORS.frames.map(({ type, hex }) => ({ type, hex })),
    GOLDEN_FRAMES.map(({ frame, hex }) => ({ type: frame.type, hex })),
  );
  for (const { type, hex, json } of VECTORS.frames) {
    t.strictSame(jsonOf(Buffer.from(hex, 'hex')), json, type);
  }
});

t.test('the codec reads and writes the frames of the vectors', async (t) => {
  VECTORS.frames.forEach(({ hex, type }, i) => {
    const frame = new FrameDecoder().decode(Buffer.from(hex, 'hex'));
    t.strictSame(withoutUndefined(frame), GOLDEN_FRAMES[i]!.frame, type);
    t.equal(Buffer.from(new FrameEncoder().encode(frame!)).toString('hex'), hex, type);
  });
});

t.test('the codec refuses the bad frames of the vectors with their codes', async (t) => {
  t.ok(VECTORS.bad.length > 40);
  for (const { title, hex, code } of VECTORS.bad) {
    const decode = (): unknown => new FrameDecoder().decode(Buffer.from(hex, 'hex'));
    t.throws(decode, { name: 'CodecError', closeCode: code }, title);
  }
});

t.test('the proof of the vectors is right', async (t) => {
  const { secret, nonce, attempt, proof } = VECTORS.proof;
  t.equal(sessionProof(Buffer.from(secret, 'hex'), nonce, attempt).toString('hex'), proof);
});
