import { randomBytes } from 'node:crypto';
import Pusher from 'pusher';
import * as fc from 'fast-check';
import t from 'tap';
import nacl from 'tweetnacl';
import {
  channelKey,
  fromBase64,
  open,
  readMasterKey,
  seal,
  toBase64,
} from '../../lib/pusher/encryption';

const CHANNEL = 'private-encrypted-orders';
const MASTER_KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const key = channelKey(CHANNEL, MASTER_KEY);
const anyText = fc.string({ unit: 'grapheme', maxLength: 200 });

t.test('the key of a channel is the SHA-256 of its name and the master key', async (t) => {
  t.equal(toBase64(key), 'ssB9Jw4XlKNKH112J2oKRhfPWLBMPFcsN1yGpYcjdtE=');
  const upstream = new Pusher({
    ...{ appId: '3', key: 'k', secret: 's', host: '127.0.0.1' },
    encryptionMasterKeyBase64: MASTER_KEY.toString('base64'),
  });
  const { shared_secret } = upstream.authorizeChannel('1.1', CHANNEL);
  t.equal(toBase64(key), shared_secret);
});

t.test('NaCl opens every text that is sealed here', async (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const box = JSON.parse(seal(text, key)) as { nonce: string; ciphertext: string };
      t.strictSame(Object.keys(box), ['nonce', 'ciphertext']);
      const [nonce, ciphertext] = [fromBase64(box.nonce), fromBase64(box.ciphertext)];
      const opened = nonce && ciphertext && nacl.secretbox.open(ciphertext, nonce, key);
      t.equal(Buffer.from(opened ?? []).toString(), text);
    }),
    { numRuns: 30 },
  );
});

t.test('a box sealed by NaCl is opened here, as JSON text and as an object', async (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const nonce = randomBytes(24);
      const ciphertext = nacl.secretbox(Buffer.from(text), nonce, key);
      const box = { nonce: nonce.toString('base64'), ciphertext: toBase64(ciphertext) };
      t.strictSame(open(box, key), { ok: true, text });
      t.strictSame(open(JSON.stringify(box), key), { ok: true, text });
    }),
    { numRuns: 30 },
  );
});

t.test('no nonce is used twice', async (t) => {
  const nonces = Array.from({ length: 100 }, () => seal('x', key).slice(0, 44));
  t.equal(new Set(nonces).size, 100);
});

t.test('another key, or a changed event, opens nothing', async (t) => {
  const sealed = seal('secret', key);
  t.match(open(sealed, channelKey('private-encrypted-other', MASTER_KEY)), {
    ok: false,
    reason: 'key',
  });
  const box = JSON.parse(sealed) as { nonce: string; ciphertext: string };
  const bytes = fromBase64(box.ciphertext) ?? new Uint8Array();
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  t.match(open({ ...box, ciphertext: toBase64(bytes) }, key), { ok: false, reason: 'key' });
});

t.test('an event that is not encrypted is told from a wrong key', async (t) => {
  const box = JSON.parse(seal('secret', key)) as { nonce: string; ciphertext: string };
  for (const [what, message] of [
    [undefined, /object/],
    ['plain text', /object/],
    [[], /object/],
    [{}, /nonce of 24 bytes/],
    [{ ...box, nonce: 'AAAA' }, /nonce of 24 bytes/],
    [{ ...box, nonce: '*' }, /nonce of 24 bytes/],
    [{ ...box, ciphertext: 7 }, /ciphertext of at least 16 bytes/],
    [{ ...box, ciphertext: 'AAAA' }, /ciphertext of at least 16 bytes/],
    [{ ...box, ciphertext: `${box.ciphertext.slice(1)}` }, /ciphertext of at least 16 bytes/],
  ] as const) {
    t.match(open(what, key), { ok: false, reason: 'format', message });
  }
});

t.test('a master key is 32 bytes in base64, and no message shows it', async (t) => {
  const base64 = MASTER_KEY.toString('base64');
  t.match(readMasterKey(base64), { ok: true, key: new Uint8Array(MASTER_KEY) });
  const upstream = (encryptionMasterKeyBase64: unknown): string => {
    try {
      new Pusher({
        appId: '3',
        key: 'k',
        secret: 's',
        host: 'h',
        encryptionMasterKeyBase64,
      } as never);
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const given of [
    7,
    null,
    'not base64!',
    `${base64} `,
    base64.slice(0, -1),
    'AAAA',
    '',
    `${base64}AAAA`,
  ]) {
    const verdict = readMasterKey(given);
    t.equal(verdict.ok ? 'taken' : verdict.message, upstream(given), String(given));
  }
});

t.test('base64 is the same without a Buffer', async (t) => {
  const samples = [0, 1, 2, 3, 100, 10_240].map((length) => new Uint8Array(randomBytes(length)));
  const texts = samples.map(toBase64);
  const { Buffer: buffers } = globalThis;
  Object.assign(globalThis, { Buffer: undefined });
  let bare: { texts: string[]; bytes: unknown[] };
  try {
    bare = { texts: samples.map(toBase64), bytes: [...texts, '%'].map(fromBase64) };
  } finally {
    globalThis.Buffer = buffers;
  }
  t.strictSame(bare.texts, texts);
  t.strictSame(bare.bytes, [...samples, undefined]);
});
