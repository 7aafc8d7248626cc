import type {
  Asked,
  DataThen,
  Downward,
  NameIn,
  RequestAnswer,
  RequestData,
} from '../../util/app-events';
import { Verb, type Command } from '../../wire/frames';
import type {
  QueryOptions,
  ListOptions,
  MemberInfo,
  SocketEntry,
  SocketInfo,
} from '../queries/results';
import {
  checkClose,
  checkEventName,
  checkKeys,
  checkedChannel,
  checkedSocketId,
  jsonOf,
} from '../checks';
import type { Target } from '../outbox/command';
import { eventStream } from '../handlers/event-stream';
import { EVERY } from '../handlers/registry';
import type { Queries } from '../queries/queries';
import { Listenable, type ClientParts } from './listenable';
import type {
  HeardArgs,
  Meta,
  PublishReceipt,
  ReceivedEvent,
  SocketEvents,
  SocketPublishOptions,
  SocketTriggerOptions,
  SocketsEvents,
  TriggerCallback,
} from '../types';

const SOCKET_WORDS = ['close', 'moved', 'slow', 'drained', 'event'];
const LIST_OPTIONS = ['limit', 'timeoutMs'] satisfies Array<keyof ListOptions>;
/** Longest JSON of a member. A gateway takes less. */
const MAX_MEMBER_BYTES = 10_240;

/** All sockets of the app: `open`, `close`, `moved`, `slow`, `drained`, and events without a channel. */
export class Sockets<Events extends object> extends Listenable<
  SocketsEvents<Events>,
  {
    full: HeardArgs<Events, [socketId: string]>;
    short: HeardArgs<Events, [socketId: string], []>;
  }
> {
  readonly #queries: Queries;

  constructor({ registries, queries }: ClientParts) {
    super(registries.sockets, EVERY, ['open', ...SOCKET_WORDS]);
    this.#queries = queries;
  }

  /**
   * Number of connected sockets.
   * @throws StandpipeError `timeout`, `refused`, `outbox_full`, `closed`; so do all queries
   */
  count(options?: QueryOptions): Promise<number> {
    return this.#queries.one('sockets.count', {}, options);
  }

  /** The connected sockets. */
  async list(given: ListOptions = {}): Promise<SocketEntry[]> {
    checkKeys('options', given, LIST_OPTIONS);
    const { limit, ...options } = given;
    return this.#queries.list('sockets.list', { limit }, options);
  }
}

/**
 * A socket. The handle holds no state: handlers live until `off`, or until the socket's `close` or `moved` was
 * delivered. `close` and `moved` come with the subscription `socket_existence`.
 */
export class SocketHandle<Events extends object> extends Listenable<
  SocketEvents<Events>,
  { full: HeardArgs<Events, []>; short: HeardArgs<Events, [], []> }
> {
  readonly id: string;
  readonly #parts: ClientParts;
  readonly #target: Target;

  constructor(parts: ClientParts, id: string) {
    super(parts.registries.sockets, checkedSocketId(id), SOCKET_WORDS);
    this.id = id;
    this.#parts = parts;
    this.#target = { verb: Verb.TRIGGER_SOCKET, socketId: id };
  }

  /**
   * Sends an event to the socket. Never fails for a reason of the network: the event is kept until the gateway answers.
   * The outcome goes to `callback`; without one, a failure goes to the client's `error` event.
   * @returns false when the outbox is nearly full, or full and the event refused: pause until `drain`
   * @throws StandpipeError `bad_argument` for a bad name, or data that is too large or no JSON
   */
  trigger<N extends NameIn<Downward<Events>>>(
    event: N,
    ...args: DataThen<Downward<Events>[N], [callback?: TriggerCallback]>
  ): boolean;
  trigger<N extends NameIn<Downward<Events>>>(
    event: N,
    data: Downward<Events>[N],
    options: SocketTriggerOptions | undefined,
    callback?: TriggerCallback,
  ): boolean;
  trigger(
    event: string,
    data?: unknown,
    options?: SocketTriggerOptions | TriggerCallback,
    callback?: TriggerCallback,
  ): boolean {
    const { sender } = this.#parts;
    return typeof options === 'function'
      ? sender.trigger(this.#target, event, data, undefined, options)
      : sender.trigger(this.#target, event, data, options, callback);
  }

  /**
   * Sends an event to the socket and resolves with the gateway's receipt.
   * @throws StandpipeError `bad_argument`, `refused` (see `status`), `not_sent`, `unknown_outcome`, `outbox_full`,
   * `closed`
   */
  publish<N extends NameIn<Downward<Events>>>(
    event: N,
    ...args: DataThen<Downward<Events>[N], [options?: SocketPublishOptions]>
  ): Promise<PublishReceipt>;
  publish(
    event: string,
    data?: unknown,
    options: SocketPublishOptions = {},
  ): Promise<PublishReceipt> {
    return this.#parts.sender.publish(this.#target, event, data, options);
  }

  /**
   * Asks the browser, and resolves with its answer. On the page `back_channel.handle(event, …)` answers, or any other
   * code that replies to the event `standpipe:request`.
   * @throws StandpipeError `bad_argument`, `timeout`, `refused` when the socket is gone (status 4211) or the browser
   * answers with an error (status 4223), `unknown_outcome` when the connection to the gateway was lost meanwhile
   */
  request<N extends NameIn<Asked<Events>>>(
    event: N,
    ...args: DataThen<RequestData<Asked<Events>[N]>, [options?: QueryOptions]>
  ): Promise<RequestAnswer<Asked<Events>[N]>>;
  async request(event: string, data?: unknown, options?: QueryOptions): Promise<unknown> {
    checkEventName(event);
    const { queries } = this.#parts;
    return queries.one('socket.request', { socket: this.id, event, data }, options);
  }

  /**
   * Closes the connection, after everything that was sent to it. With a code of 4000 to 4099, or from 4300 on, a
   * Channels client stays away; with 4100 to 4199 it comes back after a while, with 4200 to 4299 at once. A socket that
   * has gone already is no error. Rejects as `publish` does.
   * @param code 4000 to 4999. Default: the app's setting `terminateCode`, which is 4009 unless it was changed
   * @param reason at most 123 bytes
   */
  async close(code?: number, reason?: string): Promise<void> {
    checkClose(code, reason);
    return this.#perform({ verb: Verb.CLOSE_SOCKET, code, reason });
  }

  /**
   * Puts the socket on a channel, of whatever kind, without a signature: it gets `subscription_succeeded` and all
   * further events. On a presence channel it is there as `member`, or as the user that it signed in as. Rejects as
   * `publish` does.
   */
  async subscribe(channel: string, member?: MemberInfo): Promise<void> {
    const joins = member && { user_id: member.userId, user_info: member.userInfo };
    const data = joins && jsonOf(joins, MAX_MEMBER_BYTES);
    const { SUBSCRIBE_SOCKET: verb } = Verb;
    return this.#perform({ verb, channel: checkedChannel(channel), data });
  }

  /**
   * Takes the socket off a channel. A channel that it is not on is no error. Rejects as `publish` does.
   */
  async unsubscribe(channel: string): Promise<void> {
    return this.#perform({ verb: Verb.UNSUBSCRIBE_SOCKET, channel: checkedChannel(channel) });
  }

  /** The socket's channels and user; undefined when it is not connected. */
  async info(options?: QueryOptions): Promise<SocketInfo | undefined> {
    const { queries } = this.#parts;
    const info = await queries.one<SocketInfo | null>('socket.info', { socket: this.id }, options);
    return info ?? undefined;
  }

  /**
   * The socket's events from now on, until it closes or moves or the loop is left. An event is finished when the loop
   * asks for the next one: until then it is not acknowledged, and comes again when the process dies. A slow loop
   * delays the events of its socket; it loses nothing.
   */
  events(): AsyncIterableIterator<ReceivedEvent<Events>, undefined> {
    const { sockets } = this.#parts.registries;
    return eventStream(
      sockets,
      this.id,
      (event: string, data: unknown, meta: Meta) =>
        ({ event, socketId: this.id, data, meta }) as ReceivedEvent<Events>,
      ['close', 'moved'],
    );
  }

  #perform(command: Command): Promise<void> {
    return this.#parts.sender.perform({ ...command, socketId: this.id });
  }
}
