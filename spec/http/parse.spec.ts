import { execSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Pusher as Client } from '../../lib/http';
import { gatewayOf } from './servers';

const root = join(__dirname, '../..');

interface Options {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * A stand-in for Parse Server, which is not installed here, with the documented `Parse.Cloud.httpRequest`. It resolves
 * with status, headers and text, and rejects with the same from status 400 on.
 */
async function httpRequest({ url, ...init }: Options): Promise<object> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const answer = { status, headers: Object.fromEntries(headers), text: await response.text() };
  if (status >= 400) throw answer as unknown as Error;
  return answer;
}

t.test('npm run parse-build makes one file that sends by Parse.Cloud.httpRequest', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'standpipe-parse-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const file = join(folder, 'parse.cjs');
  const command = (scripts['parse-build'] ?? '').replace('dist/http/entries/parse.cjs', file);
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
  execSync(command, { cwd: root, env });
  t.notMatch(readFileSync(file, 'utf8'), /\brequire\(["']/, 'it needs no other file');

  const Pusher = createRequire(__filename)(file) as typeof Client;
  t.equal(Pusher.name, 'Pusher');
  const gateway = await gatewayOf(t);
  const pusher = new Pusher(gateway.client);
  await t.rejects(pusher.trigger('room', 'e', 1), { message: /no Parse.Cloud.httpRequest here/ });

  const urls: string[] = [];
  const cloud = {
    httpRequest: (options: Options) => (urls.push(options.url), httpRequest(options)),
  };
  Object.assign(globalThis, { Parse: { Cloud: cloud } });
  t.teardown(() => Reflect.deleteProperty(globalThis, 'Parse'));
  const socket = await (await gateway.browser()).subscribe('room');
  await pusher.trigger('room', 'hi', { message: 'hello world' });
  t.strictSame((await socket.next('hi')).data, { message: 'hello world' });
  t.strictSame(await (await pusher.get({ path: '/channels' })).json(), { channels: { room: {} } });
  await t.rejects(pusher.get({ path: '/nowhere' }), {
    name: 'PusherRequestError',
    status: 404,
    body: 'Not found\n',
  });
  t.equal(urls.length, 3);
});
