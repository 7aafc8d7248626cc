import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import t from 'tap';
import ts from 'typescript';
import { ROOT, checker, entries, program, sources, targetsOf } from './support/entries';

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
