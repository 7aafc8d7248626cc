import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import type { Test } from 'tap';
import { createTestGateway } from '../../lib/testing';
import { built } from '../support/built';

const root = join(__dirname, '../..');
const run = promisify(execFile);

const WORKER = `import Pusher from 'standpipe/http';
globalThis.answer = Pusher.forURL(globalThis.url).trigger('room', 'hi', 1).then(({ status }) => status);`;

const VITE = `import { build } from 'vite';
await build({ root: '.', logLevel: 'silent', resolve: { conditions: ['workerd', 'worker', 'browser', 'module'] },
  build: { outDir: 'out', emptyOutDir: true, lib: { entry: 'worker.js', formats: ['iife'], name: 'x', fileName: () => 'vite.js' } } });`;

const WEBPACK = `import webpack from 'webpack';
webpack({ mode: 'production', target: 'webworker', entry: './worker.js', resolve: { conditionNames: ['workerd', 'worker', 'browser', 'import'] },
  output: { path: process.cwd() + '/out', filename: 'webpack.js' } }, (error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) { console.error(error ?? stats.toString()); process.exitCode = 1; }
});`;

/** Globals of a worker beyond those of the language. */
const WEB = {
  ...{ fetch, Headers, URL, URLSearchParams, AbortController, TextEncoder, TextDecoder },
  ...{ crypto, btoa, atob, setTimeout, clearTimeout, queueMicrotask, console },
};

/** Bundles `standpipe/http` for a worker with vite and with webpack, runs each, and gives the sizes in bytes. */
export async function bundles(test: Test): Promise<Record<string, number>> {
  built('http/entries/edge.cjs');
  const project = mkdtempSync(join(tmpdir(), 'standpipe-bundles-'));
  test.teardown(() => rmSync(project, { recursive: true, force: true }));
  const home = join(project, 'node_modules/standpipe');
  mkdirSync(home, { recursive: true });
  for (const each of ['dist', 'package.json']) {
    cpSync(join(root, each), join(home, each), { recursive: true });
  }
  for (const name of ['@noble/ciphers', '@noble/hashes', 'vite', 'webpack']) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  const write = (name: string, text: string): void => writeFileSync(join(project, name), text);
  write('package.json', '{"private":true,"type":"module"}');
  write('worker.js', WORKER);
  const gateway = await createTestGateway({ apps: [{ id: '1', key: 'key', secret: 'secret' }] });
  test.teardown(() => gateway.close());
  const url = `http://key:secret@127.0.0.1:${gateway.client.port}/apps/1`;
  const sizes: Record<string, number> = {};
  for (const [name, program] of [
    ['vite', VITE],
    ['webpack', WEBPACK],
  ] as const) {
    write(`${name}.mjs`, program);
    await run(process.execPath, [`${name}.mjs`], { cwd: project });
    const code = readFileSync(join(project, 'out', `${name}.js`), 'utf8');
    test.notMatch(code, /require\(["'](node:|undici)/, `${name}: nothing of Node is in it`);
    const sandbox: { answer?: Promise<unknown> } = { ...WEB, url } as never;
    runInContext(code, createContext(sandbox));
    test.equal(await sandbox.answer, 200, `${name}: it publishes`);
    sizes[name] = Buffer.byteLength(code);
  }
  return sizes;
}
