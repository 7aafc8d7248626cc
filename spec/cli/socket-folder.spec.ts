import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import t from 'tap';
import { socketFolder, sweepSocketFolders } from '../../lib/cli/process/socket-folder';

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

t.test('folders of processes that were killed are taken away, and no other', async (t) => {
  const place = mkdtempSync('/tmp/sp-');
  t.teardown(() => rmSync(place, { recursive: true }));
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  const make = (name: string): string => {
    const folder = join(place, name);
    mkdirSync(folder);
    return folder;
  };
  // A worker that is killed leaves its socket.
  const left = make(`standpipe-${gone}-aaaaaa`);
  const listen = (path: string): string =>
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listen(join(left, '1'))]);
  t.ok(existsSync(join(left, '1')));
  const empty = make(`standpipe-${gone}-bbbbbb`);
  const kept = [make(`standpipe-${process.pid}-cccccc`), make('standpipe-sentinels-dddddd')];
  const shared = make(`standpipe-${gone}-eeeeee`);
  const server = createServer().listen(join(shared, '2'));
  await once(server, 'listening');
  const foreign = make(`standpipe-${gone}-ffffff`);
  mkdirSync(join(foreign, 'notes'));
  await sweepSocketFolders(place, Date.now());
  t.ok([left, empty].every(existsSync), 'they may belong to workers that are about to start');
  await sweepSocketFolders(place, Date.now() + 120_000);
  t.notOk(existsSync(left));
  t.notOk(existsSync(empty));
  for (const folder of [...kept, shared, foreign]) t.ok(existsSync(folder), folder);
  server.close();
});
