import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import t from 'tap';
import ts from 'typescript';

const LIB = join(__dirname, '../lib');

/** An import, as written: `from` and a relative `to` are paths below lib without extension; `../proto/x` is the cellar. */
interface Import {
  from: string;
  to: string;
}

/** The rooms from the cellar up. A file may import its own room, or any room on a line above its own. */
const FLOORS: readonly (readonly string[])[] = [
  ['proto', 'manifest'],
  // The back channel imports nothing: the subscriber has it, and it is an entry of the package.
  ['ground', 'roof/back-channel'],
  ['stream', 'pusher'],
  // The wire borrows the types of positions and credit.
  ['wire'],
  ['brokers', 'net'],
  ['pipe', 'http', 'subscriber'],
  ['gateway/options'],
  ['gateway/core'],
  ['gateway/http'],
  ['gateway/sockjs'],
  ['gateway/protocols/protocol'],
  ['gateway/transport', 'gateway/webhooks', 'gateway/protocols/*'],
  ['gateway'],
  // The command line and the test gateway come in by the front door, as any user does.
  ['roof/index', 'roof/http/index', 'roof/subscriber/index', 'roof/gateway/index'],
  // The package's own ways into a roof, for `require` and for `import`.
  ['http-entries'],
  ['pushy'],
  ['roof/pushy/index'],
  ['testing'],
  ['roof/testing/index'],
  // A recording is played by the browsers of the test gateway.
  // The page of the console runs in browsers, and has only types of the gateway.
  ['cli', 'console'],
];

/** Rooms that do no I/O and hold no timers, with all of Node that they may use. */
const PURE: ReadonlyMap<string, readonly string[]> = new Map([
  ['wire', ['node:buffer', 'node:crypto']],
  ['stream', []],
  // The rules of Channels run in browsers and workers too: where there is node:crypto, digests.ts asks the process for
  // it.
  ['pusher', []],
]);

/** Every package that lib may use, and the files (or folders) that may use it. */
const PACKAGES: ReadonlyMap<string, readonly string[]> = new Map([
  // The dialler, the server, and the types of what the guarded send writes to (the linter allows it no more).
  [
    'ws',
    [
      'net/web-socket',
      'gateway/transport/upgrades',
      'gateway/transport/connection',
      // The scripted gateway breaks what the guarded one holds.
      'cli/conformance/',
    ],
  ],
  ['mitt', ['util/emitter']],
  ['protobufjs', ['wire/']],
  ['@noble/hashes', ['pusher/digests']],
  ['@noble/ciphers', ['pusher/encryption']],
  ['commander', ['cli/']],
  ['pino', ['gateway/', 'cli/']],
  ['pino-pretty', ['cli/process/process-log']],
  ['prom-client', ['gateway/']],
  ['lru-cache', ['gateway/core/', 'brokers/memory/']],
  ['@redis/client', ['brokers/redis/connection']],
  ['zod', ['gateway/', 'cli/']],
  // Node alone has connections to pool; the types of it are used nowhere else.
  ['undici', ['http/transports/undici']],
  // Bundled into the page of the console.
  ['preact', ['console/']],
]);

/** Entries of the package: they gather and own nothing. The back channel runs in browsers and imports nothing. */
const ROOFS = new Set([
  'index',
  ...['http', 'subscriber', 'gateway', 'pushy', 'testing'].map((r) => `${r}/index`),
]);
/** The inner floors of the gateway, beside its protocols. */
const INNER = new Set(['options', 'core', 'http', 'sockjs', 'transport', 'webhooks']);
const STANDALONE = 'back-channel';
/** The only import of the above: types, which the compiler leaves out. */
const TYPES_ONLY = './util/app-events';

/** The room of a file below lib, or undefined when it stands in none. */
function roomOf(file: string): string | undefined {
  if (ROOFS.has(file) || file === STANDALONE) return `roof/${file}`;
  const [first = '', second = '', third] = file.split('/');
  if (file === '../package.json') return 'manifest';
  if (first === '..') return second === 'proto' ? 'proto' : undefined;
  if (first === 'errors' || first === 'util') return 'ground';
  if (first === 'http' && second === 'entries') return 'http-entries';
  if (first !== 'gateway') return second === '' ? undefined : first;
  if (second === 'protocols') return third === undefined ? undefined : `gateway/protocols/${third}`;
  return INNER.has(second) ? `gateway/${second}` : 'gateway';
}

/** A relative import as a path below lib; a folder means its index. */
function resolve(from: string, to: string): string {
  const path = posix.join(posix.dirname(from), to);
  const index = posix.join(path, 'index');
  return ROOFS.has(index) ? index : path;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) =>
    rooms.some((name) =>
      name.endsWith('/*') ? room.startsWith(name.slice(0, -1)) : room === name,
    ),
  );
}

/** The fault of an import; undefined when there is none. */
function fault({ from, to }: Import): string | undefined {
  const room = roomOf(from);
  if (room === undefined || floorOf(room) < 0) return `${from} stands in no room`;
  if (from === STANDALONE && to === TYPES_ONLY) return undefined;
  if (from === STANDALONE) return `${from} imports ${to}, but runs in a browser`;
  if (to.startsWith('node:')) {
    const allowed = PURE.get(room);
    return allowed === undefined || allowed.includes(to)
      ? undefined
      : `${from} is pure and imports ${to}`;
  }
  if (!to.startsWith('.')) {
    const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    const allowed = PACKAGES.get(name) ?? [];
    const fits = allowed.some((place) =>
      place.endsWith('/') ? from.startsWith(place) : from === place,
    );
    return fits
      ? undefined
      : `${from} imports ${to}, which is for ${allowed.join(', ') || 'nobody'}`;
  }
  const path = resolve(from, to);
  const target = roomOf(path);
  if (target === undefined || floorOf(target) < 0)
    return `${from} imports ${path}, which stands in no room`;
  if (target === 'proto' && room !== 'wire')
    return `${from} imports ${path}: only wire knows proto`;
  if (target === room || floorOf(target) < floorOf(room)) return undefined;
  const way = floorOf(target) === floorOf(room) ? 'sideways' : 'up';
  return `${from} imports ${way}: ${path}`;
}

/** Without their extension, unless it says how the file is loaded. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?ts$/.test(file))
    .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''));
}

function textOf(file: string): string {
  return readFileSync(join(LIB, /\.[cm]ts$/.test(file) ? file : `${file}.ts`), 'utf8');
}

/** Every import of a text: static, type-only, re-exported, dynamic and `require`. */
function importsOf(from: string, text: string): Import[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => ({ from, to: fileName }));
}

t.test('every import of lib points down or stays in its room', async (t) => {
  const files = filesOf(LIB);
  t.ok(files.includes('errors') && files.includes('wire/frames'), 'the files of lib were read');
  const strays = files.filter((file) => floorOf(roomOf(file) ?? '') < 0);
  t.strictSame(strays, [], 'every file stands in a room');
  const imports = files.flatMap((file) => importsOf(file, textOf(file)));
  t.ok(imports.length > 0, 'imports were found');
  t.strictSame(imports.map(fault).filter(Boolean), []);
});

t.test('roofs only gather: nothing is written in them but re-exports', async (t) => {
  for (const file of filesOf(LIB).filter((file) => ROOFS.has(file))) {
    const text = textOf(file);
    const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
    const own = statements.filter((node) => !ts.isExportDeclaration(node) || !node.moduleSpecifier);
    t.strictSame(
      own.map((node) => text.slice(node.pos, node.end).trim()),
      [],
      file,
    );
  }
});

t.test('imports of every form are seen', async (t) => {
  const text = `import a from 'a';
import type { B } from 'b';
import { type C } from 'c';
import 'd';
export { e } from 'e';
export * from 'f';
export type { G } from 'g';
const h = require('h');
const i = import('i');
type J = import('j').J;
import k = require('k');
// import 'not-this';
const text = "import 'nor-this'";
`;
  const seen = importsOf('x', text).map(({ to }) => to);
  t.strictSame(seen.sort(), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']);
});

t.test('good imports pass', async (t) => {
  const good: [from: string, to: string][] = [
    ['errors', './util/logger'],
    ['util/emitter', 'mitt'],
    ['util/timers', 'node:timers'],
    ['wire/codec', './frames'],
    ['wire/codec', '../../proto/pipe'],
    ['wire/codec', '../errors'],
    ['wire/frames', '../stream/log'],
    ['pusher/digests', '@noble/hashes/hmac'],
    ['pusher/encryption', '@noble/ciphers/salsa'],
    ['net/web-socket', 'ws'],
    ['pipe/connection/link', '../../net/dial'],
    ['subscriber/client', '../back-channel'],
    ['pipe/connection/link', '../../stream/outbox'],
    ['gateway/core/router', '../../brokers/broker'],
    ['brokers/redis/link', '../../wire/cluster'],
    ['gateway/core/hub', '../options/options'],
    ['gateway/transport/upgrades', 'ws'],
    ['gateway/transport/listener', 'node:http'],
    ['gateway/webhooks/endpoint', '../core/streams/matcher'],
    ['gateway/protocols/pipe/session', '../../core/model/app'],
    ['gateway/protocols/channels/commands/subscribe', '../session'],
    ['gateway/protocols/pipe-2011/connection', '../../core/streams/group'],
    ['gateway/protocols/fallback/fallback', '../../sockjs/carriers'],
    ['gateway/gateway', './protocols/channels/session'],
    ['gateway/index', './gateway'],
    ['testing/index', './gateway'],
    ['testing/gateway', '../gateway/gateway'],
    ['cli/main', 'commander'],
    ['cli/main', '../../package.json'],
    ['cli/commands/tail', '../..'],
    ['cli/recording/player', '../../testing'],
    ['cli/main', '../gateway'],
    ['cli/commands/pushy', '../../pushy'],
    ['pushy/init', '../gateway'],
    ['testing/test-gateway', '../gateway/index'],
    ['index', './pipe/client'],
    ['http/transports/undici', 'undici'],
    ['http/entries/node.cts', '../transports/node'],
    ['http/entries/node.mts', './node.cjs'],
  ];
  for (const [from, to] of good) t.equal(fault({ from, to }), undefined, `${from} → ${to}`);
});

t.test('bad imports are caught', async (t) => {
  const bad: [from: string, to: string, why: RegExp][] = [
    ['util/logger', '../wire/frames', /up/],
    ['errors', './wire/codec', /up/],
    ['stream/log', '../wire/frames', /up/],
    ['wire/codec', '../pipe/connection/link', /up/],
    ['wire/codec', 'node:net', /pure/],
    ['pusher/messages', 'node:http', /pure/],
    ['pusher/signature', 'node:crypto', /pure/],
    ['pusher/signature', '@noble/hashes/hmac', /which is for pusher\/digests/],
    ['stream/lanes', 'node:timers/promises', /pure/],
    ['stream/log', 'node:tls', /pure/],
    ['stream/log', 'ws', /which is for/],
    ['stream/log', '../../proto/pipe', /only wire/],
    ['gateway/protocols/pipe/session', '../../../../proto/pipe', /only wire/],
    ['pipe/client', '../http/client', /sideways/],
    ['http/client', '../subscriber/client', /sideways/],
    ['subscriber/client', '../pipe/client', /sideways/],
    ['pipe/connection/link', '../../gateway/gateway', /up/],
    ['brokers/memory/engine', '../../net/dial', /sideways/],
    ['brokers/redis/link', '@redis/client', /which is for brokers\/redis\/connection/],
    ['brokers/memory/engine', '../../gateway/core/model/app', /up/],
    ['http/client', './entries/node.cjs', /up/],
    ['http/transports/fetch', 'undici', /which is for http\/transports\/undici/],
    ['gateway/core/hub', '../transport/connection', /up/],
    ['gateway/core/hub', '../protocols/channels/session', /up/],
    ['gateway/transport/listener', '../protocols/channels/session', /sideways/],
    ['gateway/protocols/channels/session', '../../transport/connection', /sideways/],
    ['gateway/protocols/channels/session', '../pipe/session', /sideways/],
    ['gateway/protocols/pipe-2011/requests', '../pipe/commands', /sideways/],
    ['gateway/sockjs/carrier', '../protocols/fallback/fallback', /up/],
    ['gateway/protocols/channels/commands/subscribe', '../../rest/session', /sideways/],
    ['gateway/webhooks/poster', '../transport/listener', /sideways/],
    ['gateway/core/model/app', '../../gateway', /up/],
    ['gateway/gateway', '../cli/main', /up/],
    ['gateway/protocols/pushy/session', '../../../pushy', /up/],
    ['gateway/protocols/pushy/endpoint', '../fallback/fallback', /sideways/],
    ['gateway/gateway', './index', /up/],
    ['testing/gateway', '../cli/main', /up/],
    ['index', './gateway/index', /sideways/],
    ['pipe/client', '../index', /up/],
    ['gateway/gateway', '..', /up: index/],
    ['gateway/protocols/rest/session', '../..', /up: gateway\/index/],
    ['testing/gateway', '.', /up: testing\/index/],
    ['testing/gateway', '../cli/recording/player', /up/],
    ['pipe/connection/link', 'ws', /which is for net\/web-socket/],
    ['gateway/transport/keep-alive', 'ws', /which is for/],
    ['pipe/handles/listenable', 'mitt', /which is for util\/emitter/],
    ['gateway/gateway', 'protobufjs/minimal', /which is for wire/],
    ['pipe/client', 'zod', /which is for/],
    ['pipe/client', 'lodash', /nobody/],
    ['pipe/client', 'events', /nobody/],
    ['back-channel', './util/logger', /browser/],
    ['back-channel', 'node:crypto', /browser/],
    ['elsewhere/file', './other', /no room/],
    ['stray', './errors', /no room/],
    ['pipe/client', '../../spec/support/x', /no room/],
  ];
  for (const [from, to, why] of bad) t.match(fault({ from, to }), why, `${from} → ${to}`);
});
