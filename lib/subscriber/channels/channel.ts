import { isReservedEvent } from '../../pusher/channel-name';
import { isObject } from '../../pusher/json';
import { ask, type ChannelAuthorizationData } from '../auth/handlers';
import type { ChannelAuthorizationHandler } from '../auth/handlers';
import type { PusherEvent } from '../connection/messages';
import type { Crypto } from '../crypto';
import { type AnyEvents, Dispatcher, type EventTypes, type Metadata } from '../dispatcher';
import { authErrorData, BadEventName } from '../errors';
import type { Log } from '../log';

/** The client as a channel sees it. */
export interface ChannelOwner {
  send_event(event: string, data: unknown, channel?: string): boolean;
  /** The id of the connection, undefined while there is none. */
  socketId(): string | undefined;
  authorizer: ChannelAuthorizationHandler;
  /** Id of the signed-in user, once a sign-in that is under way has ended. */
  signedInId(): Promise<string | undefined>;
  loadCrypto(): Promise<Crypto>;
  /** The gateway no longer has this channel, and nobody wants it. */
  gone(name: string): void;
  log: Log;
}

/**
 * State of a subscription. `cancelled`: given up before the gateway had answered, and ended as soon as the answer is
 * there.
 */
type Subscription = 'none' | 'pending' | 'cancelled' | 'subscribed';

/**
 * A channel: its events, and how it is subscribed to. `Heard` are the events that servers send, `Sent` those that
 * browsers send.
 */
export class Channel<
  Heard extends EventTypes = AnyEvents,
  Sent extends EventTypes = AnyEvents,
> extends Dispatcher<Heard> {
  /** Name of the channel. */
  readonly name: string;
  /** Subscribers by the gateway's last word; undefined where the app has no counts, which the type does not tell. */
  subscriptionCount: number = undefined as unknown as number;
  protected readonly owner: ChannelOwner;
  #subscription: Subscription = 'none';
  /** Counts subscriptions, so that the answer to an older one is not taken for the present one's. */
  #round = 0;

  constructor(name: string, owner: ChannelOwner) {
    super();
    this.name = name;
    this.owner = owner;
  }

  /** True when the gateway has taken the subscription. */
  get subscribed(): boolean {
    return this.#subscription === 'subscribed';
  }

  /** True until the gateway has answered. */
  get subscriptionPending(): boolean {
    return this.#subscription === 'pending' || this.#subscription === 'cancelled';
  }

  /** True when it was given up before the answer. */
  get subscriptionCancelled(): boolean {
    return this.#subscription === 'cancelled';
  }

  /**
   * Sends an event. Names that begin with `client-` reach the other subscribers of a private or presence channel,
   * where the app allows it; other names reach the backends of a Standpipe gateway, and no gateway else. False when
   * it could not be sent. Throws BadEventName for names of the protocol.
   */
  trigger<K extends keyof Sent & string>(event: K, data: Sent[K]): boolean {
    if (isReservedEvent(event)) {
      throw new BadEventName(`Event '${event}' is one of the protocol; choose another name`);
    }
    if (!this.subscribed) {
      const why = "Event triggered before the channel's 'pusher:subscription_succeeded'";
      this.owner.log.warn(why, { channel: this.name, event });
    }
    return this.owner.send_event(event, data, this.name);
  }

  /** Begins to subscribe, or takes back that it was cancelled. For the client. */
  subscribe(): void {
    if (this.#subscription === 'cancelled') this.#subscription = 'pending';
    const socketId = this.owner.socketId();
    if (this.#subscription !== 'none' || socketId === undefined) return;
    this.#subscription = 'pending';
    const round = ++this.#round;
    const authorized = this.authorize(socketId);
    // In the same turn where nobody has to be asked: events that are triggered next must come after it.
    if (!(authorized instanceof Promise)) return this.#ask(authorized);
    authorized.then(
      (data) => {
        if (round !== this.#round) return;
        if (this.#subscription === 'cancelled') this.#end();
        else this.#ask(data);
      },
      (error: unknown) => {
        if (round !== this.#round) return;
        this.owner.log.error(String(error));
        this.#refused(authErrorData(error));
      },
    );
  }

  /** Ends the subscription; one that is pending ends when it is answered. For the client. */
  unsubscribe(): void {
    if (this.#subscription === 'pending') this.#subscription = 'cancelled';
    if (this.#subscription === 'cancelled') return;
    const wasSubscribed = this.subscribed;
    this.#end();
    if (wasSubscribed) this.owner.send_event('pusher:unsubscribe', { channel: this.name });
  }

  /** The connection is gone, and the subscription with it. For the client. */
  disconnect(): void {
    this.#round++;
    if (this.#subscription === 'cancelled') this.#end();
    this.#subscription = 'none';
  }

  /** Handles a message of this channel. For the client. */
  handleEvent(message: PusherEvent): void {
    const { event, data } = message;
    switch (event) {
      case 'pusher_internal:subscription_succeeded':
        if (this.#subscription === 'cancelled') {
          this.#subscription = 'subscribed';
          return this.unsubscribe();
        }
        this.#subscription = 'subscribed';
        return this.succeeded(data);
      case 'pusher_internal:subscription_count': {
        const count = isObject(data) ? data.subscription_count : undefined;
        if (typeof count === 'number' && count > 0) this.subscriptionCount = count;
        this.emit('pusher:subscription_count', data);
        return;
      }
      case 'pusher:subscription_error':
        // A second subscription was refused, or an event of the app has this name: the first one goes on.
        if (this.subscribed) return void this.emit(event, data, {});
        return this.#refused(data, {});
      default:
        // Events of the app; events of the protocol are for the kind of channel.
        if (event.startsWith('pusher_internal:')) this.internal(event, data);
        else this.told(message);
    }
  }

  /** The authorization sent with the subscription. A public channel has none. */
  protected authorize(
    socketId: string,
  ): ChannelAuthorizationData | Promise<ChannelAuthorizationData> {
    void socketId;
    return { auth: '' };
  }

  protected succeeded(data: unknown): void {
    this.emit('pusher:subscription_succeeded', data);
  }

  /** An event of the protocol that not every channel has. */
  protected internal(event: string, data: unknown): void {
    // Unknown ones are for later versions of the protocol.
    this.owner.log.debug(`Unknown event ${event}`, { data });
  }

  /** An event of the app. */
  protected told({ event, data }: PusherEvent): void {
    this.emit(event, data, {});
  }

  /** Asks whoever authorizes this app's channels. */
  protected askAuthorizer(socketId: string): Promise<ChannelAuthorizationData> {
    return ask(this.owner.authorizer, { socketId, channelName: this.name });
  }

  #ask({ auth, channel_data }: ChannelAuthorizationData): void {
    this.owner.send_event('pusher:subscribe', { auth, channel_data, channel: this.name });
  }

  #refused(data: unknown, metadata?: Metadata): void {
    const wasCancelled = this.#subscription === 'cancelled';
    this.#subscription = 'none';
    if (wasCancelled) return this.#end();
    this.emit('pusher:subscription_error', data, metadata);
  }

  #end(): void {
    this.#subscription = 'none';
    this.owner.gone(this.name);
  }
}
