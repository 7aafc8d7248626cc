import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { socketFolder } from '../../lib/cli/process/socket-folder';

t.test('the folder of sockets is in the first place that takes it, and for its user alone', (t) => {
  const dir = t.testdir({});
  const long = join(dir, 'l'.repeat(100));
  mkdirSync(long);
  const warned: string[] = [];
  const log = { warn: (_: unknown, text?: string) => void warned.push(text ?? '') };
  const folder = socketFolder(log, [join('/tmp', 'none', 'such'), long, '/tmp']) ?? '';
  t.equal(dirname(folder), '/tmp');
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.strictSame(warned, []);
  t.end();
});

t.test('a warning says what is left out, and what to do, where no place takes the folder', (t) => {
  const warned: unknown[] = [];
  const log = { warn: (about: unknown, text?: string) => void warned.push([about, text]) };
  t.equal(socketFolder(log, [join('/tmp', 'none', 'such'), join('/', 'l'.repeat(100))]), undefined);
  t.match(warned, [[{ err: { code: 'ENOENT' } }, /HTTP fallback need one worker.*set TMPDIR/]]);
  t.end();
});
