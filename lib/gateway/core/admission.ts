import { type ChannelName, parseChannelName } from '../../pusher/channel-name';
import { CloseCode } from '../../pusher/close-codes';
import { parseChannelData } from '../../pusher/presence';
import { ROOMY, type MemoryWatch } from '../../stream/memory-watch';
import type { Clock } from '../../util/timers';
import type { Limits } from '../options/options';
import { AppRates } from './features/app-rates';
import type { App } from './model/app';
import type { Channel } from './model/channel';
import type { AdmissionRefusal } from './model/entrant';
import type { Identity } from './model/presence';
import type { Socket } from './model/socket';
import { TokenBucket } from './timing/token-bucket';

/** Outcome of a request to join: in order, there already, or refused. */
export type AdmissionOutcome =
  | { kind: ChannelName; identity: Identity | undefined }
  | { present: Channel }
  | { refused: AdmissionRefusal };

/** Reason why a connection is not opened, with the close code that tells it. */
export interface ConnectionRefusal {
  code: number;
  message: string;
}

/** Reason why a backend is not let in, and when it may ask again. */
export interface BackendRefusal {
  message: string;
  retryAfterS: number;
}

/** A request to join a channel, by the socket itself or on its behalf. */
export interface AdmissionRequest {
  channel: string;
  /** JSON text that names a member of a presence channel; without one the signed-in user joins. */
  channelData: string | undefined;
  /** Error of the protocol's own proof that the socket may join; it is asked once the limits allow it. */
  proof?: (kind: ChannelName) => string | undefined;
}

/** Told to a backend of an app whose Pipe is switched off. */
export const PIPE_OFF = 'Pipe off: set pipe to true for this app';

/**
 * May this socket join, and may this connection be opened? The one place that knows: names, limits and members, whichever
 * protocol asks. A channel of a user needs no proof but the sign-in.
 */
export class Admission {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #memory: MemoryWatch;
  /** Connects of backends that were in order. */
  readonly #backendRates = new AppRates();

  constructor(limits: Limits, clock: Clock, memory: MemoryWatch = ROOMY) {
    this.#limits = limits;
    this.#clock = clock;
    this.#memory = memory;
  }

  /** Judges a connection of a browser or device; undefined lets it in. */
  socketRefusal(app: App, origin: string | undefined): ConnectionRefusal | undefined {
    if (!app.options.enabled) {
      return { code: CloseCode.APP_DISABLED, message: 'Application disabled' };
    }
    if (!app.origins.allows(origin)) {
      return { code: CloseCode.UNAUTHORIZED, message: 'This origin is not allowed to connect' };
    }
    if (app.sockets.size - app.unauthorizedSockets >= this.#limits.maxConnectionsPerApp) {
      return { code: CloseCode.OVER_QUOTA, message: 'Application is over connection quota' };
    }
    return undefined;
  }

  /** Judges one more backend whose credentials are in order; undefined lets it in, and counts towards the rate. */
  backendRefusal(app: App): BackendRefusal | undefined {
    const { maxPipes, maxPipeConnectsPerSecond: rate } = this.#limits;
    if (app.backends >= maxPipes) {
      const message = `this app has ${maxPipes} backends connected, which is its limit`;
      return { message, retryAfterS: 5 };
    }
    if (!this.#backendRates.take(app, { rate, burst: maxPipes }, this.#clock.now())) {
      const message = `backends of this app connect more often than ${rate} times a second`;
      return { message, retryAfterS: 1 };
    }
    return undefined;
  }

  /** True when a socket may have one more signature checked: subscriptions and sign-ins share a rate. */
  mayAsk({ buckets }: Socket): boolean {
    const { maxSubscriptionsPerSecond: rate, maxChannelsPerSocket } = this.#limits;
    // All channels of a page come back at once after a reconnect.
    const burst = Math.max(rate * 4, maxChannelsPerSocket + 1);
    buckets.subscriptions ??= new TokenBucket();
    return buckets.subscriptions.take(rate, burst, this.#clock.now());
  }

  /** Judges a sign-in, which names a user and a watchlist that are kept; undefined lets it. */
  signInRefusal(): string | undefined {
    return this.#memory.isNear ? 'The gateway has no memory left for sign-ins' : undefined;
  }

  /** Judges a request to join, and changes nothing. */
  ask(socket: Socket, { channel, channelData, proof }: AdmissionRequest): AdmissionOutcome {
    const { maxChannelNameLength } = this.#limits;
    const kind = parseChannelName(channel, maxChannelNameLength);
    if (kind === undefined) {
      const rule = `1 to ${maxChannelNameLength} of A-Z a-z 0-9 _ - = @ , . ;`;
      const shown = channel.slice(0, maxChannelNameLength);
      return admissionRefusal('name', `Invalid channel name: '${shown}' (${rule})`, 400);
    }
    const present = socket.channels?.get(channel) ?? socket.entering?.get(channel)?.channel;
    if (present !== undefined) return { present };
    const full = this.#fullness(socket, channel);
    if (full !== undefined) return admissionRefusal('limit', full, 4100);
    const unproven = kind.user === undefined ? proof?.(kind) : userProof(socket, kind);
    if (unproven !== undefined) return admissionRefusal('proof', unproven, 401);
    if (kind.visibility !== 'presence') return { kind, identity: undefined };
    return this.#member(socket, kind, channelData);
  }

  #fullness({ app, channels, entering }: Socket, channel: string): string | undefined {
    const { maxChannelsPerSocket, maxChannelsPerApp } = this.#limits;
    if ((channels?.size ?? 0) + (entering?.size ?? 0) >= maxChannelsPerSocket) {
      return `Too many subscriptions: the limit is ${maxChannelsPerSocket} per connection`;
    }
    if (app.channels.size >= maxChannelsPerApp && !app.channels.has(channel)) {
      return `Too many channels: the limit is ${maxChannelsPerApp} per app`;
    }
    if (this.#memory.isNear) return 'The gateway has no memory left for subscriptions';
    return undefined;
  }

  /** Member of a presence channel: named by the `channel_data`, or without any the signed-in user. */
  #member(
    { app, user }: Socket,
    kind: ChannelName,
    channelData: string | undefined,
  ): AdmissionOutcome {
    const data =
      channelData === undefined ? undefined : parseChannelData(channelData, this.#limits);
    if (data?.ok === false) {
      return admissionRefusal(
        data.limit ? 'limit' : 'member',
        data.message,
        data.limit ? 4301 : 401,
      );
    }
    const member = data ?? user;
    if (member === undefined)
      return admissionRefusal('member', 'Missing parameter: channel_data', 401);
    const { userId, userInfo } = member;
    const presence = app.channels.get(kind.name)?.presence;
    const { maxMembersPerChannel: max } = this.#limits;
    if (presence !== undefined && !presence.list.has(userId) && presence.list.size >= max) {
      return admissionRefusal('limit', `Presence channel is full (${max} members)`, 4100);
    }
    return { kind, identity: { userId, userInfo } };
  }
}

function userProof({ user }: Socket, kind: ChannelName): string | undefined {
  return kind.user === user?.userId
    ? undefined
    : `Not signed in as the user of channel ${kind.name}`;
}

function admissionRefusal(
  rule: AdmissionRefusal['rule'],
  message: string,
  status: number,
): { refused: AdmissionRefusal } {
  return { refused: { rule, message, status } };
}
