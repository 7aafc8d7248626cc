import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

/**
 * The public surface, written by hand: a name that is not here is not promised, and a name that is here stays until the
 * next major version. Values can be imported at run time, types only in TypeScript; a class is a value, unless only its
 * type is exported.
 */
const PROMISED: Record<string, { values: string[]; types: string[] }> = {
  '.': {
    values: ['StandpipeError', 'createClient'],
    types: [
      'AuthenticateHandler',
      'Authorization',
      'AuthorizeHandler',
      'AuthorizeRequest',
      'CauseOptions',
      'ChannelEntry',
      'ChannelHandle',
      'ChannelInfo',
      'Channels',
      'ClientEvents',
      'CloseMeta',
      'ConnectedInfo',
      'DefaultEvents',
      'DisconnectedInfo',
      'ErrorCode',
      'EventPosition',
      'GapInfo',
      'GroupOptions',
      'HandlerSlowInfo',
      'Identification',
      'ListChannelsOptions',
      'ListOptions',
      'Logger',
      'MemberInfo',
      'Meta',
      'PipeClient',
      'PipeOptions',
      'PipeState',
      'PublishOptions',
      'PublishReceipt',
      'QueryOptions',
      'ReceivedEvent',
      'SeveralChannels',
      'SignInRequest',
      'SocketEntry',
      'SocketHandle',
      'SocketInfo',
      'SocketPublishOptions',
      'Sockets',
      'Stats',
      'SubscriptionFilter',
      'SubscriptionKind',
      'TlsOptions',
      'TriggerCallback',
      'TriggerOptions',
      'UserHandle',
      'UserInfo',
    ],
  },
  './gateway': {
    values: ['Gateway', 'StandpipeError', 'configSchema', 'createGateway', 'limitsTable'],
    types: ['AppOptions', 'GatewayOptions', 'Limits'],
  },
  './testing': {
    values: ['FakeBrowser', 'TestGateway', 'createTestGateway'],
    types: ['BrowserMessage', 'Identity', 'TestGatewayOptions'],
  },
  './back-channel': {
    values: ['attachBackChannel'],
    types: ['BackChannel', 'BackChannelHandler', 'PusherLike', 'RequestHandler'],
  },
};

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
}

const { exports: entries } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Manifest;

/** The source of each entry of the package, by its name. */
const sources = new Map<string, string>();
for (const [entry, target] of Object.entries(entries)) {
  if (typeof target === 'string') continue;
  sources.set(entry, join(ROOT, target.default.replace(/^\.\/dist\/(.*)\.js$/, 'lib/$1.ts')));
}

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) =>
  ts.sys.readFile(file),
) as {
  config: unknown;
};
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
const program = ts.createProgram([...sources.values()], options);
const checker = program.getTypeChecker();

/** What a file exports, sorted. */
function exportsOf(file: string): { values: string[]; types: string[] } {
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  const values: string[] = [];
  const types: string[] = [];
  for (const each of symbol ? checker.getExportsOfModule(symbol) : []) {
    const target = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
    const typeOnly = each.declarations?.some(ts.isTypeOnlyExportDeclaration) ?? false;
    const isValue = !typeOnly && (target.flags & ts.SymbolFlags.Value) !== 0;
    (isValue ? values : types).push(each.name);
  }
  return { values: values.sort(), types: types.sort() };
}

t.test('the entries of the package all have a list here', async (t) => {
  t.strictSame([...sources.keys()].sort(), Object.keys(PROMISED).sort());
  for (const target of Object.values(entries)) {
    if (typeof target === 'string') continue;
    t.equal(target.types, target.default.replace(/\.js$/, '.d.ts'), target.default);
  }
});

for (const [entry, file] of sources) {
  t.test(`${entry} exports the promised names, and nothing else`, async (t) => {
    t.ok(existsSync(file), file.slice(ROOT.length + 1));
    t.strictSame(exportsOf(file), PROMISED[entry]);
  });

  t.test(`${entry} has its values at run time`, async (t) => {
    const loaded = createRequire(__filename)(file) as object;
    t.strictSame(Object.keys(loaded).sort(), PROMISED[entry]?.values);
  });
}
