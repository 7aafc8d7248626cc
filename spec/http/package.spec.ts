import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import t from 'tap';
import { built } from '../support/built';
import { gatewayOf } from './scene';

const root = join(__dirname, '../..');
const run = promisify(execFile);

built('http/entries/node.cjs');
const project = mkdtempSync(join(tmpdir(), 'standpipe-http-'));
t.teardown(() => rmSync(project, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(project, name), text);

/** Runs a program in the project, with the settings of a gateway in its environment. */
async function program(name: string, text: string, url = ''): Promise<string> {
  write(name, text);
  const env = { ...process.env, STANDPIPE_URL: url };
  const { stdout } = await run(process.execPath, [name], { cwd: project, env });
  return stdout.trim();
}

t.setTimeout(110_000);

/** The package as npm packs it, unpacked into a project whose other packages are those of this repository. */
t.before(async () => {
  write('package.json', '{"name":"user-of-it","private":true}');
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', project];
  const { stdout } = await run('npm', pack, { cwd: root });
  const home = join(project, 'node_modules/standpipe');
  mkdirSync(home, { recursive: true });
  await run('tar', ['-xzf', join(project, stdout.trim()), '-C', home, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  for (const name of Object.keys(dependencies)) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
});

const PROGRAM = `
  const pusher = new Pusher();
  pusher.trigger('room', 'hi', { message: 'hello world' })
    .then((response) => console.log(response.status, pusher instanceof Pusher))`;

t.test('the packed package is the class by require, and by import under both names', async (t) => {
  const gateway = await gatewayOf(t);
  const url = `http://key:secret@127.0.0.1:${gateway.client.port}/apps/1`;
  const required = `const Pusher = require('standpipe/http');${PROGRAM}`;
  t.equal(await program('required.cjs', required, url), '200 true');
  const imported = `import Pusher, { Pusher as Same } from 'standpipe/http';
import { createRequire } from 'node:module';
console.log(Pusher === Same, Pusher === createRequire(import.meta.url)('standpipe/http'));${PROGRAM}`;
  t.equal(await program('imported.mjs', imported, url), 'true true\n200 true');
});

const TYPED = `
interface Events { greeting: { text: string } }
const pusher = new Pusher<Events>({ appId: '1', key: 'k', secret: 's', host: 'h', retries: 3 });
export async function all(): Promise<number> {
  await pusher.trigger('room', 'greeting', { text: 'hi' }, { socket_id: '1.1', except: ['1.2'] });
  // @ts-expect-error there is no such event
  await pusher.trigger('room', 'other', 1);
  // @ts-expect-error the data of this event is another
  await pusher.trigger('room', 'greeting', { text: 7 });
  await pusher.triggerBatch([{ channel: 'room', name: 'greeting', data: { text: 'hi' } }]);
  // @ts-expect-error the parameters of the signature are not for callers
  pusher.createSignedQueryString({ method: 'GET', path: '/', params: { auth_key: 'x' } });
  const { channels } = await (await pusher.get({ path: '/channels' })).json();
  const { users } = await (await pusher.get({ path: '/channels/presence-a/users' })).json();
  const id: string = users[0]!.id;
  const anything = await (await new Pusher().get({ path: '/own' as string })).json();
  anything.whatever.is.there;
  const error = new Pusher.RequestError('message', 'url');
  const options: Pusher.Options = { appId: '1', key: 'k', secret: 's', cluster: 'eu' };
  const token: Pusher.Token = { key: 'k', secret: 's' };
  const params: Pusher.TriggerParams = { info: 'user_count' };
  const client: Pusher = Pusher.forCluster('eu', options);
  client.webhook({ headers: {}, rawBody: '' }).isValid([token]);
  await client.trigger(['a'], 'any', Math.random(), params);
  return (channels['room']?.user_count ?? 0) + id.length + (error.status ?? 0);
}`;

t.test('it type-checks, strictly and with its own declarations checked too', async (t) => {
  write(
    'named.mts',
    `import Same, { Pusher, type Options } from 'standpipe/http';${TYPED}
const same: typeof Pusher = Same;
export const more: [typeof Pusher, Options] = [same, {}];`,
  );
  write('default.mts', `import Pusher from 'standpipe/http';${TYPED}`);
  write('equals.cts', `import Pusher = require('standpipe/http');${TYPED}`);
  write('named.cts', `import { Pusher } from 'standpipe/http';${TYPED}`);
  write('parse.mts', `import Pusher from 'standpipe/http/parse';${TYPED}`);
  write(
    'bundled.ts',
    `import Pusher, { type Callback } from 'standpipe/http';${TYPED}
export type Done = Callback;`,
  );
  const tsc = require.resolve('typescript/bin/tsc');
  const strict = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022'];
  const check = async (...args: string[]): Promise<string> =>
    run(process.execPath, [tsc, ...strict, ...args], { cwd: project }).then(
      () => 'fine',
      ({ stdout }: { stdout: string }) => stdout,
    );
  const files = ['named.mts', 'default.mts', 'equals.cts', 'named.cts', 'parse.mts'];
  t.equal(await check('--module', 'node16', ...files), 'fine', 'node16');
  t.equal(
    await check('--module', 'esnext', '--moduleResolution', 'bundler', 'bundled.ts'),
    'fine',
    'bundler',
  );
});

/** What a worker has and the language has not. */
const WEB = {
  ...{ fetch, Headers, URL, URLSearchParams, AbortController, TextEncoder, TextDecoder },
  ...{ crypto, btoa, atob, setTimeout, clearTimeout, queueMicrotask, console },
};

const WORKER = `import Pusher from 'standpipe/http';
globalThis.answer = (async () => {
  const key = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
  const pusher = Pusher.forURL(globalThis.url, { encryptionMasterKeyBase64: key });
  const sent = await Promise.all([1, 2, 3].map((data) => pusher.trigger('room', 'hi', data)));
  await pusher.trigger('private-encrypted-orders', 'secret', { n: 1 });
  await pusher.triggerBatch([{ channel: 'room', name: 'last', data: 'x' }]);
  const rawBody = '{"time_ms":1,"events":[]}';
  const headers = new Headers({
    'x-pusher-key': 'key',
    'x-pusher-signature': new Pusher.Token('key', 'secret').sign(rawBody),
    'content-type': 'application/json',
  });
  const failure = await pusher.get({ path: '/nowhere' }).catch((error) => error);
  return {
    statuses: sent.map(({ status }) => status),
    channels: await (await pusher.get({ path: '/channels' })).json(),
    auth: pusher.authorizeChannel('1234.1234', 'private-encrypted-orders'),
    webhook: pusher.webhook({ headers, rawBody: new TextEncoder().encode(rawBody) }).isValid(),
    failure: [failure.name, failure.code, failure.status],
    node: typeof process + typeof Buffer,
  };
})();`;

t.test('bundled for a worker it runs where there is nothing of Node', async (t) => {
  const gateway = await gatewayOf(t);
  const socket = await (await gateway.browser()).subscribe('room');
  write('worker.js', WORKER);
  for (const platform of ['neutral', 'browser'] as const) {
    const { outputFiles, warnings } = await build({
      absWorkingDir: project,
      entryPoints: ['worker.js'],
      bundle: true,
      write: false,
      platform,
      // Workers of every maker resolve by these.
      conditions: ['workerd', 'worker', 'browser'],
      mainFields: ['module', 'main'],
      format: 'iife',
      logLevel: 'silent',
    });
    t.strictSame(warnings, []);
    const code = outputFiles[0]?.text ?? '';
    t.notMatch(code, /require\(["'](node:|undici)/);
    const url = `http://key:secret@127.0.0.1:${gateway.client.port}/apps/1`;
    const sandbox: { answer?: Promise<unknown> } = { ...WEB, url } as never;
    runInContext(code, createContext(sandbox));
    // What comes out of another realm is compared as text.
    const answer = JSON.parse(JSON.stringify(await sandbox.answer)) as object;
    t.match(answer, {
      statuses: [200, 200, 200],
      channels: { channels: { room: {} } },
      auth: { shared_secret: 'ssB9Jw4XlKNKH112J2oKRhfPWLBMPFcsN1yGpYcjdtE=' },
      webhook: true,
      failure: ['PusherRequestError', 'refused', 404],
      node: 'undefinedundefined',
    });
    t.equal((await socket.next('last')).data, 'x');
  }
});
