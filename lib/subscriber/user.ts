import { isObject, parseJson } from '../pusher/json';
import { userChannel } from '../pusher/channel-name';
import { type Deferred, deferred } from '../util/deferred';
import { ask, type UserAuthenticationHandler } from './auth/handlers';
import { Channel, type ChannelOwner } from './channels/channel';
import type { PusherEvent } from './connection/messages';
import { Dispatcher } from './dispatcher';
import { authErrorData } from './errors';
import { Watchlist } from './watchlist';

/** Data of a signed-in user; fields without a type here are the app's. */
export interface UserData {
  /** Id of the user. */
  id: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- programs for pusher-js read it without a check
  [field: string]: any;
}

/** State of the sign-in on this connection. `settled` resolves when it has ended, either way. */
type SignIn =
  | { state: 'none' }
  | { state: 'under_way'; settled: Deferred<void> }
  | { state: 'failed'; settled: Deferred<void> }
  | { state: 'done'; settled: Deferred<void>; data: UserData; channel: Channel };

/**
 * The user of this client. Once asked for, the sign-in is repeated on every connection. Events sent to the user are told
 * here. Types are those of pusher-js, which do not tell where a field is null.
 */
export class User extends Dispatcher {
  /** Users on the watchlist who come and go. */
  readonly watchlist = new Watchlist();
  readonly #owner: ChannelOwner;
  readonly #authenticate: () => UserAuthenticationHandler;
  #wanted = false;
  #signIn: SignIn = { state: 'none' };

  constructor(owner: ChannelOwner, authenticate: () => UserAuthenticationHandler) {
    super();
    this.#owner = owner;
    this.#authenticate = authenticate;
  }

  /** True after `signin`. */
  get signin_requested(): boolean {
    return this.#wanted;
  }

  /** The user's data while signed in, else null. */
  get user_data(): UserData {
    return (this.#signIn.state === 'done' ? this.#signIn.data : null) as UserData;
  }

  /** The channel of the user's own events while signed in, else null. */
  get serverToUserChannel(): Channel {
    return (this.#signIn.state === 'done' ? this.#signIn.channel : null) as Channel;
  }

  /** Resolves when the sign-in has ended, well or not; null before `signin`. */
  get signinDonePromise(): Promise<void> {
    return (this.#signIn.state === 'none' ? null : this.#signIn.settled.promise) as Promise<void>;
  }

  /** Signs in, now or when there is a connection, and again on every later one. */
  signin(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#signIn = { state: 'under_way', settled: deferred() };
    this.connected();
  }

  /** There is a connection. For the client. */
  connected(): void {
    const socketId = this.#owner.socketId();
    if (!this.#wanted || socketId === undefined) return;
    if (this.#signIn.state !== 'under_way') {
      this.#signIn = { state: 'under_way', settled: deferred() };
    }
    const signIn = this.#signIn;
    ask(this.#authenticate(), { socketId }).then(
      ({ auth, user_data }) => {
        if (this.#signIn === signIn && this.#owner.socketId() === socketId) {
          this.#owner.send_event('pusher:signin', { auth, user_data });
        }
      },
      (error: unknown) => {
        if (this.#signIn !== signIn || this.#owner.socketId() !== socketId) return;
        this.#owner.log.warn(`Error during signin: ${String(error)}`);
        this.emit('pusher:signin_error', authErrorData(error));
        this.#fail();
      },
    );
  }

  /** The connection is gone. For the client. */
  disconnected(): void {
    if (!this.#wanted) return;
    if (this.#signIn.state !== 'under_way') {
      this.#fail();
      // Waiting for the user goes on with the next connection's sign-in.
      this.#signIn = { state: 'under_way', settled: deferred() };
    }
  }

  /** Every message. For the client. */
  handleEvent(message: PusherEvent): void {
    const { event, channel, data } = message;
    if (event === 'pusher:signin_success') this.#succeed(data);
    else if (event === 'pusher_internal:watchlist_events') this.watchlist.handleEvent(data);
    else if (this.#signIn.state === 'done' && this.#signIn.channel.name === channel) {
      this.#signIn.channel.handleEvent(message);
    }
  }

  #succeed(answer: unknown): void {
    const text = isObject(answer) ? answer.user_data : undefined;
    const data = typeof text === 'string' ? parseJson(text) : undefined;
    if (!isObject(data) || typeof data.id !== 'string' || data.id === '') {
      this.#owner.log.error('The user data after signin has no id', { user_data: text });
      return this.#fail();
    }
    // The app may have sent a sign-in of its own, or a second one.
    const settled = 'settled' in this.#signIn ? this.#signIn.settled : deferred<void>();
    const known = this.#signIn.state === 'done' ? this.#signIn.channel : undefined;
    const user = data as UserData;
    const name = userChannel(user.id);
    if (known?.name === name) {
      this.#signIn = { state: 'done', settled, data: user, channel: known };
      return;
    }
    const channel = new Channel(name, this.#owner);
    channel.bind_global((event, eventData) => {
      if (!event.startsWith('pusher:')) this.emit(event, eventData);
    });
    this.#signIn = { state: 'done', settled, data: user, channel };
    settled.resolve();
    channel.subscribe();
  }

  #fail(): void {
    const signIn = this.#signIn;
    if (signIn.state === 'none') return;
    if (signIn.state === 'done') {
      signIn.channel.unbind_all();
      signIn.channel.disconnect();
    }
    this.#signIn = { state: 'failed', settled: signIn.settled };
    signIn.settled.resolve();
  }
}
