import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import t from 'tap';
import { built } from '../support/built';
import { gatewayOf } from './servers';

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
  const options: Types.Options = { appId: '1', key: 'k', secret: 's', cluster: 'eu' };
  const token: Types.Token = { key: 'k', secret: 's' };
  const params: Types.TriggerParams = { info: 'user_count' };
  const client: Pusher = Pusher.forCluster('eu', options);
  client.webhook({ headers: {}, rawBody: '' }).isValid([token]);
  await client.trigger(['a'], 'any', Math.random(), params);
  return (channels['room']?.user_count ?? 0) + id.length + (error.status ?? 0);
}`;

/** Types by upstream's names stand in the namespace of the class. */
const NAMESPACE = `
import Types = Pusher;`;

t.test('the package type-checks, strictly and with its own declarations checked too', async (t) => {
  write(
    'named.mts',
    `import Same, { Pusher, type Options } from 'standpipe/http';${NAMESPACE}${TYPED}
const same: typeof Pusher = Same;
export const more: [typeof Pusher, Options] = [same, {}];`,
  );
  write('default.mts', `import Pusher from 'standpipe/http';${NAMESPACE}${TYPED}`);
  write('equals.cts', `import Pusher = require('standpipe/http');${NAMESPACE}${TYPED}`);
  write(
    'named.cts',
    `import { Pusher } from 'standpipe/http';
import type Types = require('standpipe/http');${TYPED}`,
  );
  write('parse.mts', `import Pusher from 'standpipe/http/parse';${NAMESPACE}${TYPED}`);
  write(
    'bundled.ts',
    `import Pusher, { type Callback } from 'standpipe/http';${NAMESPACE}${TYPED}
export type Done = Callback;`,
  );
  const tsc = (name: string): string =>
    join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'tsc');
  const strict = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022'];
  const check = async (compiler: string, ...args: string[]): Promise<string> =>
    run(process.execPath, [tsc(compiler), ...strict, ...args], { cwd: project }).then(
      () => 'fine',
      ({ stdout }: { stdout: string }) => stdout,
    );
  const files = ['named.mts', 'default.mts', 'equals.cts', 'named.cts', 'parse.mts'];
  t.equal(await check('typescript', '--module', 'node16', ...files), 'fine', 'node16');
  t.equal(
    await check(
      'typescript-7',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      'bundled.ts',
    ),
    'fine',
    'bundler',
  );
});

/** The code blocks of the documentation of npm pusher's older versions, as programs. */
const DOCUMENTED = `
const Pusher = require('standpipe/http');
const { port } = new URL(process.env.STANDPIPE_URL);
const ENCRYPTION_MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const options = { appId: '1', key: 'key', secret: 'secret', useTLS: false, port };
var pusher = new Pusher({ ...options, host: '127.0.0.1', encryptionMasterKeyBase64: ENCRYPTION_MASTER_KEY,
  timeout: 20000, keepAlive: true });
const seen = {};
const hear = (name, start) => new Promise((resolve) => start((error, request, response) => {
  seen[name] = [error, request.method, response.statusCode];
  resolve(response);
}));
(async () => {
  seen.cluster = Pusher.forCluster('CLUSTER', options).config.host;
  seen.url = (await Pusher.forURL('http://key:secret@127.0.0.1:' + port + '/apps/1').get({ path: '/channels' })).status;
  await hear('trigger', (callback) => pusher.trigger('channel-1', 'test_event', { message: 'hello world' }, callback));
  await pusher.trigger(['channel-1', 'channel-2'], 'test_event', { message: 'hello world' });
  await pusher.triggerBatch([
    { channel: 'channel-1', name: 'test-event-1', data: { message: 'hello world' } },
    { channel: 'channel-2', name: 'test-event-2', data: { message: 'hello another world' } }]);
  var socketId = '1302.1081607';
  await pusher.trigger('channel-1', 'test_event', {}, socketId);
  await pusher.trigger('private-encrypted-orders', 'test_event', 1);
  try {
    pusher.trigger(['channel-1', 'private-encrypted-channel-2'], 'test_event', { message: 'hello world' });
  } catch (error) { seen.limitation = error.message; }
  seen.auth = Object.keys(pusher.authenticate(socketId, 'private-a'));
  seen.presence = Object.keys(pusher.authenticate(socketId, 'presence-a',
    { user_id: 'unique_user_id', user_info: { name: 'Phil' } }));
  const response = await hear('get', (callback) => pusher.get({ path: '/channels', params: {} }, callback));
  if (response.statusCode === 200) {
    var result = JSON.parse(response.body);
    seen.channels = result.channels;
  }
  await hear('one', (callback) => pusher.get({ path: '/channels/presence-a', params: {} }, callback));
  await hear('users', (callback) => pusher.get({ path: '/channels/presence-a/users' }, callback));
  await hear('post', (callback) => pusher.post({ path: '/events',
    body: { name: 'e', channels: ['a'], data: '1' } }, callback));
  const rawBody = '{"time_ms":1327078148132,"events":[]}';
  const signature = new Pusher.Token('x2', 'y2').sign(rawBody);
  const webhook = pusher.webhook({ rawBody,
    headers: { 'x-pusher-key': 'x2', 'x-pusher-signature': signature, 'content-type': 'application/json' } });
  seen.webhook = [webhook.isValid(), webhook.isValid([{ key: 'x1', secret: 'y1' }, { key: 'x2', secret: 'y2' }]),
    webhook.getData().time_ms, webhook.getEvents(), webhook.getTime().getTime()];
  seen.signed = pusher.createSignedQueryString({ method: 'POST', path: '/apps/3/events',
    body: '{"name":"foo","channel":"donuts","data":"2-for-1"}', params: {} }).replace(/=[^&]*/g, '');
  console.log(JSON.stringify(seen));
})();`;

t.test('documented code of older versions runs with its import changed', async (t) => {
  const gateway = await gatewayOf(t);
  await (await gateway.browser()).subscribe('presence-a', { userId: 'a' });
  const url = `http://key:secret@127.0.0.1:${gateway.client.port}/apps/1`;
  const fine = (method: string): unknown[] => [null, method, 200];
  t.strictSame(JSON.parse(await program('documented.cjs', DOCUMENTED, url)), {
    ...{ cluster: 'api-CLUSTER.pusher.com', url: 200 },
    ...{ trigger: fine('POST'), get: fine('GET'), one: fine('GET'), users: fine('GET') },
    post: fine('POST'),
    limitation: 'You cannot trigger to multiple channels when using encrypted channels',
    auth: ['auth'],
    presence: ['channel_data', 'auth'],
    channels: { 'presence-a': {} },
    webhook: [false, true, 1327078148132, [], 1327078148132],
    signed: 'auth_key&auth_timestamp&auth_version&body_md5&auth_signature',
  });
});

/** Globals of a worker beyond those of the language. */
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
    // Objects of another realm are compared as text.
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
