import { z } from 'zod';
import { StandpipeError } from '../errors';
import { CloseCode } from '../pusher/close-codes';
import { DEFAULT_CHANNEL_LIMITS } from '../pusher/limits';
import { type Logger, silent } from '../util/log';

const port = z.number().int().min(0).max(65535);
const count = z.number().int().min(1).max(1e9);
const bytes = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);
const ms = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const rate = z.number().positive().max(1e9);
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
  secret: z.string().min(1).max(256).describe('Signs everything. Never leaves the servers.'),
  enabled: z.boolean().default(true).describe('False refuses every connection (4003, 403).'),
  clientEvents: z.boolean().default(false).describe('Browsers may trigger events for each other.'),
  stringifyClientEvents: z
    .boolean()
    .default(false)
    .describe('Data of relayed client events becomes a string, for clients that expect one.'),
  allowedOrigins: z
    .array(z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[^/]+$/, 'must be like https://example.com'))
    .optional()
    .describe('Pages that may connect, matched exactly; all unless given. Others: close 4009.'),
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
  webhooks: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https?$/ }),
        events: z.array(z.string()).optional(),
      }),
    )
    .default([]),
});

/** Every limit of the gateway with its default. */
const limitsSchema = z.strictObject({
  maxConnections: count.default(50_000).describe('Connections of all kinds; above it 503.'),
  maxConnectionsPerApp: count.default(50_000).describe('Sockets of one app; above it close 4004.'),
  maxConnectionsPerAddress: count
    .default(50_000)
    .describe('Connections of one remote address; above it 503. Behind a proxy all share one.'),
  maxMessageBytes: bytes.default(64 * 1024).describe('One WebSocket message of a browser.'),
  maxChannelNameLength: count.default(D.maxChannelNameLength).describe('Characters.'),
  maxEventNameLength: count.default(D.maxEventNameLength).describe('Characters.'),
  maxEventDataBytes: bytes.default(D.maxEventDataBytes).describe('Data of one event, UTF-8.'),
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
    .describe('Subscriptions and sign-ins of one socket, burst 4 times that.'),
  maxWatchlistUsers: count
    .default(D.maxWatchlistUsers)
    .describe('Users on the watchlist of one socket; further ones are ignored with error 4302.'),
  maxCachedChannels: count.default(10_000).describe('Cache channels of one app with an event.'),
  maxCachedBytes: bytes.default(16 * 1024 * 1024).describe('Cached events of one app.'),
  cacheTtlMs: ms.default(1_800_000).describe('How long the last event of a channel is kept.'),
  authorizationTimeoutMs: ms
    .default(30_000)
    .describe('Time to sign in or join a signed channel, with authorizedConnections.'),
  activityTimeoutMs: ms.default(120_000).describe('Silence after which a browser is pinged.'),
  pongTimeoutMs: ms.default(30_000).describe('How long it may take to answer; then close 4201.'),
  maxUnsentBytes: bytes
    .default(1024 * 1024)
    .describe('Unsent bytes of one connection; then close 4100.'),
  maxUnsentMs: ms.default(10_000).describe('How long bytes may stay unsent; then close 4100.'),
  maxPipes: count.default(256).describe('Backends connected to one app; above it 503.'),
  maxPipeUnackedEvents: count.default(200_000).describe('Events kept for one backend stream.'),
  maxPipeUnackedBytes: bytes.default(64 * 1024 * 1024).describe('Data of the events kept for it.'),
  pipeWindowMs: ms
    .default(120_000)
    .describe('How long a backend may be away and go on where it was.'),
  drainMs: ms.default(10_000).describe('Time over which a stopping gateway closes its sockets.'),
});

const tlsFile = z.union([z.string(), z.instanceof(Buffer)]);

const gatewaySchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: port.default(6001).describe('0 takes a free one.'),
  tls: z
    .strictObject({ port: port.default(6443), cert: tlsFile, key: tlsFile })
    .optional()
    .describe('The same paths on a TLS port; cert and key are PEM.'),
  path: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)*$/, 'must be empty or begin with / and not end with one')
    .default('')
    .describe('A prefix before /app/ (the wsPath of pusher-js).'),
  metrics: z
    .strictObject({ host: z.string().min(1).default('127.0.0.1'), port })
    .optional()
    .describe('Prometheus metrics at /metrics on a port of their own; off unless given.'),
  apps: z.array(appSchema).min(1),
  limits: limitsSchema.default(limitsSchema.parse({})),
});

export type AppOptions = z.output<typeof appSchema>;
export type Limits = z.output<typeof limitsSchema>;

/** Options of `createGateway`. Everything but `apps` has a default; unknown keys are refused. */
export type GatewayOptions = z.input<typeof gatewaySchema> & {
  /** Any pino-like logger; silent by default. */
  log?: Logger;
};

export type GatewaySettings = z.output<typeof gatewaySchema> & { log: Logger };

/** JSON Schema of the configuration file, for editors. */
export function configSchema(): object {
  return z.toJSONSchema(gatewaySchema, { unrepresentable: 'any', io: 'input' });
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
export function checkGatewayOptions({ log = silent, ...options }: GatewayOptions): GatewaySettings {
  const result = gatewaySchema.safeParse(options);
  if (!result.success) throw new StandpipeError('bad_option', explain(result.error));
  requireUnique(result.data.apps, 'id');
  requireUnique(result.data.apps, 'key');
  return { ...result.data, log };
}

function explain(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const path = issue.path.reduce<string>(
        (text, part) =>
          typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`,
        '',
      );
      return `${path || 'configuration'}: ${issue.message}`;
    })
    .join('; ');
}

function requireUnique(apps: AppOptions[], field: 'id' | 'key'): void {
  const seen = new Set<string>();
  apps.forEach((app, i) => {
    if (seen.has(app[field])) {
      throw new StandpipeError(
        'bad_option',
        `apps[${i}].${field}: '${app[field]}' belongs to another app already`,
      );
    }
    seen.add(app[field]);
  });
}
