import { z } from 'zod';
import { StandpipeError } from '../../errors';
import { CloseCode } from '../../pusher/close-codes';
import { DEFAULT_CHANNEL_LIMITS } from '../../pusher/limits';
import { type Logger, silent } from '../../util/logger';
import { checkedLogger } from '../../util/option-table';
import { isAllowEntry, isNetwork } from './address-guard';
import { canonicalOrigin } from './allowed-origins';
import { brokerSchema } from './broker';
import { explain } from './explain';
import { bytes, count, fd, host, ms, port, rate } from './kinds';
import { requireFit } from './fit';
import {
  guardBroker,
  guardPorts,
  guardReusePort,
  guardSecrets,
  guardWebhooks,
  requireUnique,
} from './guards';
import { pushySchema, type PushyCommands } from './pushy';
import { commandsSchema, requireUniquePushy } from './pushy-checks';
import { webhookSchema } from './webhook';

const D = DEFAULT_CHANNEL_LIMITS;

const appSchema = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,64}$/,
      'must be 1 to 64 of A-Z a-z 0-9 _ -; digits only suits every SDK',
    )
    .describe('Stands in the paths of the HTTP API and the Pipe.'),
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -')
    .describe('Public: browsers connect with it.'),
  secret: z
    .string()
    .min(1)
    .max(256)
    .describe(
      'Signs everything. Never leaves the servers. 20 characters or more, but for loopback.',
    ),
  enabled: z.boolean().default(true).describe('False refuses every connection (4003, 403).'),
  pipe: z.boolean().default(true).describe('False refuses the backends of the app (403).'),
  clientEvents: z.boolean().default(false).describe('Browsers may trigger events for each other.'),
  stringifyClientEvents: z
    .boolean()
    .default(false)
    .describe('Data of relayed client events becomes a string, for clients that expect one.'),
  allowedOrigins: z
    .array(
      z
        .string()
        .refine(
          (entry) => canonicalOrigin(entry) !== undefined,
          'must be like https://example.com, https://*.example.com or http://localhost:*, or null',
        ),
    )
    .optional()
    .describe('Pages that may connect, * for one label; all unless given. Others: close 4009.'),
  subscriptionCount: z.boolean().default(false).describe('Channels tell how many subscribe.'),
  subscriptionErrors: z
    .boolean()
    .default(true)
    .describe('A failed subscription is told to its channel too (pusher:subscription_error).'),
  watchlists: z.boolean().default(true).describe('Users hear who of their watchlist is online.'),
  authorizedConnections: z
    .boolean()
    .default(false)
    .describe('Closes (4009) sockets that neither sign in nor join a signed channel in time.'),
  terminateCode: z
    .union([z.literal(CloseCode.UNAUTHORIZED), z.literal(CloseCode.RECONNECT)])
    .default(CloseCode.UNAUTHORIZED)
    .describe('Closes the connections of a terminated user: 4009 for good, 4200 to come back.'),
  maxRequestsPerSecond: rate
    .optional()
    .describe('HTTP API requests of the app; above it 429. Unlimited unless given.'),
  webhooks: z.array(webhookSchema).default([]).describe('Endpoints that are told what happens.'),
  pushy: pushySchema.optional().describe('Serves clients of pushy as well; off unless given.'),
});

/** Prefixes that are no others than a protocol's own paths. The fallback's, which pusher-js adds by itself, may be one. */
const TAKEN_PATHS = ['/app', '/apps', '/pipe', '/livez', '/readyz'];
const PATH_TAKEN = `must be none of ${TAKEN_PATHS.join(', ')}, which are paths of the gateway; such as /realtime`;
const DOT_SEGMENTS = 'must have no segment . or .., which clients resolve; such as /realtime';

/** Every limit of the gateway with its default. */
const limitsSchema = z.strictObject({
  maxConnections: count.default(50_000).describe('Connections of all kinds; above it 503.'),
  maxConnectionsPerApp: count.default(50_000).describe('Sockets of one app; above it close 4004.'),
  maxConnectionsPerAddress: count
    .default(50_000)
    .describe('Connections of one remote address, IPv6 by its /64; above it 503.'),
  maxFallbackSessions: count
    .default(10_000)
    .describe('Sockets over HTTP (xhr_streaming, xhr_polling); above it 503.'),
  headersTimeoutMs: ms
    .default(5_000)
    .describe('Time for the head of a request from its first byte, or a TLS handshake; then 408.'),
  requestTimeoutMs: ms.default(10_000).describe('Time for a whole request; then 408.'),
  maxHeaderBytes: bytes
    .default(32 * 1024)
    .describe('Head of one request, cookies included; above it 431.'),
  maxMessageBytes: bytes.default(64 * 1024).describe('One WebSocket message of a browser.'),
  maxMalformedMessages: count
    .default(30)
    .describe('Malformed messages of a connection, and one a second; then close 4100.'),
  maxChannelNameLength: count.default(D.maxChannelNameLength).describe('Characters.'),
  maxEventNameLength: count.default(D.maxEventNameLength).describe('Characters.'),
  maxEventDataBytes: bytes.default(D.maxEventDataBytes).describe('Data of one event, UTF-8.'),
  maxRequestBytes: bytes
    .default(256 * 1024)
    .describe('Body of one HTTP API request; above it 413.'),
  maxChannelsPerPublish: count
    .default(D.maxChannelsPerPublish)
    .describe('Channels of one event published over HTTP.'),
  maxEventsPerBatch: count
    .default(D.maxEventsPerBatch)
    .describe('Events of one batch published over HTTP.'),
  signatureToleranceMs: ms
    .min(30_000)
    .default(600_000)
    .describe('Distance that the timestamp of a signed HTTP request may have.'),
  idempotencyTtlMs: ms
    .default(120_000)
    .describe('Time in which a publish repeated with its Idempotency-Key is harmless.'),
  maxIdempotencyKeys: count.default(100_000).describe('Idempotency keys kept for one app.'),
  maxIdempotencyBytes: bytes.default(32 * 1024 * 1024).describe('Answers kept with them.'),
  maxChannelsPerSocket: count
    .default(D.maxChannelsPerSocket)
    .describe('Subscriptions of one socket.'),
  maxChannelsPerApp: count.default(1_000_000).describe('Channels of one app with subscribers.'),
  maxMembersPerChannel: count
    .default(D.maxMembersPerChannel)
    .describe('Users of one presence channel.'),
  maxUserInfoBytes: bytes.default(D.maxUserInfoBytes).describe('`user_info` of one user, as JSON.'),
  maxUserIdLength: count.default(D.maxUserIdLength).describe('Characters.'),
  maxClientEventsPerSecond: rate
    .default(D.maxClientEventsPerSecond)
    .describe('Client events of one socket that go to other browsers; above it error 4301.'),
  maxBackChannelEventsPerSecond: rate
    .default(200)
    .describe('Events of one socket that go to backends only; above it error 4301.'),
  maxSubscriptionsPerSecond: rate
    .default(50)
    .describe('Subscriptions and sign-ins of one socket; maxChannelsPerSocket may come at once.'),
  maxWatchlistUsers: count
    .default(D.maxWatchlistUsers)
    .describe('Users on the watchlist of one socket; further ones are ignored with error 4302.'),
  maxCachedChannels: count.default(10_000).describe('Cache channels of one app with an event.'),
  maxCachedBytes: bytes.default(16 * 1024 * 1024).describe('Cached events of one app.'),
  cacheTtlMs: ms.default(1_800_000).describe('Time that the last event of a channel is kept.'),
  authorizationTimeoutMs: ms
    .default(30_000)
    .describe('Time to sign in or join a signed channel, with authorizedConnections.'),
  activityTimeoutMs: ms.default(120_000).describe('Silence after which a browser is pinged.'),
  pingMs: ms
    .default(50_000)
    .describe('Silence after which the transport pings: proxies cut what is silent for 60 s.'),
  pongTimeoutMs: ms.default(30_000).describe('Time to answer a ping; then close 4201.'),
  maxUnsentBytes: bytes
    .default(1024 * 1024)
    .describe('Unsent bytes of one connection, of one over HTTP four times that; then close 4100.'),
  maxUnsentMs: ms.default(10_000).describe('Time that bytes may stay unsent; then close 4100.'),
  maxPipes: count.default(256).describe('Backends connected to one app; above it 503.'),
  maxPipeConnectsPerSecond: rate
    .default(50)
    .describe('Backends of one app that connect, as many as maxPipes at once; above it 503.'),
  maxPipeUnackedEvents: count
    .default(200_000)
    .describe('Events kept for one backend or one group of backends.'),
  maxPipeUnackedBytes: bytes
    .default(64 * 1024 * 1024)
    .describe(
      "Data of the events kept for it; twice that while 'pause' or 'close' act on browsers.",
    ),
  pipeWindowMs: ms
    .default(120_000)
    .describe('Time that a backend may be away and go on where it was.'),
  maxPipeWaiting: count
    .default(256)
    .describe('Streams of one app that wait for a backend; above it the longest wait is given up.'),
  maxPipeWaitingBytes: bytes
    .default(256 * 1024 * 1024)
    .describe('Data of the events kept for all of them together.'),
  pipePartitions: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe('Partitions of the stream of a group of backends.'),
  maxPipeGroups: count.default(32).describe('Groups of backends of one app.'),
  pipeGraceMs: ms
    .default(5_000)
    .describe('Wait for a lost backend before others of its group go on.'),
  pipeRevokeMs: ms
    .default(10_000)
    .describe('Time for a backend to finish its handlers when a partition moves.'),
  pipePauseMs: ms
    .default(10_000)
    .describe(
      "Time that a browser is not read while a group with overflow 'pause' is behind; then 4100.",
    ),
  authTimeoutMs: ms
    .default(5_000)
    .describe('Time for backends to authorize a subscription or sign-in; then 504.'),
  maxAuthBytes: bytes
    .default(16 * 1024)
    .describe('Body of one request to /pusher/auth or /pusher/user-auth; above it 413.'),
  maxAuthRequestsPerSecond: rate
    .default(2_000)
    .describe('Such requests of one app, burst 5 times that; above it 429.'),
  maxOpenAuthRequests: count
    .default(10_000)
    .describe('Such requests that wait for one backend; above it 503.'),
  maxOpenAuthBytes: bytes
    .default(16 * 1024 * 1024)
    .describe('Headers and bodies of those that wait for one backend.'),
  maxWebhookEvents: count
    .default(10_000)
    .describe(
      'Events that wait for one webhook endpoint; then the newest of the address with most of them is dropped.',
    ),
  maxWebhookBytes: bytes
    .default(16 * 1024 * 1024)
    .describe('JSON of the events that wait for one webhook endpoint.'),
  brokerHoldMs: ms
    .min(100)
    .default(5_000)
    .describe('Time that joins and HTTP calls wait for a broker that is away; then 4100 and 503.'),
  brokerLeaseMs: ms
    .min(1_000)
    .default(15_000)
    .describe('Silence after which the other gateways take one for dead, and close its sockets.'),
  maxBrokerSpoolBytes: bytes
    .default(8 * 1024 * 1024)
    .describe('Events that wait for the broker; further ones are refused.'),
  drainDelayMs: ms
    .default(500)
    .describe('How long only /readyz says that a gateway stops, before anything closes.'),
  drainMs: ms.default(10_000).describe('Time over which a stopping gateway closes its sockets.'),
});

const tlsFile = z.union([z.string(), z.instanceof(Buffer)]);

const gatewaySchema = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.default(6001).describe('0 takes a free one.'),
  fd: fd.describe(
    'Descriptor of a listening socket that another process made; instead of the port.',
  ),
  reusePort: z
    .boolean()
    .default(false)
    .describe(
      'Shares its ports with the next process (SO_REUSEPORT): Node 22.12 or 23.1, on Linux.',
    ),
  portWaitMs: z
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('Time to wait at the start for ports that another process has; it may be draining.'),
  tls: z
    .strictObject({
      port: port.default(6443),
      fd,
      cert: tlsFile,
      key: tlsFile,
      only: z.boolean().default(false).describe('No plain port is opened.'),
    })
    .optional()
    .describe('The same paths on a TLS port; cert and key are PEM.'),
  path: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)*$/, 'must be empty or begin with / and not end with one')
    .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), DOT_SEGMENTS)
    .refine((path) => !TAKEN_PATHS.includes(path), PATH_TAKEN)
    .default('')
    .describe('A prefix of all paths (the wsPath of pusher-js); a proxy may take it away.'),
  metrics: z
    .strictObject({
      host: host.default('127.0.0.1'),
      port,
      token: z
        .string()
        .regex(/^[\x21-\x7e]{20,256}$/, 'must be 20 to 256 characters of ASCII without blanks')
        .optional()
        .describe('A scrape must carry it: Authorization: Bearer <token>.'),
    })
    .optional()
    .describe('Prometheus metrics at /metrics on a port of their own; off unless given.'),
  trustedProxies: z
    .array(z.string().refine(isNetwork, 'must be an address or a network in CIDR, like 10.0.0.0/8'))
    .default([])
    .describe('Proxies whose X-Forwarded-For is believed: limits and logs go by the client then.'),
  insecureDev: z
    .boolean()
    .default(false)
    .describe('Short secrets are taken on addresses that other machines reach.'),
  webhookAllow: z
    .array(z.string().refine(isAllowEntry, 'must be a host name, an address or a network in CIDR'))
    .default([])
    .describe('Hosts, addresses and networks that webhooks may reach though they are private.'),
  broker: brokerSchema
    .optional()
    .describe('Joins several gateways, so that browsers and HTTP calls are served by any of them.'),
  apps: z.array(appSchema).min(1),
  limits: limitsSchema.default(limitsSchema.parse({})),
});

/** The options of a program: all of the configuration file, and others that no file could hold. */
const optionsSchema = z.strictObject({
  ...gatewaySchema.shape,
  log: z.unknown().optional(),
  pushy: z.strictObject({ commands: commandsSchema }).default({ commands: {} }),
});

export type AppOptions = z.output<typeof appSchema>;
export type WebhookOptions = z.output<typeof webhookSchema>;
export type WebhookEventName = NonNullable<WebhookOptions['events']>[number];
export type Limits = z.output<typeof limitsSchema>;

/** Options of `createGateway`. Every option but `apps` has a default; unknown keys are refused. */
export type GatewayOptions = z.input<typeof gatewaySchema> & {
  /**
   * Any pino-like logger; false for none. Default: none, but commands of pushy that throw are warnings of the process.
   */
  log?: Logger | false;
  /** Commands that clients of pushy may send, beside `subscribe` and `unsubscribe` or in their place. */
  pushy?: { commands?: PushyCommands };
};

export type GatewaySettings = z.output<typeof gatewaySchema> & {
  log: Logger;
  pushyCommands: PushyCommands;
};

/** JSON Schema of the configuration file, for editors. Apps may come from variables instead. */
export function configSchema(): object {
  const schema = z.toJSONSchema(gatewaySchema.partial({ apps: true }), {
    unrepresentable: 'any',
    io: 'input',
    override: ({ zodSchema: each, jsonSchema }) =>
      void (each === tlsFile && Object.assign(jsonSchema, { type: 'string', anyOf: undefined })),
  });
  return { ...schema, properties: { $schema: { type: 'string' }, ...schema.properties } };
}

/** Every limit: its name, default and what it bounds. The README's table is made from it. */
export function limitsTable(): Array<{ name: string; value: number; about: string }> {
  const defaults = limitsSchema.parse({});
  return Object.entries(limitsSchema.shape).map(([name, schema]) => ({
    name,
    value: defaults[name as keyof Limits],
    about: schema.description ?? '',
  }));
}

/** Checks options at the door. Throws `bad_option` with the path of the first bad key and what is allowed there. */
export function checkGatewayOptions(options: GatewayOptions): GatewaySettings {
  const result = optionsSchema.safeParse(options, { reportInput: true });
  if (!result.success) {
    throw new StandpipeError('bad_option', explain(result.error, optionsSchema));
  }
  const { log, pushy, ...rest } = result.data;
  // For `false` another one than `silent`, in whose place the process is warned.
  const logger =
    log === undefined ? silent : log === false ? { ...silent } : checkedLogger('log', log);
  const settings = { ...rest, log: logger, pushyCommands: pushy.commands };
  requireSound(settings);
  return settings;
}

/** Checks options that are valid each by itself and must stand together. Throws `bad_option`. */
export function requireSound(settings: GatewaySettings): void {
  requireUnique(settings.apps, 'id');
  requireUnique(settings.apps, 'key');
  requireFit(settings.limits);
  guardReusePort(settings);
  guardPorts(settings);
  guardSecrets(settings);
  guardWebhooks(settings);
  guardBroker(settings);
  requireUniquePushy(settings.apps);
}
