import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import { transformSync } from 'esbuild';

const LIB = resolve(__dirname, '../../../lib');

/** The rooms under test, as one set, so that a model can be run against a set with a planted bug. */
export interface Modules {
  ring: typeof import('../../../lib/util/ring');
  inFlight: typeof import('../../../lib/stream/in-flight');
  position: typeof import('../../../lib/stream/position');
  sendBuffer: typeof import('../../../lib/stream/send-buffer');
  log: typeof import('../../../lib/stream/log');
  budget: typeof import('../../../lib/stream/budget');
  ranges: typeof import('../../../lib/stream/ranges');
  outbox: typeof import('../../../lib/stream/outbox');
  ackFloor: typeof import('../../../lib/stream/ack-floor');
  lanes: typeof import('../../../lib/stream/lanes');
  inbox: typeof import('../../../lib/pipe/inbox/inbox');
}

/** A planted bug: in `file` the one place that reads `from` reads `to`. */
export interface Mutation {
  file: string;
  from: string;
  to: string;
}

/** Compiles the modules afresh, with a bug planted if one is given. */
export function loadModules(mutation?: Mutation): Modules {
  const loaded = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const file = { exports: {} };
    loaded.set(path, file);
    const code = compile(plant(path, mutation));
    const fromHere = createRequire(path);
    const require = (id: string): unknown =>
      id.startsWith('.') ? load(`${resolve(path, '..', id)}.ts`) : (fromHere(id) as unknown);
    const body = `(function (require, exports, module) {${code}\n})`;
    const run = runInThisContext(body, { filename: path }) as (...parts: unknown[]) => void;
    run(require, file.exports, file);
    return file.exports;
  };
  const at = (name: string): unknown => load(join(LIB, `${name}.ts`));
  return {
    ring: at('util/ring'),
    inFlight: at('stream/in-flight'),
    position: at('stream/position'),
    sendBuffer: at('stream/send-buffer'),
    log: at('stream/log'),
    budget: at('stream/budget'),
    ranges: at('stream/ranges'),
    outbox: at('stream/outbox'),
    ackFloor: at('stream/ack-floor'),
    lanes: at('stream/lanes'),
    inbox: at('pipe/inbox/inbox'),
  } as Modules;
}

const compiled = new Map<string, string>();

function compile(source: string): string {
  let code = compiled.get(source);
  if (code === undefined) {
    code = transformSync(source, { loader: 'ts', format: 'cjs', target: 'es2022' }).code;
    compiled.set(source, code);
  }
  return code;
}

function plant(path: string, mutation: Mutation | undefined): string {
  const source = readFileSync(path, 'utf8');
  if (mutation === undefined || path !== join(LIB, mutation.file)) return source;
  if (source.split(mutation.from).length !== 2) {
    throw new Error(`${mutation.file} must hold ${JSON.stringify(mutation.from)} exactly once`);
  }
  return source.replace(mutation.from, () => mutation.to);
}
