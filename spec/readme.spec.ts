import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import t, { type Test } from 'tap';
import { createTestGateway } from '../lib/testing';
import { limitsTable } from '../lib/gateway';
import { configSchema } from '../lib/gateway/options/options';
import { optionDefaults } from '../lib/pipe/options';
import { built } from './support/built';

interface Row {
  name: string;
  value: unknown;
  /** Default by the documentation; '' where it tells none. */
  standard: string;
  about: string;
}
interface Tables {
  limits(rows: ReturnType<typeof limitsTable>): string;
  optionRows(defaults: ReturnType<typeof optionDefaults>, source: string): Row[];
  options(rows: Row[]): string;
  schema(schema: object, prefix: string): string;
}
// oxlint-disable-next-line typescript/no-require-imports
const tables = require('../.ci/tables.cjs') as Tables;

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const serverPage = readFileSync(join(root, 'lib/SERVER.md'), 'utf8');

/** A program of a page, the README unless said: the first one of its language, or the one with a text in it. */
function block(language: string, holds = '', page = readme): string {
  const all = [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))];
  const found = all.find(([text]) => text.includes(holds))?.[1];
  if (found === undefined) throw new Error(`the page has no ${language} block`);
  return found;
}

function shownIn(text: string, name: string): string | undefined {
  return new RegExp(`<!-- ${name} -->\\n([^]*?)\\n<!-- /${name} -->`).exec(text)?.[1];
}

t.test('the table of limits in the README has the limits of the gateway', async (t) => {
  t.equal(shownIn(readme, 'limits'), tables.limits(limitsTable()));
});

t.test('the table of the console in the README has the options of the gateway', async (t) => {
  const { console } = (configSchema() as { properties: { console: object } }).properties;
  t.equal(shownIn(readme, 'console'), tables.schema(console, 'console.'));
  t.match(readme, '`console.tokens[].role`');
});

t.test('the table of options of the client has the options that the client reads', async (t) => {
  const read = (name: string): string => readFileSync(join(root, name), 'utf8');
  const rows = tables.optionRows(optionDefaults(), read('lib/pipe/options.ts'));
  t.equal(shownIn(read('lib/OPTIONS.md'), 'options'), tables.options(rows));
  for (const { name, value, standard, about } of rows) {
    t.not(about, '', `${name} is explained`);
    if (typeof value === 'number') {
      const shown = value.toLocaleString('en').replaceAll(',', ' ');
      t.ok(standard.startsWith(shown), `${name}: ${standard}`);
    }
    if (typeof value === 'string' && value !== '') t.equal(standard, `\`${value}\``, name);
  }
});

t.test(
  'guides that the README names are folders with a README, and no guide is left out',
  async (t) => {
    const table = readme.slice(
      readme.indexOf('Guides are folders'),
      readme.indexOf('## The console'),
    );
    const named = [...table.matchAll(/`([a-z.-]+)`/g)].map(([, name = '']) => name);
    const isFolder = (name: string): boolean =>
      statSync(join(root, 'examples', name)).isDirectory();
    const folders = readdirSync(join(root, 'examples')).filter(isFolder);
    t.strictSame(
      folders.filter((name) => !named.includes(name)),
      [],
    );
    for (const name of named) t.ok(folders.includes(name), name);
    for (const name of folders.filter((each) => /^(from|with)-/.test(each))) {
      t.ok(existsSync(join(root, 'examples', name, 'README.md')), name);
    }
  },
);

t.test('links of guides lead to files of the repository', async (t) => {
  for (const path of readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.md')) continue;
    const text = readFileSync(join(root, 'examples', path), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      t.ok(existsSync(join(root, 'examples', dirname(path), link)), `${path}: ${link}`);
    }
    for (const [spec] of text.matchAll(/spec\/[\w./-]+\.spec\.ts/g)) {
      t.ok(existsSync(join(root, spec)), `${path}: ${spec}`);
    }
  }
});

t.test('links of the documents lead to files of the package', async (t) => {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const told = execFileSync('npm', pack, { cwd: root, encoding: 'utf8' });
  const [{ files }] = JSON.parse(told) as [{ files: Array<{ path: string }> }];
  const packed = new Set(files.map(({ path }) => path));
  for (const page of packed) {
    if (!page.endsWith('.md')) continue;
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      const target = posix.normalize(posix.join(posix.dirname(page), link));
      // Pages that name the spec of each line are for readers of the repository.
      const isSpec = page !== 'README.md' && /^(spec|lib)\/.*\.ts$/.test(target);
      t.ok(isSpec ? existsSync(join(root, target)) : packed.has(target), `${page}: ${link}`);
    }
  }
  for (const page of [
    'README.md',
    ...['CLIENT', 'CLUSTER', 'OPTIONS', 'SDKS', 'SERVER'].map((name) => `lib/${name}.md`),
  ])
    t.ok(packed.has(page), page);
});

/** Starts a program of the README as it stands there. */
function start(t: Test, args: string[]): { until: (sign: RegExp) => Promise<string> } {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  let output = '';
  let wake = (): void => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    wake();
  });
  child.on('close', () => wake());
  const until = async (sign: RegExp): Promise<string> => {
    while (!sign.test(output) && child.exitCode === null) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
    return output;
  };
  return { until };
}

t.test(
  'the gateway in a program of the documentation starts, by require and by import',
  async (t) => {
    built('index.js');
    const program = block('js', 'createGateway', serverPage).replace('port: 6001', 'port: 0');
    const imported = program.replace(/^const (.*) = require\('(.*)'\); \/\/ or: (.*)$/m, '$3');
    t.match(imported, /^import \{ createGateway \} from 'standpipe\/gateway'$/m);
    for (const args of [
      ['-e', program],
      ['--input-type=module', '-e', imported],
    ]) {
      const output = await start(t, args).until(/listens at (\S+)/);
      const url = /listens at (\S+)/.exec(output)?.[1] ?? 'it does not start:';
      t.equal((await fetch(`${url}/readyz`)).status, 200);
    }
  },
);

for (const form of ['require', 'import']) {
  t.test(
    `the first program of the README works by ${form}, with browser code beside it`,
    async (t) => {
      built('index.js');
      const app = { id: '1', key: 'standpipe-dev-key', secret: 'standpipe-dev-secret' };
      const gateway = await createTestGateway({ apps: [app] });
      t.teardown(() => gateway.close());
      const required = block('js').replace("secret: '", `port: ${gateway.client.port}, secret: '`);
      // The first line of a module, as the README gives it.
      const line = /`(import \{ createClient \} from 'standpipe';)`/.exec(readme)?.[1] ?? '';
      const imported = required.replace(/^const .* = require\(.*\);$/m, line);
      t.notMatch(imported, /require/);
      const args = form === 'require' ? ['-e', required] : ['--input-type=module', '-e', imported];
      const { until } = start(t, args);

      // The program takes seconds to start on a busy machine.
      const browser = await gateway.browser({ timeoutMs: 60_000 });
      await browser.subscribe('room');
      const greeted = browser.next('greeting');
      const again = setInterval(() => browser.send('greet', { name: 'Ada' }), 50);
      t.equal((await greeted).data, 'Hi Ada');
      clearInterval(again);
      browser.send('say', 'hello', 'room');
      t.match(await browser.next('said'), { channel: 'room', data: 'hello' });
      const late = await gateway.browser();
      late.send('greet', { name: 'Bob' });
      await late.next('greeting');
      t.match(await until(new RegExp(`hello ${late.id}`)), `hello ${late.id}`);
    },
  );
}
