import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import t, { type Test } from 'tap';
import ts from 'typescript';
import { built } from '../support/built';

const root = join(__dirname, '../..');

/** A fresh project with the packed package in it. Packages that it depends on are found further up. */
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

/** The compiler's own declarations, read once for all programs. */
const libraries = new Map<string, ts.SourceFile | undefined>();

/** Errors of the compiler in the files, at its strictest. */
function faults(files: string[], options: ts.CompilerOptions): string[] {
  const all: ts.CompilerOptions = {
    ...options,
    strict: true,
    noEmit: true,
    esModuleInterop: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(all);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) => {
    if (!file.includes('/typescript/lib/')) return read(file, ...rest);
    if (!libraries.has(file)) libraries.set(file, read(file, ...rest));
    return libraries.get(file);
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram(files, all, host))
    .map(({ file, messageText }) => `${file?.fileName}: ${JSON.stringify(messageText)}`);
}

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
pusher.back_channel.bind('price', ({ cents }) => cents.toFixed());
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
// Calls that strict programs for pusher-js make without a check.
plain.channel('room').bind('e', () => undefined);
export const socketId: string = plain.connection.socket_id;
export const named: string = (presence.members.get('1').info.name, presence.members.me.id);
export const count: number = channel.subscriptionCount;
plain.user.signinDonePromise.then(() => plain.user.user_data.user_info.name);
Pusher.Runtime.createXHR = () => undefined;
interface Params { a: number }
const params: Params = { a: 1 };
export const withParams: Options = { auth: { params, headers: { 'X-Token': null } } };
`;

t.test('a fresh project with the package', { timeout: 118_000 }, async (t) => {
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
    'required.cjs': `const Pusher = require('standpipe/subscriber');
      globalThis.pusher = new Pusher('key', { cluster: 'eu' });`,
  });

  t.equal(run(dir, 'a.cjs').trim(), 'function true true Pusher');
  t.equal(run(dir, 'b.mjs').trim(), 'true true');

  for (const [files, module, moduleResolution] of [
    [['c.mts', 'd.cts', 'e.cts'], ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
    [['f.ts'], ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ] as const) {
    const found = faults(
      files.map((file) => join(dir, file)),
      { module, moduleResolution },
    );
    t.strictSame(found, [], `${files.join(' ')}: strict, without the types of Node`);
  }

  const { metafile } = buildSync({
    absWorkingDir: dir,
    entryPoints: ['page.js', 'required.cjs'],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  t.strictSame(
    inputs.filter((file) => /node_modules\/(ws|mitt)\//.test(file)),
    [],
    'nothing of Node in a page',
  );
  const page = readFileSync(join(dir, 'out/page.js'), 'utf8');
  t.notMatch(page, /expand 32-byte k/, 'encryption is a file of its own');
});
