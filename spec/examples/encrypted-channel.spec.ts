import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { built } from '../support/built';

t.setTimeout(110_000);

t.test('the example shows ciphertext on the wire and the order to its subscriber', async (t) => {
  built('http/entries/node.cjs');
  const file = 'examples/encrypted-channel/main.ts';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', file],
    { cwd: join(__dirname, '../..') },
  );
  const lines = stdout.trim().split('\n');
  t.ok(lines.some((line) => /^on the wire: .*nonce.*ciphertext/.test(line)));
  t.notMatch(lines.filter((line) => line.startsWith('on the wire')).join('\n'), /total/);
  t.equal(lines.at(-1), 'decrypted: {"total":7}');
});
