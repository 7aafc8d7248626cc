import { z } from 'zod';
import { StandpipeError } from '../../errors';
import { DEFAULT_CHANNEL_LIMITS } from '../../pusher/limits';
import { WIRE_LIMITS } from '../../wire/limits';
import { bytes, count, ms, rate } from './kinds';

const D = DEFAULT_CHANNEL_LIMITS;

/** Every limit of the gateway with its default. */
export const limitsSchema = z.strictObject({
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
  maxLatestKeys: count
    .default(1_000)
    .describe('Latest events kept for sockets of one channel that are behind, by their keys.'),
  maxLatestBytes: bytes
    .default(256 * 1024)
    .describe('Messages of these; above either limit they are sent all the same.'),
  latestCheckMs: ms
    .default(500)
    .describe(
      'Time between pings to a socket with latest or volatile events; one in 16 KiB besides.',
    ),
  latestSlackMs: ms
    .default(250)
    .describe('A socket is behind when an answer takes so much longer than its quickest one.'),
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
  maxBrokerReplayBytes: bytes
    .or(z.literal(0))
    .default(32 * 1024 * 1024)
    .describe(
      'Events of an app that Redis keeps for gateways that lose their connection; 0 for none.',
    ),
  drainDelayMs: ms
    .default(500)
    .describe('How long only /readyz says that a gateway stops, before anything closes.'),
  drainMs: ms.default(10_000).describe('Time over which a stopping gateway closes its sockets.'),
});

/**
 * Limits of a gateway, complete; each has a default.
 * @interface
 */
export type Limits = z.output<typeof limitsSchema>;

/** Every limit: its name, default and what it bounds. The README's table is made from it. */
export function limitsTable(): Array<{
  /** Name of the limit. */
  name: string;
  /** Default. */
  value: number;
  /** Meaning: the thing that it bounds. */
  about: string;
}> {
  const defaults = limitsSchema.parse({});
  return Object.entries(limitsSchema.shape).map(([name, schema]) => ({
    name,
    value: defaults[name as keyof Limits],
    about: schema.description ?? '',
  }));
}

/** Bytes that an event takes in a stream beside its data. */
export const EVENT_OVERHEAD_BYTES = 128;

/** Longest name that may be configured: several of them fit into a frame of the Pipe beside the longest data. */
const MAX_NAME_LENGTH = 16_384;

/** Limits that a frame of the Pipe, or a stream, must be able to carry. */
interface CarriedLimits {
  maxEventDataBytes: number;
  maxAuthBytes: number;
  maxChannelNameLength: number;
  maxEventNameLength: number;
  maxUserIdLength: number;
  maxPipeUnackedBytes: number;
}

/** Refuses limits that let something in which no frame of the Pipe, or no stream, could take. Throws `bad_option`. */
export function requireFit(limits: CarriedLimits): void {
  const atMost = (name: keyof CarriedLimits, most: number, why: string): void => {
    if (limits[name] <= most) return;
    throw new StandpipeError('bad_option', `limits.${name}: must be at most ${most}, ${why}`);
  };
  const inFrame = 'since a frame of the Pipe must be able to carry it';
  atMost('maxEventDataBytes', WIRE_LIMITS.maxDataBytes, inFrame);
  atMost('maxAuthBytes', WIRE_LIMITS.maxDataBytes / 2, inFrame);
  for (const name of ['maxChannelNameLength', 'maxEventNameLength', 'maxUserIdLength'] as const) {
    atMost(name, MAX_NAME_LENGTH, inFrame);
  }
  const least = limits.maxEventDataBytes + EVENT_OVERHEAD_BYTES;
  if (limits.maxPipeUnackedBytes < least) {
    const why = 'since a stream must be able to keep one event of maxEventDataBytes';
    throw new StandpipeError(
      'bad_option',
      `limits.maxPipeUnackedBytes: must be at least ${least}, ${why}`,
    );
  }
}
