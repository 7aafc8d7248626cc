import { z } from 'zod';

/** First segments of the paths of other protocols. */
const TAKEN = ['app', 'apps', 'pipe', 'pusher', 'livez', 'readyz'];
/** Options that the configuration file of pushy gives in seconds, though its SockJS took them for milliseconds. */
const SECONDS_BELOW = 1_000;
/** Less would not hold the first line of a response. */
const MIN_RESPONSE_BYTES = 4_096;

const delayMs = z
  .number()
  .min(1)
  .max(600_000)
  .transform((value) => (value < SECONDS_BELOW ? value * 1_000 : value));

const responseLimit = z
  .union([
    z.number().int(),
    z
      .string()
      .regex(/^\d{1,9}[KM]?$/i, 'must be a number of bytes, or such as 128K')
      .transform((text) => {
        const unit = /k$/i.test(text) ? 1_024 : /m$/i.test(text) ? 1_024 * 1_024 : 1;
        return Number.parseInt(text, 10) * unit;
      }),
  ])
  .pipe(
    z
      .number()
      .min(MIN_RESPONSE_BYTES)
      .max(2 ** 30),
  );

const sockjsSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must begin with / and not end with one')
    .refine((prefix) => !TAKEN.includes(prefix.split('/')[1] ?? ''), 'belongs to another protocol')
    .default('/pushy/socket')
    .describe('Path of the SockJS endpoint.'),
  websocket: z.boolean().default(true).describe('False leaves xhr-streaming and xhr-polling.'),
  response_limit: responseLimit
    .default(128 * 1024)
    .describe('Bytes of one streaming response, such as 131072 or 128K.'),
  heartbeat_delay: delayMs
    .default(25_000)
    .describe('Silence after which a heartbeat is sent; below 1000 in seconds.'),
  disconnect_delay: delayMs
    .default(5_000)
    .describe('Time without a request after which a client is gone; below 1000 in seconds.'),
  sockjs_url: z.string().optional().describe('Taken and not used: no page is served.'),
  jsessionid: z.unknown().optional().describe('Taken and not used: no cookie is set.'),
});

/** `apps[].pushy`: one app of the gateway as a pushy server. */
export const pushySchema = z.strictObject({
  secretKey: z.string().min(1).max(256).describe("Signs pushy's triggers and subscriptions only."),
  sockjs: sockjsSchema.default(sockjsSchema.parse({})).describe('Options of the SockJS endpoint.'),
  port: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe("A further plain port of the gateway, for clients that know pushy's."),
});

export type PushyOptions = z.output<typeof pushySchema>;

/** A client, as a command sees it. */
export interface PushyConnection {
  /** The `socketId` that the client was told. */
  readonly id: string;
  /** Way by which the client is connected. */
  readonly protocol: 'websocket' | 'xhr-streaming' | 'xhr-polling';
  /** Address of the client. */
  readonly remoteAddress: string;
  /** Sends a text as it is. */
  write(text: string): void;
  /** Default code 1000. */
  close(code?: number, reason?: string): void;
  /** The same, after a last text. */
  end(text?: string): void;
  /** Calls a handler once, when the client has gone: a game sees that a player left. */
  on(event: 'close', handler: () => void): this;
}

/** The server, as a command sees it. */
export interface PushyServer {
  /** Sends `{"event","data"}` to one client. */
  sendEvent(connection: PushyConnection, event: string, data: unknown): void;
}

/** A channel with pushy subscribers, as a command sees it. */
export interface PushyChannel {
  /** As its first subscriber wrote it. Names that differ in case only are the same channel. */
  readonly name: string;
  /** True when a subscription needs a signature. */
  readonly authRequired: boolean;
  /** True when subscribers are told of each other. */
  readonly presenceEnabled: boolean;
  /** Number of its pushy subscribers. */
  countMembers(): number;
  /** True when this client is subscribed. */
  hasMember(connection: PushyConnection): boolean;
  /** Sends an event to all subscribers of the app's channel, of whichever protocol, but one. */
  broadcast(event: string, data: unknown, except?: PushyConnection): void;
}

/** The channels with pushy subscribers, as a command sees them. */
export interface PushyChannels {
  /** True when a channel of this name has subscribers, or was added. */
  exists(name: string): boolean;
  /** The channel of this name, compared without case. */
  get(name: string): PushyChannel | undefined;
  /** Throws when the channel exists. It is there until its last subscriber goes, or `remove`. */
  add(name: string): PushyChannel;
  /** Ends all pushy subscriptions of a channel. */
  remove(name: string): void;
}

/**
 * A command that clients may send. Its error or rejection goes to the log, and the client is told that its command
 * failed.
 */
export type PushyCommand = (
  sockjs: PushyServer,
  connection: PushyConnection,
  data: unknown,
  channels: PushyChannels,
) => unknown;

/** Commands by their names, which are compared without case. */
export type PushyCommands = Readonly<Record<string, PushyCommand>>;
