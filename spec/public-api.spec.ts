import { existsSync, readFileSync, readdirSync } from 'node:fs';
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
    values: ['Client', 'StandpipeError', 'createClient'],
    types: [
      'AppEvents',
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
      'DropOptions',
      'ErrorCode',
      'EventPosition',
      'GapInfo',
      'GroupOptions',
      'HandlerSlowInfo',
      'Identification',
      'InvalidInfo',
      'ListChannelsOptions',
      'ListOptions',
      'Logger',
      'MemberInfo',
      'Meta',
      'OptionsOf',
      'PipeClient',
      'PipeOptions',
      'PipeState',
      'PublishOptions',
      'PublishReceipt',
      'QueryOptions',
      'ReceivedEvent',
      'ResetInfo',
      'SchemaData',
      'SchemaIssue',
      'SchemaResult',
      'Schemas',
      'SeveralChannels',
      'SignInRequest',
      'SlowSocketInfo',
      'SocketEntry',
      'SocketHandle',
      'SocketInfo',
      'SocketPublishOptions',
      'SocketTriggerOptions',
      'Sockets',
      'StandardSchema',
      'Stats',
      'SubscribeCallback',
      'SubscriptionFilter',
      'SubscriptionKind',
      'Tick',
      'Ticker',
      'TlsOptions',
      'TriggerCallback',
      'TriggerOptions',
      'UserHandle',
      'UserInfo',
    ],
  },
  './gateway': {
    values: [
      ...[
        'Gateway',
        'StandpipeError',
        'configSchema',
        'createGateway',
        'followOptions',
        'hostEngine',
        'limitsTable',
      ],
    ],
    types: [
      'AppOptions',
      'EngineOptions',
      'FollowSettings',
      'Following',
      'GatewayOptions',
      'Limits',
      'PushyChannel',
      'PushyChannels',
      'PushyCommand',
      'PushyCommands',
      'PushyConnection',
      'PushyServer',
      'Reloaded',
    ],
  },
  './pushy': {
    values: ['StandpipeError', 'init', 'reload'],
    types: [
      'Gateway',
      'PushyChannel',
      'PushyChannels',
      'PushyCommand',
      'PushyCommands',
      'PushyConfig',
      'PushyConnection',
      'PushyServer',
      'Reloaded',
    ],
  },
  './testing': {
    values: ['FakeBrowser', 'TestGateway', 'createTestGateway'],
    types: [
      'Authorize',
      'BrowserMessage',
      'BrowserOptions',
      'ChannelAuth',
      'Clock',
      'Identity',
      'TestGatewayOptions',
      'Timer',
      'WaitOptions',
    ],
  },
  './http': {
    values: [
      'ApiResponse',
      'Pusher',
      'RULES',
      'RequestError',
      'RuleError',
      'Token',
      'WebHook',
      'WebHookError',
    ],
    types: [
      'AnswerOf',
      'Any',
      'ApiRequest',
      'AuthResponse',
      'BaseOptions',
      'BatchAnswer',
      'BatchEvent',
      'Callback',
      'ChannelAnswer',
      'ChannelAttributes',
      'ChannelAuthResponse',
      'ChannelsAnswer',
      'ClusterOptions',
      'DefaultEvents',
      'EventName',
      'Fetch',
      'GetOptions',
      'HostOptions',
      'Options',
      'Params',
      'PostOptions',
      'PresenceChannelData',
      'RequestOptions',
      'ResponseHeaders',
      'Rule',
      'SignedQueryStringOptions',
      'TokenLike',
      'TriggerAnswer',
      'TriggerParams',
      'UserAuthResponse',
      'UserChannelData',
      'UsersAnswer',
      'WebHookData',
      'WebHookEvent',
      'WebHookRequest',
    ],
  },
  './subscriber': {
    values: ['Pusher'],
    types: [
      'AppEvents',
      'AuthCallback',
      'AuthErrorData',
      'AuthRequestOptions',
      'Authorizer',
      'AuthorizerCallback',
      'AuthorizerGenerator',
      'BackChannel',
      'BackChannelHandler',
      'BrowserEvents',
      'Channel',
      'ChannelAuthorizationCallback',
      'ChannelAuthorizationData',
      'ChannelAuthorizationHandler',
      'ChannelAuthorizationOptions',
      'ChannelAuthorizerGenerator',
      'ChannelEvents',
      'Connection',
      'ConnectionError',
      'ConnectionEvents',
      'ConnectionManager',
      'ConnectionState',
      'EncryptedChannel',
      'EventHandler',
      'GlobalHandler',
      'Logger',
      'Member',
      'Members',
      'Metadata',
      'Options',
      'PresenceChannel',
      'PrivateChannel',
      'PusherErrorData',
      'PusherEvent',
      'RequestEvents',
      'RequestHandler',
      'ServerEvents',
      'TransportName',
      'User',
      'UserAuthenticationCallback',
      'UserAuthenticationData',
      'UserAuthenticationHandler',
      'UserAuthenticationOptions',
      'UserData',
      'Watchlist',
      'WatchlistEvent',
    ],
  },
  './back-channel': {
    values: ['attachBackChannel'],
    types: [
      'AppChannel',
      'AppEvents',
      'AppPusher',
      'BackChannel',
      'BackChannelHandler',
      'PusherLike',
      'RequestHandler',
      'RequestHandlerOf',
    ],
  },
};

interface Target {
  types: string;
  default: string;
}

interface Manifest {
  exports: Record<string, string | Target | Record<string, unknown>>;
}

const { exports: entries } = JSON.parse(
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
const sources = new Map<string, string>();
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
function targetsOf(target: object): Target[] {
  if (isTarget(target)) return [target];
  return Object.values(target).flatMap((one) => targetsOf(one as object));
}

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) =>
  ts.sys.readFile(file),
) as {
  config: unknown;
};
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
const program = ts.createProgram([...sources.values()], options);
const checker = program.getTypeChecker();

/** Exports of a file, sorted. */
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
    for (const { types, default: code } of targetsOf(target)) {
      t.equal(types, code.replace(/\.([cm]?)js$/, '.d.$1ts'), code);
    }
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

/** Text of the doc comment of an exported name, of its own declaration or the one that it re-exports. */
function commentOf(symbol: ts.Symbol): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const parts = target.getDocumentationComment(checker);
  const tags = target.getJsDocTags(checker).flatMap(({ text = [] }) => text);
  return ts.displayPartsToString([...parts, ...tags]).trim();
}

t.test('every exported name has a doc comment', async (t) => {
  for (const [entry, file] of sources) {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    const names = symbol ? checker.getExportsOfModule(symbol) : [];
    t.not(names.length, 0, entry);
    const undocumented = names.filter((each) => commentOf(each) === '').map(({ name }) => name);
    t.strictSame(undocumented, [], entry);
  }
});

/** Blocks of TypeScript in the doc comments of lib, each with the place where it stands. */
function examples(): Array<{ place: string; code: string }> {
  const found: Array<{ place: string; code: string }> = [];
  for (const name of readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.[cm]?ts$/.test(name)) continue;
    const text = readFileSync(join(ROOT, 'lib', name), 'utf8');
    for (const { 1: block = '', index } of text.matchAll(/^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm)) {
      const line = text.slice(0, index).split('\n').length;
      found.push({ place: `lib/${name}:${line}`, code: block.replaceAll(/^ *\* ?/gm, '') });
    }
  }
  return found;
}

t.test('examples in doc comments are sound TypeScript', async (t) => {
  const blocks = examples();
  t.not(blocks.length, 0);
  const files = new Map(
    blocks.map(({ code }, i) => [join(ROOT, `example-${i}.ts`), `${code}\nexport {};\n`]),
  );
  const paths: Record<string, string[]> = {};
  for (const [entry, file] of sources) paths[`standpipe${entry.slice(1)}`] = [file];
  const settings = { ...options, paths, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(settings);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const code = files.get(file);
    if (code === undefined) return program.getSourceFile(file) ?? getSourceFile(file, ...rest);
    return ts.createSourceFile(file, code, ts.ScriptTarget.ES2022, true);
  };
  const checked = ts.createProgram([...files.keys()], settings, host);
  [...files.keys()].forEach((file, i) => {
    const source = checked.getSourceFile(file);
    const errors = [
      ...checked.getSyntacticDiagnostics(source),
      ...checked.getSemanticDiagnostics(source),
    ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    t.strictSame(errors, [], blocks[i]?.place);
  });
});
