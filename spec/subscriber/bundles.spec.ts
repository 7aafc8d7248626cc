import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { VERSION } from '../../lib/subscriber/transports/candidates';
import { built } from '../support/built';

const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

const compressed = (file: string): number => gzipSync(readFileSync(file)).length;

t.test('the script for a page is small, and encryption is not in it', async (t) => {
  const script = built('standpipe.min.js');
  t.ok(compressed(script) <= 15 * 1024, `${compressed(script)} bytes`);
  t.notMatch(readFileSync(script, 'utf8'), /xsalsa|expand 32-byte k/i);
  t.match(readFileSync(built('standpipe-encryption.min.js'), 'utf8'), /expand 32-byte k/);
  const theirs = join(__dirname, '../../node_modules/pusher-js/dist/web');
  const [plain, encrypting] = ['pusher', 'pusher-with-encryption'].map((name) =>
    compressed(join(theirs, `${name}.min.js`)),
  );
  t.ok(compressed(script) < (plain ?? 0), `pusher-js has ${plain}`);
  const both = compressed(script) + compressed(built('standpipe-encryption.min.js'));
  t.ok(both < (encrypting ?? 0), `${both} with encryption, pusher-js has ${encrypting}`);
});

t.test('a script tag gives a page one global', async (t) => {
  const page: Record<string, unknown> = { location: { href: 'http://a.test/', protocol: 'http:' } };
  Object.assign(page, { URL, setTimeout, clearTimeout, performance });
  const before = Object.keys(page);
  runInNewContext(readFileSync(built('standpipe.min.js'), 'utf8'), page);
  t.strictSame(
    Object.keys(page).filter((name) => !before.includes(name)),
    ['Pusher'],
  );
  t.equal((page['Pusher'] as { VERSION: string }).VERSION, manifest.version);
  t.equal(VERSION, manifest.version);
});

t.test('bundlers get encryption as a file of its own', async (t) => {
  const entry = built('browser/pusher.mjs');
  t.notMatch(readFileSync(entry, 'utf8'), /expand 32-byte k/);
  t.match(readFileSync(entry, 'utf8'), /import\("\.\/crypto-\w+\.mjs"\)/);
  t.ok(readdirSync(dirname(entry)).some((file) => /^crypto-\w+\.mjs$/.test(file)));
});

t.test('nothing for browsers asks for a module of Node', async (t) => {
  for (const file of [
    'standpipe.min.js',
    'standpipe-encryption.min.js',
    'browser/pusher.mjs',
    'browser/pusher.cjs',
    'back-channel.global.js',
    'back-channel.mjs',
  ]) {
    const text = readFileSync(built(file), 'utf8');
    t.notMatch(text, /require\(["'](node:|ws|mitt)|from ?["'](node:|ws|mitt)/, file);
  }
});

t.test('the back channel for pages that stay with pusher-js is one function', async (t) => {
  const page: Record<string, unknown> = {};
  runInNewContext(readFileSync(built('back-channel.global.js'), 'utf8'), page);
  t.type(page['attachBackChannel'], 'function');
  t.match(readFileSync(built('back-channel.mjs'), 'utf8'), /export \{\s*attachBackChannel/);
});
