/**
 * Settings of soketi made into a configuration of Standpipe.
 *
 *     node -r ts-node/register/transpile-only examples/from-soketi/convert.ts config.json > standpipe.json
 *
 * It reads the configuration file, if one is named, and the variables of the environment, which count more, as soketi does.
 * Settings that have no counterpart are named on stderr, each with what to do; nothing is left out in silence.
 */
import { readFileSync } from 'node:fs';

export interface Converted {
  config: Record<string, unknown> & { apps: Array<Record<string, unknown>> };
  /** Settings that were not taken over, with the reason. */
  left: string[];
}

type Settings = Record<string, unknown>;

interface Webhook {
  url?: string;
  headers?: object;
  event_types?: string[];
  filter?: { channel_name_starts_with?: string } & Settings;
}

/** Variables of soketi, with or without `SOKETI_` before them, and the setting that each is. */
const VARIABLES: Record<string, string> = {
  PORT: 'port',
  HOST: 'host',
  PATH_PREFIX: 'pathPrefix',
  SSL_CERT: 'ssl.certPath',
  SSL_KEY: 'ssl.keyPath',
  SSL_PASS: 'ssl.passphrase',
  ADAPTER_DRIVER: 'adapter.driver',
  APP_MANAGER_DRIVER: 'appManager.driver',
  DB_REDIS_HOST: 'database.redis.host',
  DB_REDIS_PORT: 'database.redis.port',
  DB_REDIS_DB: 'database.redis.db',
  DB_REDIS_PASSWORD: 'database.redis.password',
  DB_REDIS_KEY_PREFIX: 'database.redis.keyPrefix',
  CHANNEL_LIMITS_MAX_NAME_LENGTH: 'channelLimits.maxNameLength',
  EVENT_MAX_CHANNELS_AT_ONCE: 'eventLimits.maxChannelsAtOnce',
  EVENT_MAX_NAME_LENGTH: 'eventLimits.maxNameLength',
  EVENT_MAX_SIZE_IN_KB: 'eventLimits.maxPayloadInKb',
  PRESENCE_MAX_MEMBERS: 'presence.maxMembersPerChannel',
  PRESENCE_MAX_MEMBER_SIZE: 'presence.maxMemberSizeInKb',
  METRICS_ENABLED: 'metrics.enabled',
  METRICS_SERVER_PORT: 'metrics.port',
  DEFAULT_APP_ID: 'appManager.array.apps.0.id',
  DEFAULT_APP_KEY: 'appManager.array.apps.0.key',
  DEFAULT_APP_SECRET: 'appManager.array.apps.0.secret',
  DEFAULT_APP_ENABLED: 'appManager.array.apps.0.enabled',
  DEFAULT_APP_ENABLE_CLIENT_MESSAGES: 'appManager.array.apps.0.enableClientMessages',
  DEFAULT_APP_MAX_CONNS: 'appManager.array.apps.0.maxConnections',
  DEFAULT_APP_MAX_BACKEND_EVENTS_PER_SEC: 'appManager.array.apps.0.maxBackendEventsPerSecond',
  DEFAULT_APP_MAX_CLIENT_EVENTS_PER_SEC: 'appManager.array.apps.0.maxClientEventsPerSecond',
  DEFAULT_APP_MAX_READ_REQ_PER_SEC: 'appManager.array.apps.0.maxReadRequestsPerSecond',
  DEFAULT_APP_WEBHOOKS: 'appManager.array.apps.0.webhooks',
};
/** Limits that have the same meaning, by soketi's setting. */
const LIMITS: Array<[setting: string, limit: string, factor: number]> = [
  ['channelLimits.maxNameLength', 'maxChannelNameLength', 1],
  ['eventLimits.maxChannelsAtOnce', 'maxChannelsPerPublish', 1],
  ['eventLimits.maxNameLength', 'maxEventNameLength', 1],
  ['eventLimits.maxPayloadInKb', 'maxEventDataBytes', 1_024],
  ['presence.maxMembersPerChannel', 'maxMembersPerChannel', 1],
  ['presence.maxMemberSizeInKb', 'maxUserInfoBytes', 1_024],
];
const WEBHOOK_EVENTS = new Set([
  ...['channel_occupied', 'channel_vacated', 'member_added', 'member_removed'],
  ...['client_event', 'cache_miss', 'subscription_count'],
]);
/** Metrics of soketi are on this port unless told otherwise. */
const METRICS_PORT = 9601;

export function convert(file: Settings, env: NodeJS.ProcessEnv): Converted {
  const given = new Map<string, unknown>();
  flatten(file, '', given);
  for (const [name, setting] of Object.entries(VARIABLES)) {
    const text = env[`SOKETI_${name}`];
    if (text !== undefined) {
      given.delete(setting);
      flatten(parsed(text), setting, given);
    }
  }
  const take: Take = (setting) => {
    const value = given.get(setting);
    given.delete(setting);
    return value as ReturnType<Take>;
  };
  const left: string[] = [];

  const limits: Record<string, number> = {};
  for (const [setting, limit, factor] of LIMITS) {
    const value = take(setting);
    if (value !== undefined) limits[limit] = Math.round(Number(value) * factor);
  }
  const path = take('pathPrefix');
  const [cert, key] = [take('ssl.certPath'), take('ssl.keyPath')];
  const port = take('port') ?? 6001;
  const config: Converted['config'] = {
    host: take('host') ?? '0.0.0.0',
    ...(cert && key ? { tls: { port, cert, key, only: true } } : { port }),
    ...(path !== undefined && { path }),
    ...(take('metrics.enabled') === true && {
      metrics: { port: take('metrics.port') ?? METRICS_PORT },
    }),
    ...broker(take, left),
    apps: appsOf(take, given, left),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
  for (const setting of given.keys()) left.push(`${setting}: has no counterpart`);
  return { config, left };
}

/** The value of a setting, which counts as taken over then. */
type Take = (setting: string) => string | number | boolean | undefined;

function broker(take: Take, left: string[]): { broker?: object } {
  const driver = take('adapter.driver') ?? 'local';
  const [host, port] = [take('database.redis.host'), take('database.redis.port')];
  const [db, password] = [take('database.redis.db'), take('database.redis.password')];
  const prefix = take('database.redis.keyPrefix');
  if (driver === 'local' || driver === 'cluster') return {};
  if (driver !== 'redis') {
    left.push(`adapter.driver ${driver}: several gateways share a Redis; see "broker"`);
    return {};
  }
  if (password !== undefined) {
    left.push('database.redis.password: put redis://:PASSWORD@HOST:PORT into STANDPIPE_BROKER');
  }
  const url = `redis://${host ?? '127.0.0.1'}:${port ?? 6379}${db === undefined ? '' : `/${db}`}`;
  return { broker: { redis: url, ...(prefix !== undefined && { prefix }) } };
}

function appsOf(
  take: Take,
  given: Map<string, unknown>,
  left: string[],
): Converted['config']['apps'] {
  const driver = take('appManager.driver') ?? 'array';
  if (driver !== 'array') {
    left.push(
      `appManager.driver ${driver}: give the apps by --apps-file, or by followOptions in a program`,
    );
  }
  const at = 'appManager.array.apps';
  const count = new Set(
    [...given.keys()].flatMap((key) => /^appManager\.array\.apps\.(\d+)\./.exec(key)?.[1] ?? []),
  );
  return [...count].map((index) => {
    const own: Take = (name) => take(`${at}.${index}.${name}`);
    for (const name of ['maxConnections', 'maxClientEventsPerSecond']) {
      // -1 means without a limit, which is the default of both.
      const limit = Number(own(name) ?? -1);
      if (limit >= 0) left.push(`app ${index}, ${name} ${limit}: set it for all apps, in "limits"`);
    }
    const rates = [own('maxBackendEventsPerSecond'), own('maxReadRequestsPerSecond')].map(Number);
    const rate = Math.max(...rates.filter((each) => each >= 0));
    const clientEvents = own('enableClientMessages') === true;
    const webhooks = webhooksOf(index, given, left);
    return {
      id: String(own('id')),
      key: String(own('key')),
      secret: String(own('secret')),
      ...(clientEvents && { clientEvents }),
      ...(own('enabled') === false && { enabled: false }),
      ...(rate >= 0 && { maxRequestsPerSecond: rate }),
      ...(webhooks.length > 0 && { webhooks }),
    };
  });
}

function webhooksOf(index: string, given: Map<string, unknown>, left: string[]): object[] {
  const setting = `appManager.array.apps.${index}.webhooks`;
  const value = given.get(setting);
  given.delete(setting);
  const hooks = (typeof value === 'string' ? parsed(value) : (value ?? [])) as Webhook[];
  return hooks.flatMap((hook, at) => {
    const { url, headers, filter, event_types: types = [], ...rest } = hook;
    if (url === undefined) {
      left.push(`${setting}.${at}: only webhooks with a url are called`);
      return [];
    }
    const unknown = types.filter((type) => !WEBHOOK_EVENTS.has(type));
    if (unknown.length > 0) left.push(`${setting}.${at}: no events ${unknown.join(', ')}`);
    const { channel_name_starts_with: start, ...others } = filter ?? {};
    for (const name of [...Object.keys(rest), ...Object.keys(others)]) {
      left.push(`${setting}.${at}.${name}: has no counterpart`);
    }
    const events = types.filter((type) => WEBHOOK_EVENTS.has(type));
    return [
      {
        url,
        ...(events.length > 0 && { events }),
        ...(start && { channels: [`${start}*`] }),
        ...(headers && { headers }),
      },
    ];
  });
}

/** Settings by their whole names. Apps are numbered; webhooks stay as they are. */
function flatten(value: unknown, name: string, into: Map<string, unknown>): void {
  if (typeof value !== 'object' || value === null || name.endsWith('.webhooks')) {
    into.set(name, value);
    return;
  }
  for (const [key, each] of Object.entries(value))
    flatten(each, name === '' ? key : `${name}.${key}`, into);
}

/** The value of a variable, as soketi reads it: JSON where it is JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

if (require.main === module) {
  const [path] = process.argv.slice(2);
  const file = path === undefined ? {} : (JSON.parse(readFileSync(path, 'utf8')) as Settings);
  const { config, left } = convert(file, process.env);
  console.log(JSON.stringify(config, undefined, 2));
  for (const line of left) console.error(`not taken over: ${line}`);
}
