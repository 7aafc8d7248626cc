import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { built } from '../support/built';

const root = join(__dirname, '../..');

/** The bundlers, and how each is run over `page.js` into `out/`. */
const BUNDLERS = {
  vite: ['vite', 'build', '--logLevel', 'warn'],
  webpack: ['webpack', '--config', 'webpack.config.cjs'],
} as const;

const FILES = {
  'package.json': '{"private":true,"type":"module"}',
  'index.html': '<script type="module" src="./page.js"></script>',
  'page.js': `import Pusher from 'standpipe/subscriber';
    globalThis.pusher = new Pusher('key', { cluster: 'eu' });`,
  'vite.config.js': `export default { build: { outDir: 'out-vite' } };`,
  'webpack.config.cjs': `module.exports = {
    mode: 'production', entry: './page.js', devtool: false,
    output: { path: require('path').join(__dirname, 'out-webpack') },
  };`,
};

/**
 * Bundles a page with vite and with webpack, from the packed package in a fresh project. Both come from the package registry
 * here, since nothing else of the repository needs them. The result is the characters of each page.
 */
export async function bundlers(t: Test): Promise<Record<string, number>> {
  built('subscriber/entries/node.cjs');
  const dir = t.testdir(FILES);
  const run = (command: string, ...args: string[]): unknown =>
    execFileSync(command, args, { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', dir], {
    cwd: root,
  });
  const tarball = readdirSync(dir).find((file) => file.endsWith('.tgz')) ?? '';
  const tools = ['vite@7', 'webpack@5', 'webpack-cli@6'];
  run('npm', 'install', '--silent', '--no-audit', '--no-fund', `./${tarball}`, ...tools);
  const sizes: Record<string, number> = {};
  for (const [name, args] of Object.entries(BUNDLERS)) {
    const out = join(dir, `out-${name}`);
    mkdirSync(out, { recursive: true });
    run('npx', '--no-install', ...args);
    const scripts = readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(join(out, file), 'utf8'));
    const page = scripts.find((text) => text.includes('pusher:subscribe')) ?? '';
    t.match(page, /pusher:subscribe/, `${name}: the page has the subscriber`);
    t.notMatch(page, /expand 32-byte k/, `${name}: encryption is a file of its own`);
    t.ok(
      scripts.some((text) => text.includes('expand 32-byte k')),
      `${name}: and that file is there`,
    );
    t.notOk(
      scripts.some((text) => /sec-websocket-key/i.test(text)),
      `${name}: nothing of Node in a page`,
    );
    sizes[name] = page.length;
  }
  return sizes;
}
