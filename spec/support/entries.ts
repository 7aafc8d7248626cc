import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export const ROOT = join(__dirname, '..', '..');

export interface Target {
  types: string;
  default: string;
}

interface Manifest {
  exports: Record<string, string | Target | Record<string, unknown>>;
}

export const { exports: entries } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Manifest;

/** Entries that are a class by `require` and an ES module by `import`, with the file whose names both have. */
const CLASSES = new Map([
  ['./http', 'lib/http/index.ts'],
  ['./subscriber', 'lib/subscriber/index.ts'],
]);

/** The one file of Parse Cloud code is that of `./http` with another way to send (spec/http/parse.spec.ts). */
const BUNDLES = new Set(['./http/parse']);

/** The source of each entry of the package, by its name. */
export const sources = new Map<string, string>();
for (const [entry, target] of Object.entries(entries)) {
  if (typeof target === 'string' || BUNDLES.has(entry)) continue;
  const names = CLASSES.get(entry);
  if (names !== undefined) sources.set(entry, join(ROOT, names));
  if (!isTarget(target)) continue;
  sources.set(entry, join(ROOT, target.default.replace(/^\.\/dist\/(.*)\.js$/, 'lib/$1.ts')));
}

function isTarget(target: object): target is Target {
  return 'types' in target && 'default' in target && typeof target.default === 'string';
}

/** Every pair of types and code in the conditions of an entry. */
export function targetsOf(target: object): Target[] {
  if (isTarget(target)) return [target];
  return Object.values(target).flatMap((one) => targetsOf(one as object));
}

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) =>
  ts.sys.readFile(file),
) as {
  config: unknown;
};
export const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
export const program = ts.createProgram([...sources.values()], options);
export const checker = program.getTypeChecker();
