import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import t from 'tap';

const root = join(__dirname, '../..');
// The files that are named below alone: the whole project takes three times as long to load.
const project = '.ci/tsconfig.rules.json';
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: {
      // In CI the parser takes a file from the disk otherwise, and not the text that it is given.
      parserOptions: { projectService: false, project, disallowAutomaticSingleRunInference: true },
    },
  },
});

/** An ordinary file of lib; the rules read types, so a text is judged in the place of a file that exists. */
const ANYWHERE = 'lib/util/deferred.ts';

/** Lines that a rule reports in a text, as if it were the text of `file`. */
async function lines(rule: string, code: string, file = ANYWHERE): Promise<number[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  const fatal = result?.messages.find((message) => message.fatal);
  if (fatal) throw new Error(`${file}: ${fatal.message}`);
  return (result?.messages ?? []).filter(({ ruleId }) => ruleId === rule).map(({ line }) => line);
}

const IMPORTS = 'no-restricted-imports';

const RAW_WRITES = `import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
export function all(ws: WebSocket, tcp: Socket, tls: TLSSocket | undefined, raw: Duplex, res: ServerResponse): void {
  ws.send('x');
  ws.ping();
  ws['close'](1000);
  tcp.write('x');
  tls?.write('x');
  raw.write('x');
  res.write('x');
}
export class Wider {
  ws: (WebSocket & { id: string }) | undefined;
  send(): void {
    this.ws?.send('x');
  }
}
`;

t.test('the rule guarded-send finds every write that goes past the guarded send', async (t) => {
  t.strictSame(await lines('standpipe/guarded-send', RAW_WRITES), [7, 8, 9, 10, 11, 12, 13, 18]);
});

t.test('the rule guarded-send leaves other methods of the same names alone', async (t) => {
  const good = `import type { ServerResponse } from 'node:http';
interface Connection { send(text: string): void; ping(): void; close(code: number): void }
export function all(connection: Connection, writer: { write(text: string): void }, res: ServerResponse): void {
  connection.send('x');
  connection.ping();
  connection.close(4200);
  writer.write('x');
  res.end('x');
}
`;
  t.strictSame(await lines('standpipe/guarded-send', good), []);
});

t.test(
  'the import rule finds ws, mitt, protobufjs and the generated code outside their rooms',
  async (t) => {
    const bad = `import { WebSocket } from 'ws';
import mitt from 'mitt';
import { Reader } from 'protobufjs/minimal';
import { standpipe } from '../../proto/pipe';
export const all = [WebSocket, mitt, Reader, standpipe];
`;
    t.strictSame(await lines(IMPORTS, bad), [1, 2, 3, 4]);
    t.strictSame(await lines(IMPORTS, bad, 'lib/util/emitter.ts'), [1, 3, 4]);
    t.strictSame(await lines(IMPORTS, bad, 'lib/wire/frames.ts'), [1, 2]);
  },
);

t.test('the import rule leaves packages and paths with similar names alone', async (t) => {
  const good = `import { z } from 'zod';
import { Frames } from '../wire/frames';
import { Session } from '../gateway/protocols/pipe/session';
export const all = [z, Frames, Session];
`;
  t.strictSame(await lines(IMPORTS, good), []);
});

t.test('the rule map-registries finds objects and lists keyed by names from outside', async (t) => {
  const bad = `interface Registry { [name: string]: number; }
export function all(registry: Registry, list: number[], name: string): unknown[] {
  registry[name] = 1;
  delete registry[name];
  const found = name in registry;
  const popped = (list as { [key: string]: unknown })[name];
  const more: unknown = Reflect.get(list, 'x') ?? (list as unknown as Registry)[\`#\${name}\`];
  return [found, popped, more];
}
`;
  t.strictSame(await lines('standpipe/map-registries', bad), [3, 4, 5, 6, 7]);
});

t.test('the rule map-registries leaves positions, known keys and Maps alone', async (t) => {
  const good = `const TABLE = { open: 1, closed: 2 } as const;
export function all(list: number[], byCode: Record<number, string>, text: string, state: keyof typeof TABLE, i: number): unknown[] {
  const map = new Map<string, number>();
  const pair: [number, string] = [1, 'x'];
  return [list[i], byCode[i + 1], text[0], pair[1], TABLE[state], TABLE['open'], 'open' in TABLE, map.get(text), list[Symbol.iterator]];
}
export function generic<K extends keyof typeof TABLE>(key: K): number {
  return TABLE[key];
}
`;
  t.strictSame(await lines('standpipe/map-registries', good), []);
});

const EMITTER = `import { Emitter } from './emitter';
type Events = { open: []; [name: \`event:\${string}\`]: [string] };
export const emitter = new Emitter<Events>(() => undefined);
`;

t.test('the rule fixed-event-names finds emitters keyed by names from a peer', async (t) => {
  const bad = `import { EventEmitter } from 'node:events';
export const bus = new EventEmitter();
export function all(name: string, wide: 'a' | (string & { brand: true })): void {
  bus.emit(name);
  bus.on(\`\${name}:x\`, () => undefined);
  bus.once('event:' + name, () => undefined);
  bus.off(wide, () => undefined);
}
`;
  t.strictSame(await lines('standpipe/fixed-event-names', bad), [4, 5, 6, 7]);
});

t.test(
  'the rule fixed-event-names leaves literals, literal prefixes and closed sets of names alone',
  async (t) => {
    const good = `${EMITTER}
export function all(name: string): void {
  emitter.emit('open');
  emitter.emit(\`event:\${name}\`, 'x');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
export function forward<K extends keyof Events & string>(event: K, handler: (...args: Events[K]) => void): void {
  emitter.on(event, handler);
}
`;
    t.strictSame(await lines('standpipe/fixed-event-names', good), []);
  },
);

t.test('the files with an exception to a rule exist and need it', async (t) => {
  for (const file of [
    'lib/net/web-socket.ts',
    'lib/gateway/transport/connection.ts',
    'lib/gateway/sockjs/receiver.ts',
    'lib/gateway/protocols/console/live/lines.ts',
  ]) {
    t.ok(existsSync(join(root, file)), file);
    t.strictSame(await lines('standpipe/guarded-send', RAW_WRITES, file), [], file);
  }
  for (const file of ['lib/net/web-socket.ts', 'lib/gateway/transport/upgrades.ts']) {
    t.ok(existsSync(join(root, file)), file);
    t.strictSame(await lines(IMPORTS, `import 'ws';\n`, file), [], file);
  }
  const typed = `import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
export const all = (ws: WebSocket, data: RawData): unknown => [ws, data, WebSocketServer];
`;
  t.strictSame(await lines(IMPORTS, typed, 'lib/gateway/transport/connection.ts'), [2]);
  t.strictSame(await lines(IMPORTS, typed), [1, 2]);
  const own = `export function run(emitter: { emit(name: string): void }, name: string): void {
  emitter.emit(name);
}
`;
  t.strictSame(await lines('standpipe/fixed-event-names', own), [2]);
  t.strictSame(await lines('standpipe/fixed-event-names', own, 'lib/util/emitter.ts'), []);
});

t.test(
  'the house rules hold in lib: no default export, no enum, no console, no clock in a pure room',
  async (t) => {
    const bad = `enum Colour { Red }
console.log(Colour.Red);
setTimeout(() => undefined, 1);
export default Date.now();
`;
    t.strictSame(await lines('no-restricted-syntax', bad), [1, 4]);
    t.strictSame(await lines('no-console', bad), [2]);
    t.strictSame(await lines('no-restricted-globals', bad), []);
    t.strictSame(await lines('no-restricted-globals', bad, 'lib/wire/frames.ts'), [3]);
    t.strictSame(await lines('no-restricted-properties', bad, 'lib/wire/frames.ts'), [4]);
  },
);
