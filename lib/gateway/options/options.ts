import { z } from 'zod';
import { StandpipeError } from '../../errors';
import { isChannelPattern } from '../../pusher/channel-name';
import { CloseCode } from '../../pusher/close-codes';
import { loadTracing } from '../../tracing/load-tracing';
import { tracedLog } from '../../tracing/traced-log';
import { type Logger, silent } from '../../util/logger';
import { checkedLogger } from '../../util/option-table';
import { isAllowEntry, isNetwork } from './address-guard';
import { furtherKeySchema, keyText, secretText } from './app-keys';
import { canonicalOrigin } from './allowed-origins';
import { brokerSchema } from './broker';
import { consoleSchema, guardConsole } from './console';
import { explain } from './explain';
import { fd, host, port, rate, tlsFile } from './kinds';
import {
  guardBroker,
  guardPorts,
  guardReusePort,
  guardSecrets,
  guardWebhooks,
  requireUniqueIds,
  requireUniqueKeys,
} from './guards';
import { limitsSchema, requireFit } from './limits';
import { pushySchema, type PushyCommands } from './pushy';
import { commandsSchema, requireUniquePushy } from './pushy-checks';
import { webhookSchema } from './webhook';

/** Rule of an app for some of its channels. */
const channelRuleSchema = z.strictObject({
  channels: z
    .array(
      z
        .string()
        .refine(
          isChannelPattern,
          'must be the name of a channel, or the beginning of one with a * behind it, such as room-*',
        ),
    )
    .min(1)
    .max(100)
    .describe('Names of channels, or beginnings of names such as room-*.'),
  latest: z
    .strictObject({
      events: z
        .array(z.string().min(1).max(200))
        .min(1)
        .max(100)
        .optional()
        .describe('Names of events, or beginnings of names such as price-*; all unless given.'),
    })
    .optional()
    .describe('Published events are latest, with their name as key: see `latest` of triggers.'),
});

const appSchema = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,64}$/,
      'must be 1 to 64 of A-Z a-z 0-9 _ -; digits only suits every SDK',
    )
    .describe('Stands in the paths of the HTTP API and the Pipe.'),
  key: keyText.describe('Public: browsers connect with it.'),
  secret: secretText.describe(
    'Signs everything. Never leaves the servers. 20 characters or more, but for loopback.',
  ),
  keys: z
    .array(furtherKeySchema)
    .max(100)
    .default([])
    .describe('Further keys, to replace a key without a cut, or with fewer permissions.'),
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
  channels: z
    .array(channelRuleSchema)
    .max(100)
    .default([])
    .describe('Rules for channels; the first one that fits counts.'),
  webhooks: z.array(webhookSchema).default([]).describe('Endpoints that are told what happens.'),
  pushy: pushySchema.optional().describe('Serves clients of pushy as well; off unless given.'),
});

/** Prefixes that are no others than a protocol's own paths. The fallback's, which pusher-js adds by itself, may be one. */
const TAKEN_PATHS = ['/app', '/apps', '/pipe', '/livez', '/readyz'];
const PATH_TAKEN = `must be none of ${TAKEN_PATHS.join(', ')}, which are paths of the gateway; such as /realtime`;
const DOT_SEGMENTS = 'must have no segment . or .., which clients resolve; such as /realtime';

const gatewaySchema = z.strictObject({
  host: host.default('127.0.0.1').describe('Address to listen on.'),
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
      port: port.default(6443).describe('0 takes a free one.'),
      fd: fd.describe('Descriptor of a listening socket; instead of the port.'),
      cert: tlsFile.describe('Certificate with its chain, as PEM.'),
      key: tlsFile.describe('Private key, as PEM.'),
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
      host: host.default('127.0.0.1').describe('Address to listen on.'),
      port: port.describe('0 takes a free one.'),
      token: z
        .string()
        .regex(/^[\x21-\x7e]{20,256}$/, 'must be 20 to 256 characters of ASCII without blanks')
        .optional()
        .describe('A scrape must carry it: Authorization: Bearer <token>.'),
    })
    .optional()
    .describe('Prometheus metrics at /metrics on a port of their own; off unless given.'),
  console: consoleSchema
    .optional()
    .describe(
      'Page for people who look after the gateway, on a port of its own or at a path; off unless given.',
    ),
  tracing: z
    .boolean()
    .default(false)
    .describe('Spans of OpenTelemetry for events of sampled traces; needs @opentelemetry/api.'),
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
  apps: z.array(appSchema).min(1).describe('Apps that are served.'),
  limits: limitsSchema.default(limitsSchema.parse({})).describe('Bounds of everything.'),
});

/** The options of a program: all of the configuration file, and others that no file could hold. */
const optionsSchema = z.strictObject({
  ...gatewaySchema.shape,
  log: z.unknown().optional(),
  pushy: z.strictObject({ commands: commandsSchema }).default({ commands: {} }),
});

export type { Limits } from './limits';

/**
 * Options of an app, complete.
 * @interface
 */
export type AppOptions = z.output<typeof appSchema>;
export type WebhookOptions = z.output<typeof webhookSchema>;
export type WebhookEventName = NonNullable<WebhookOptions['events']>[number];

/**
 * Options of `createGateway`. Every option but `apps` has a default; unknown keys are refused.
 * @interface
 */
export type GatewayOptions = z.input<typeof gatewaySchema> & {
  /**
   * Any pino-like logger; false for none. Default: none, but commands of pushy that throw are warnings of the process.
   */
  log?: Logger | false;
  /** Commands that clients of pushy may send, beside `subscribe` and `unsubscribe` or in their place. */
  pushy?: {
    /** Commands by their names. */
    commands?: PushyCommands;
  };
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
      void (
        each._zod.def === tlsFile.def &&
        Object.assign(jsonSchema, { type: 'string', anyOf: undefined })
      ),
  });
  return { ...schema, properties: { $schema: { type: 'string' }, ...schema.properties } };
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
  const tracedLogger = rest.tracing ? tracedLog(logger, loadTracing()) : logger;
  const settings = { ...rest, log: tracedLogger, pushyCommands: pushy.commands };
  requireSound(settings);
  return settings;
}

/** Checks options that are valid each by itself and must stand together. Throws `bad_option`. */
export function requireSound(settings: GatewaySettings): void {
  requireUniqueIds(settings.apps);
  requireUniqueKeys(settings.apps);
  requireFit(settings.limits);
  guardReusePort(settings);
  guardPorts(settings);
  guardSecrets(settings);
  guardWebhooks(settings);
  guardBroker(settings);
  guardConsole(settings);
  requireUniquePushy(settings.apps);
}
