import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import t from 'tap';
import * as inNode from '../../lib/pusher/digests';
import { codePoint } from '../support/code-point';

/** The same module as it is where there is no node:crypto. */
function portable(): typeof inNode {
  const path = require.resolve('../../lib/pusher/digests');
  const { getBuiltinModule } = process;
  const loaded = require.cache[path];
  delete require.cache[path];
  Object.assign(process, { getBuiltinModule: undefined });
  try {
    // oxlint-disable-next-line typescript/no-require-imports
    return require(path) as typeof inNode;
  } finally {
    Object.assign(process, { getBuiltinModule });
    // Specs behind this one in its process have the module with node:crypto.
    require.cache[path] = loaded;
  }
}

const elsewhere = portable();
const SECRET = '7ad3773142a6692b25b8';

t.test('the module without node:crypto is another one', async (t) => {
  t.not(elsewhere.hmacHex, inNode.hmacHex);
  t.notOk(Buffer.isBuffer(elsewhere.sha256('x')), 'digests come from JavaScript');
  t.ok(Buffer.isBuffer(inNode.sha256('x')), 'digests come from node:crypto');
});

t.test('signatures of more secrets than are kept are right', async (t) => {
  const secrets = Array.from({ length: 500 }, (_, i) => `secret ${i % 250}`);
  const expected = secrets.map((secret) => createHmac('sha256', secret).update('x').digest('hex'));
  t.same(
    secrets.map((secret) => inNode.hmacHex(secret, 'x')),
    expected,
  );
});

for (const [where, digests] of [
  ['with node:crypto', inNode],
  ['without it', elsewhere],
] as const) {
  t.test(`${where}, the vectors of the protocol come out`, async (t) => {
    t.equal(
      digests.hmacHex(SECRET, '1234.1234:private-foobar'),
      '58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4',
    );
    const body = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}';
    t.equal(digests.md5Hex(body), 'ec365a775a4cd0599faeb73354201b6f');
    t.equal(
      digests.sha256Hex('hello:test:123456789:{}:secret'),
      'fc7da7a7f1e50f242f6b57975ea4914aba1e6c31b56165948cd3d090b7ff0625',
    );
  });

  t.test(`digests of any text and any bytes are the same as in Node, ${where}`, async (t) => {
    const message = fc.oneof(fc.string({ unit: codePoint }), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), message, (secret, text) => {
        t.equal(
          digests.hmacHex(secret, text),
          createHmac('sha256', secret).update(text).digest('hex'),
        );
        t.equal(digests.md5Hex(text), createHash('md5').update(text).digest('hex'));
        const both = createHash('sha256').update(secret).update(text).digest('hex');
        t.equal(Buffer.from(digests.sha256(secret, text)).toString('hex'), both);
      }),
      { numRuns: 50 },
    );
  });

  t.test(`${where}, a digest equals itself and nothing else`, async (t) => {
    const digest = digests.sha256Hex('x');
    t.ok(digests.safeEqual(digest, digests.sha256Hex('x')));
    for (const given of ['', digest.slice(1), `${digest}0`, digests.sha256Hex('y'), 'é']) {
      t.notOk(digests.safeEqual(digest, given), given);
    }
  });
}
