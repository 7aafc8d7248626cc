import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import t, { type Test } from 'tap';
import { built } from '../support/built';

const root = join(__dirname, '../..');

/** A fresh project with the packed package in it; what the package depends on is found further up. */
function freshProject(t: Test, files: Record<string, string>): string {
  built('subscriber/entries/node.cjs');
  const dir = t.testdir(files);
  const target = join(dir, 'node_modules/standpipe');
  mkdirSync(target, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', dir], {
    cwd: root,
  });
  const tarball = readdirSync(dir).find((file) => file.endsWith('.tgz')) ?? '';
  execFileSync('tar', ['-xzf', join(dir, tarball), '-C', target, '--strip-components=1']);
  return dir;
}

const run = (dir: string, file: string): string =>
  execFileSync(process.execPath, [file], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });

const PROGRAM = `
interface Events {
  server: { price: { cents: number } };
  browser: { 'client-typing': { who: string } };
  requests: { position: { of: string } };
}
const pusher = new Pusher<Events>('key', { cluster: 'eu', enabledTransports: ['ws', 'wss'] });
pusher.subscribe('room').bind('price', ({ cents }) => cents.toFixed());
pusher.subscribe('presence-room').members.each(({ id }) => id.length);
pusher.channel('private-room')?.trigger('client-typing', { who: 'ann' });
pusher.connection.bind('state_change', ({ previous, current }) => previous === current);
pusher.connection.bind('error', (error) => error.type);
pusher.onRequest('position', ({ of }) => of);
pusher.back_channel.bind('e', (data) => data);
pusher.user.watchlist.bind('online', (event) => event);
// @ts-expect-error there is no such event
pusher.channel('private-room')?.trigger('client-other', {});
// As programs for pusher-js are written.
const plain = new Pusher('key', { cluster: 'eu' });
plain.subscribe('room').bind('anything', (data: { a: number }) => data.a);
plain.bind('anything', (data: any) => data.a);
const options: Options = { cluster: 'eu', channelAuthorization: { endpoint: '/auth', transport: 'ajax' } };
export const channel: Channel = plain.subscribe('room');
export const presence = plain.subscribe('presence-a') as PresenceChannel;
export { options };
`;

t.test('a fresh project with the package', { timeout: 100_000 }, async (t) => {
  const dir = freshProject(t, {
    'package.json': '{"private":true}',
    'a.cjs': `const Pusher = require('standpipe/subscriber');
      console.log(typeof Pusher, Pusher.default === Pusher, Pusher.Pusher === Pusher, Pusher.name);`,
    'b.mjs': `import Pusher, { Pusher as Named } from 'standpipe/subscriber';
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('standpipe/subscriber');
      console.log(Pusher === Named, Pusher === required);`,
    'c.mts': `import Pusher, { Pusher as Named } from 'standpipe/subscriber';
      import type { Channel, Options, PresenceChannel } from 'standpipe/subscriber';
      export const same: typeof Pusher = Named;
      ${PROGRAM}`,
    'd.cts': `import Pusher = require('standpipe/subscriber');
      type Options = Pusher.Options;
      type Channel = Pusher.Channel;
      type PresenceChannel = Pusher.PresenceChannel;
      ${PROGRAM}`,
    'e.cts': `import Pusher, { type Channel, type Options, type PresenceChannel } from 'standpipe/subscriber';
      ${PROGRAM}`,
    'f.ts': `import Pusher from 'standpipe/subscriber';
      import type { Channel, Options, PresenceChannel } from 'standpipe/subscriber';
      ${PROGRAM}`,
    'page.js': `import Pusher from 'standpipe/subscriber';
      globalThis.pusher = new Pusher('key', { cluster: 'eu' });`,
    'page.cjs': `const Pusher = require('standpipe/subscriber');
      globalThis.pusher = new Pusher('key', { cluster: 'eu' });`,
  });

  t.equal(run(dir, 'a.cjs').trim(), 'function true true Pusher');
  t.equal(run(dir, 'b.mjs').trim(), 'true true');

  const tsc = require.resolve('typescript/bin/tsc');
  for (const [files, module, moduleResolution] of [
    [['c.mts', 'd.cts', 'e.cts'], 'node16', 'node16'],
    [['f.ts'], 'esnext', 'bundler'],
  ] as const) {
    const compilerOptions = {
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      target: 'es2022',
      lib: ['es2023', 'dom'],
      types: [],
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    let faults = '';
    try {
      execFileSync(process.execPath, [tsc, '-p', dir], { encoding: 'utf8' });
    } catch (error) {
      faults = (error as { stdout: string }).stdout;
    }
    t.equal(faults, '', `${moduleResolution}: strict, without the types of Node`);
  }

  for (const entry of ['page.js', 'page.cjs']) {
    const { metafile } = await build({
      absWorkingDir: dir,
      entryPoints: [entry],
      bundle: true,
      minify: true,
      splitting: entry === 'page.js',
      format: 'esm',
      platform: 'browser',
      outdir: 'out',
      metafile: true,
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    t.notOk(
      inputs.some((file) => /node_modules\/(ws|mitt)\//.test(file)),
      `${entry}: nothing of Node`,
    );
  }
  const page = readFileSync(join(dir, 'out/page.js'), 'utf8');
  t.notMatch(page, /expand 32-byte k/, 'encryption is a file of its own');
});
