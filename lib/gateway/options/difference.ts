import { isDeepStrictEqual } from 'node:util';
import { type AppOptions, type GatewaySettings, type Limits, requireSound } from './options';

/** Options that the gateway listens by, and parts that it is built of. */
const FIXED = [
  'host',
  'port',
  'fd',
  'reusePort',
  'portWaitMs',
  'path',
  'metrics',
  'console',
  'broker',
  'log',
] as const;
const FIXED_TLS = ['port', 'fd', 'only'] as const;

/** Limits by which connections, streams and caches were made, or which their peers were told. */
const FIXED_LIMITS: readonly (keyof Limits)[] = [
  ...(['headersTimeoutMs', 'requestTimeoutMs', 'maxHeaderBytes'] as const),
  ...(['idempotencyTtlMs', 'maxIdempotencyKeys', 'maxIdempotencyBytes'] as const),
  ...(['maxCachedChannels', 'maxCachedBytes', 'cacheTtlMs', 'authorizationTimeoutMs'] as const),
  ...(['activityTimeoutMs', 'pingMs', 'pongTimeoutMs', 'maxUnsentBytes', 'maxUnsentMs'] as const),
  ...(['maxPipeUnackedEvents', 'maxPipeUnackedBytes', 'pipeWindowMs', 'pipePartitions'] as const),
  ...(['pipeGraceMs', 'pipeRevokeMs', 'pipePauseMs'] as const),
  ...(['maxWebhookEvents', 'maxWebhookBytes'] as const),
  ...(['brokerHoldMs', 'brokerLeaseMs', 'maxBrokerSpoolBytes'] as const),
  'maxBrokerReplayBytes',
];

/** Effects of a reload, by the ids of apps and the names of options. */
export interface Reloaded {
  /** Ids of apps that came. */
  added: string[];
  /** Ids of apps that went; their sockets are closed. */
  removed: string[];
  /** Options that changed, such as `limits.maxPipes` or `app 42: secret`. */
  changed: string[];
  /** Options that differ from those in force, and need a restart. */
  kept: string[];
}

/** Difference of two configurations, as far as a running gateway can take it over. */
export interface Difference {
  /** Configuration in force when the difference is applied: the new one, with what is kept of the old. */
  readonly settings: GatewaySettings;
  readonly apps: {
    readonly added: readonly AppOptions[];
    readonly removed: readonly AppOptions[];
    /** Apps that stay, with their new options. */
    readonly changed: readonly AppOptions[];
  };
  /** Names of the options that change, such as `limits.maxPipes` or `app 42: secret`. Never a value. */
  readonly changed: readonly string[];
  /** Names of options that differ and stay as they were until a restart. */
  readonly kept: readonly string[];
}

/**
 * The difference of two checked configurations. Options that cannot change in a running gateway are kept.
 * @throws StandpipeError `bad_option` when the new configuration cannot stand together with what is kept
 */
export function differenceOf(before: GatewaySettings, after: GatewaySettings): Difference {
  const settings = {
    ...after,
    ...pick(before, FIXED),
    pushyCommands: before.pushyCommands,
    tls: before.tls && after.tls && { ...after.tls, ...pick(before.tls, FIXED_TLS) },
    limits: { ...after.limits, ...pick(before.limits, FIXED_LIMITS) },
    apps: after.apps.map((app) => withPorts(before, app)),
  };
  settings.tls ??= before.tls;
  requireSound(settings);
  const of = appsById(before);
  const stays = new Set(settings.apps.map(({ id }) => id));
  return {
    settings,
    apps: {
      added: settings.apps.filter(({ id }) => !of.has(id)),
      removed: before.apps.filter(({ id }) => !stays.has(id)),
      changed: settings.apps.filter((app) => {
        return of.has(app.id) && !isDeepStrictEqual(of.get(app.id), app);
      }),
    },
    changed: namesOf(before, settings),
    kept: [...new Set([...namesOf(settings, after), ...closedPorts(before, settings)])],
  };
}

/** An app with the paths and ports of its pushy clients as they are served. */
function withPorts(before: GatewaySettings, app: AppOptions): AppOptions {
  if (app.pushy === undefined) return app;
  const { pushy } = appsById(before).get(app.id) ?? {};
  const prefix = pushy?.sockjs.prefix ?? app.pushy.sockjs.prefix;
  const { port: _, ...rest } = app.pushy;
  return {
    ...app,
    pushy: {
      ...rest,
      sockjs: { ...rest.sockjs, prefix },
      ...(pushy?.port !== undefined && { port: pushy.port }),
    },
  };
}

/** Ports of pushy that stay open though no app has them any more. */
function closedPorts(before: GatewaySettings, settings: GatewaySettings): string[] {
  const now = appsById(settings);
  return before.apps
    .filter(({ id, pushy }) => pushy?.port !== undefined && now.get(id)?.pushy === undefined)
    .map(({ id }) => `app ${id}: pushy.port`);
}

/** Names of the options in which two configurations differ. Apps that only one of them has are not compared. */
function namesOf(one: GatewaySettings, other: GatewaySettings): string[] {
  const apps = appsById(other);
  const tls =
    one.tls !== undefined && other.tls !== undefined
      ? differing(one.tls, other.tls, 'tls.')
      : one.tls === other.tls
        ? []
        : ['tls'];
  return [
    ...differing(one, other, '', ['apps', 'limits', 'tls']),
    ...tls,
    ...differing(one.limits, other.limits, 'limits.'),
    ...one.apps.flatMap((app) => {
      const another = apps.get(app.id);
      return another === undefined ? [] : namesOfApp(app, another);
    }),
  ];
}

function namesOfApp(one: AppOptions, other: AppOptions): string[] {
  const name = `app ${one.id}: `;
  if (one.pushy === undefined || other.pushy === undefined) return differing(one, other, name);
  return [
    ...differing(one, other, name, ['pushy']),
    ...differing(one.pushy, other.pushy, `${name}pushy.`, ['sockjs']),
    ...differing(one.pushy.sockjs, other.pushy.sockjs, `${name}pushy.sockjs.`),
  ];
}

/** Keys in which two objects differ, but for some. */
function differing(one: object, other: object, prefix: string, but: string[] = []): string[] {
  const [here, there] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return [...new Set([...here.keys(), ...there.keys()])]
    .filter((key) => !but.includes(key) && !isDeepStrictEqual(here.get(key), there.get(key)))
    .map((key) => prefix + (key === 'pushyCommands' ? 'pushy.commands' : key));
}

function appsById({ apps }: GatewaySettings): ReadonlyMap<string, AppOptions> {
  return new Map(apps.map((app) => [app.id, app]));
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const values = new Map<PropertyKey, unknown>(Object.entries(from));
  return Object.fromEntries(keys.map((key) => [key, values.get(key)])) as Pick<T, K>;
}
