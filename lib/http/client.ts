import { isEncryptedChannel, userChannel } from '../pusher/channel-name';
import { channelKey } from '../pusher/encryption';
import { channelStringToSign, userStringToSign } from '../pusher/signature';
import { sendBatch } from './batch';
import {
  checkChannel,
  checkChannels,
  checkEvent,
  checkParams,
  checkSocketId,
  checkUserData,
  checkUserId,
} from './checks';
import { Coalescer, publishAlone } from './coalescer';
import { Config, environmentUrl, nodeBytes, readUrl } from './config';
import { dataFor, masterKeyOf, sharedSecret } from './encryption';
import type * as errors from './errors';
import { RULES, RequestError, RuleError, WebHookError } from './errors';
import { ApiSender, pathSegment, signedQueryString } from './request';
import { ApiResponse } from './response';
import { Token } from './token';
import type * as api from './types';
import type {
  AnswerOf,
  Any,
  BatchAnswer,
  BatchEvent,
  BaseOptions,
  Callback,
  ChannelAuthResponse,
  DefaultEvents,
  EventName,
  GetOptions,
  Options,
  PostOptions,
  PresenceChannelData,
  SignedQueryStringOptions,
  TriggerAnswer,
  TriggerParams,
  UserAuthResponse,
  UserChannelData,
} from './types';
import type * as webhook from './webhook';
import { type TokenLike, WebHook, type WebHookEvent, type WebHookRequest } from './webhook';

/**
 * The HTTP API of the Channels protocol, for servers: publishes events, reads the state of an app, signs
 * subscriptions and sign-ins, checks webhooks. Every name of npm `pusher` 5.3 and of its older versions is here
 * (lib/http/README.md).
 *
 * Arguments that break a rule throw a RuleError at once; requests that fail reject with a RequestError. Each of
 * `trigger`, `triggerBatch`, `get` and `post` takes a callback as its last argument, too.
 */
export class Pusher<Events = DefaultEvents> {
  /** Key and secret of an app. */
  static readonly Token = Token;
  /** Error of a request that failed. */
  static readonly RequestError = RequestError;
  /** Error of an argument that breaks a rule. */
  static readonly RuleError = RuleError;
  /** Error of a webhook that cannot be read. */
  static readonly WebHookError = WebHookError;
  /** A webhook. */
  static readonly WebHook = WebHook;
  /** Answer of the HTTP API. */
  static readonly ApiResponse = ApiResponse;
  /** Rules for arguments, by their names. */
  static readonly RULES = RULES;

  /** The class by its own name, so that `import { Pusher }` and `require()` are one. */
  static get Pusher(): typeof Pusher {
    return Pusher;
  }

  /** The class once more, for `import Pusher from`. */
  static get default(): typeof Pusher {
    return Pusher;
  }

  /** Options with their defaults. */
  readonly config: Config;
  readonly #sender: ApiSender;
  readonly #coalescer: Coalescer | undefined;

  /** Without options, those of the URL in STANDPIPE_URL or PUSHER_URL. */
  constructor(options?: Options) {
    const fromEnvironment = options === undefined && environmentUrl() !== undefined;
    this.config = new Config(fromEnvironment ? readUrl(undefined) : options);
    this.#sender = new ApiSender(this.config);
    const { coalesce, maxInFlight } = this.config;
    this.#coalescer = coalesce ? new Coalescer(this.#sender, maxInFlight) : undefined;
  }

  /** A client for `SCHEME://KEY:SECRET@HOST:PORT/apps/APP_ID`, by default that of STANDPIPE_URL or PUSHER_URL. */
  static forURL<Events = DefaultEvents>(url?: string, options: BaseOptions = {}): Pusher<Events> {
    return new Pusher<Events>({ ...options, ...readUrl(url) });
  }

  /** A client for a cluster of the hosted service. */
  static forCluster<Events = DefaultEvents>(
    cluster: string,
    options: BaseOptions = {},
  ): Pusher<Events> {
    return new Pusher<Events>({ ...options, host: `api-${cluster}.pusher.com` });
  }

  /**
   * Publishes an event on a channel, or on up to 100. Text is sent as it is, other data as JSON. `params` may be the
   * id of a socket that shall not receive the event.
   */
  trigger<Name extends EventName<Events>>(
    channels: string | readonly string[],
    event: Name,
    data: Events[Name],
    params?: string | TriggerParams | null | Callback<TriggerAnswer>,
    callback?: Callback<TriggerAnswer>,
  ): Promise<ApiResponse<TriggerAnswer>> {
    if (typeof params === 'function') return this.trigger(channels, event, data, undefined, params);
    const names = typeof channels === 'string' || !Array.isArray(channels) ? [channels] : channels;
    const fields = typeof params === 'string' ? { socket_id: params } : (params ?? {});
    if (fields.socket_id) checkSocketId(fields.socket_id);
    fields.except?.forEach(checkSocketId);
    checkEvent(event);
    checkChannels(names);
    return called(this.#publish(names, event, data, fields), callback);
  }

  /** Publishes events of one channel each, in their order: 10 a request, as many requests as they need. */
  triggerBatch(
    batch: ReadonlyArray<BatchEvent<Events>>,
    callback?: Callback<BatchAnswer>,
  ): Promise<ApiResponse<BatchAnswer>> {
    const events = batch.map((event) => {
      event.except?.forEach(checkSocketId);
      return { ...event, data: dataFor(this.config, event.channel, event.data) };
    });
    this.#coalescer?.flush();
    return called(sendBatch(this.#sender, events), callback);
  }

  /** Publishes an event to all sockets of a signed-in user. */
  sendToUser<Name extends EventName<Events>>(
    userId: string,
    event: Name,
    data: Events[Name],
    callback?: Callback<TriggerAnswer>,
  ): Promise<ApiResponse<TriggerAnswer>> {
    checkEvent(event);
    checkUserId(userId);
    return called(this.#publish([userChannel(userId)], event, data, {}), callback);
  }

  /** Closes all sockets of a signed-in user, who may connect again. */
  terminateUserConnections(
    userId: string,
    callback?: Callback<object>,
  ): Promise<ApiResponse<object>> {
    checkUserId(userId);
    const path = `/users/${pathSegment(userId)}/terminate_connections`;
    return this.post({ path, body: {} }, callback);
  }

  /** A signed GET below `/apps/<id>`. */
  get<Path extends string>(
    { path, params }: GetOptions<Path>,
    callback?: Callback<AnswerOf<Path>>,
  ): Promise<ApiResponse<AnswerOf<Path>>> {
    this.#coalescer?.flush();
    return called(this.#sender.send<AnswerOf<Path>>({ method: 'GET', path, params }), callback);
  }

  /** A signed POST below `/apps/<id>`; `body` is sent as JSON. */
  post<Answer = Any>(
    { path, params, body }: PostOptions,
    callback?: Callback<Answer>,
  ): Promise<ApiResponse<Answer>> {
    const text = body ? JSON.stringify(body) : undefined;
    this.#coalescer?.flush();
    return called(
      this.#sender.send<Answer>({ method: 'POST', path, params, body: text }),
      callback,
    );
  }

  /**
   * Signs a subscription to a private, presence or encrypted channel: the answer of an auth endpoint. `data` is the
   * member of a presence channel.
   */
  authorizeChannel(
    socketId: string,
    channel: string,
    data?: PresenceChannelData | null,
  ): ChannelAuthResponse {
    checkSocketId(socketId);
    checkChannel(channel);
    const channelData = data ? JSON.stringify(data) : undefined;
    const signature = this.config.token.sign(channelStringToSign(socketId, channel, channelData));
    const answer: ChannelAuthResponse =
      channelData === undefined ? { auth: '' } : { channel_data: channelData, auth: '' };
    answer.auth = `${this.config.token.key}:${signature}`;
    if (isEncryptedChannel(channel)) answer.shared_secret = sharedSecret(this.config, channel);
    return answer;
  }

  /** @deprecated Use `authorizeChannel`, which is the same function. */
  declare authenticate: (
    socketId: string,
    channel: string,
    data?: PresenceChannelData | null,
  ) => ChannelAuthResponse;

  /** Signs a sign-in: the answer of a user authentication endpoint. */
  authenticateUser(socketId: string, userData: UserChannelData): UserAuthResponse {
    checkSocketId(socketId);
    checkUserData(userData);
    const text = JSON.stringify(userData);
    const signature = this.config.token.sign(userStringToSign(socketId, text));
    return { auth: `${this.config.token.key}:${signature}`, user_data: text };
  }

  /** Reads a webhook, whose `isValid()` says whether to believe it. */
  webhook(request: WebHookRequest): WebHook {
    return new WebHook(this.config.token, request, this.config.encryptionMasterKey);
  }

  /** The query string of a request that you send yourself. */
  createSignedQueryString(options: SignedQueryStringOptions): string {
    if (options.params !== undefined) checkParams(options.params);
    return signedQueryString(this.config.token, options);
  }

  /** The 32 bytes of the key of an encrypted channel. */
  channelSharedSecret(channel: string): Uint8Array {
    return nodeBytes(channelKey(channel, masterKeyOf(this.config)));
  }

  #publish(
    channels: readonly string[],
    name: string,
    data: unknown,
    params: TriggerParams,
  ): Promise<ApiResponse<TriggerAnswer>> {
    if (channels.length > 1 && channels.some(isEncryptedChannel)) {
      throw new RuleError(
        'one_encrypted_channel',
        'You cannot trigger to multiple channels when using encrypted channels',
      );
    }
    const text = dataFor(this.config, channels[0], data);
    const [channel] = channels;
    if (this.#coalescer !== undefined && channel !== undefined && channels.length === 1) {
      return this.#coalescer.publish({ channel, name, data: text, params });
    }
    this.#coalescer?.flush();
    return publishAlone(this.#sender, name, text, channels, params);
  }
}

// oxlint-disable-next-line typescript/unbound-method -- It is bound where it is called.
Pusher.prototype.authenticate = Pusher.prototype.authorizeChannel;

/** Tells a callback, if there is one, how a request went; its promise need not be looked at then. */
function called<Answer>(
  promise: Promise<ApiResponse<Answer>>,
  callback: Callback<Answer> | undefined,
): Promise<ApiResponse<Answer>> {
  if (callback === undefined) return promise;
  // An error thrown by a callback is the caller's, and surfaces as an uncaught exception.
  const tell = (...args: Parameters<Callback<Answer>>): void =>
    queueMicrotask(() => callback(...args));
  promise.then(
    (response) => tell(null, response.request, response),
    (error: unknown) => {
      const { request, response } = error instanceof RequestError ? error : {};
      tell(error as Error, request, response as ApiResponse<Answer> | undefined);
    },
  );
  return promise;
}

type Client<Events> = Pusher<Events>;

/**
 * The types by upstream's names, for those who write `Pusher.Options`.
 * @hidden
 */
// oxlint-disable-next-line typescript/no-namespace
export declare namespace Pusher {
  export type Pusher<Events = DefaultEvents> = Client<Events>;
  export type AuthResponse = api.AuthResponse;
  export type BaseOptions = api.BaseOptions;
  export type BatchEvent<Events = DefaultEvents> = api.BatchEvent<Events>;
  export type ChannelAuthResponse = api.ChannelAuthResponse;
  export type ClusterOptions = api.ClusterOptions;
  export type Event = WebHookEvent;
  export type GetOptions = api.GetOptions;
  export type HostOptions = api.HostOptions;
  export type Options = api.Options;
  export type Params = api.Params;
  export type PostOptions = api.PostOptions;
  export type PresenceChannelData = api.PresenceChannelData;
  export type RequestError = errors.RequestError;
  export type RequestOptions = api.RequestOptions;
  export type Response<Answer = Any> = ApiResponse<Answer>;
  export type RuleError = errors.RuleError;
  export type SignedQueryStringOptions = api.SignedQueryStringOptions;
  /** `Pusher.Token` at run time is a class; wherever one is taken, its two fields are enough. */
  export type Token = TokenLike;
  export type TriggerParams = api.TriggerParams;
  export type UserAuthResponse = api.UserAuthResponse;
  export type UserChannelData = api.UserChannelData;
  export type WebHook = webhook.WebHook;
  export type WebHookData = webhook.WebHookData;
  export type WebHookError = errors.WebHookError;
  export type WebHookRequest = webhook.WebHookRequest;
}
