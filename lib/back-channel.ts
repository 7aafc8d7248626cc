/**
 * The line between one browser and the backend, for a stock pusher-js. Begin with `attachBackChannel`.
 * @example
 * ```ts
 * import Pusher from 'pusher-js';
 * import { attachBackChannel } from 'standpipe/back-channel';
 *
 * const pusher = attachBackChannel(new Pusher('key', { wsHost: 'localhost', wsPort: 6001, cluster: '' }));
 * pusher.back_channel.bind('greeting', (text) => console.log(text));
 * pusher.back_channel.trigger('greet', { name: 'Ada' });
 * pusher.back_channel.onRequest('where', () => ({ x: 1, y: 2 }));
 * ```
 * @module standpipe/back-channel
 */
import type {
  AppEvents,
  BrowserEvents,
  DataThen,
  NameIn,
  RequestAnswer,
  RequestData,
  RequestEvents,
  ServerEvents,
} from './util/app-events';

export type { AppEvents } from './util/app-events';

/** A handler of the back channel gets the event's data, decoded by pusher-js. */
export type BackChannelHandler = (data: unknown) => unknown;

/** A handler that answers a request of the backend with the value it returns or resolves with. It may throw or reject. */
export type RequestHandler = (data: unknown) => unknown;

/**
 * The line between one browser and the backend: no channel, nobody else hears it. `App` declares the events of both ends;
 * without it every name is allowed.
 */
export interface BackChannel<App extends AppEvents = AppEvents> {
  /**
   * Sends an event to the backend. False when it could not be sent because there is no connection. With the `traceparent` of
   * a sampled trace (W3C Trace Context), a gateway and backends with `tracing` go on with that trace.
   */
  trigger<N extends NameIn<BrowserEvents<App>>>(
    event: N,
    ...args: DataThen<BrowserEvents<App>[N], [traceparent?: string]>
  ): boolean;
  /** Calls `handler` for every event of this name that the backend sends to this socket alone. */
  bind<N extends NameIn<ServerEvents<App>>>(
    event: N,
    handler: (data: ServerEvents<App>[N]) => unknown,
  ): this;
  /** Removes one handler of an event, all handlers of an event, or all handlers. */
  unbind<N extends NameIn<ServerEvents<App>>>(
    event?: N,
    handler?: (data: ServerEvents<App>[N]) => unknown,
  ): this;
  /**
   * Answers the requests of this name that the backend makes with `client.socket(id).request(…)`. The last handler of a
   * name answers; a request without one is refused.
   */
  onRequest<N extends NameIn<RequestEvents<App>>>(
    event: N,
    handler: RequestHandlerOf<RequestEvents<App>[N]>,
  ): this;
  /** `onRequest` under its older name. */
  handle<N extends NameIn<RequestEvents<App>>>(
    event: N,
    handler: RequestHandlerOf<RequestEvents<App>[N]>,
  ): this;
}

/** A handler that answers a declared request, at once or later. */
export type RequestHandlerOf<R> = (
  data: RequestData<R>,
) => RequestAnswer<R> | Promise<RequestAnswer<R>>;

/**
 * A stock pusher-js instance `P` with the events of an app, for a variable that is given what `attachBackChannel`
 * returns. It exists for the compiler alone. Names beginning with `pusher:` are bound with data of any type.
 * @example
 * ```ts
 * import type Pusher from 'pusher-js';
 * import { attachBackChannel, type AppPusher } from 'standpipe/back-channel';
 *
 * interface App {
 *   browser: { greet: { name: string } };
 *   server: { greeting: string };
 * }
 * function greet(stock: Pusher): void {
 *   const pusher: AppPusher<App, Pusher> = attachBackChannel(stock);
 *   pusher.back_channel.bind('greeting', (text) => text.toUpperCase());
 *   pusher.back_channel.trigger('greet', { name: 'Ada' });
 * }
 * ```
 */
export type AppPusher<App extends AppEvents, P extends PusherLike> = Omit<
  P,
  'back_channel' | 'bind' | 'subscribe' | 'unbind'
> &
  AppBinding<App> & {
    /** The line to the backend. */
    readonly back_channel: BackChannel<App>;
    /** Subscribes to a channel with the events of the app. */
    subscribe(channel: string): AppChannel<App>;
  };

/** Handlers of an AppPusher, which hears all channels, or of one channel. */
interface AppBinding<App extends AppEvents> {
  /** Hears an event. */
  bind<N extends NameIn<HeardInBrowser<App>>>(
    event: N,
    handler: (data: HeardInBrowser<App>[N]) => unknown,
  ): unknown;
  /** Removes handlers that `bind` has added. */
  unbind<N extends NameIn<HeardInBrowser<App>>>(
    event?: N,
    handler?: (data: HeardInBrowser<App>[N]) => unknown,
  ): unknown;
}

/** A channel of an AppPusher. */
export interface AppChannel<App extends AppEvents> extends AppBinding<App> {
  /** Name of the channel. */
  readonly name: string;
  /** Sends an event of the browser to the others and the backend; the gateway takes names that begin with `client-`. */
  trigger<N extends NameIn<BrowserEvents<App>>>(event: N, data: BrowserEvents<App>[N]): boolean;
}

/** Events of channels: of servers, of other browsers, and of pusher-js itself. */
type HeardInBrowser<App extends AppEvents> = ServerEvents<App> &
  BrowserEvents<App> & {
    // oxlint-disable-next-line typescript/no-explicit-any -- a handler says itself which data of pusher-js it takes
    [event: `pusher:${string}`]: any;
  };

/** The part of a stock pusher-js instance that the back channel stands on. */
export interface PusherLike {
  /** Sends an event without a channel; false when there is no connection. */
  send_event(event: string, data: unknown): boolean;
  /** The connection, whose `message` brings every event. */
  connection: {
    /** Calls `handler` for every event of this name. */
    bind(event: string, handler: (message: Message) => void): unknown;
    /** Sends a message as it is; false when there is no connection. */
    send?(message: string): boolean;
  };
}

interface Message {
  event: string;
  channel?: string | undefined;
  data?: unknown;
}

interface Request {
  id: string;
  event: string;
  data: unknown;
}

/** A request is an event with an id; the answer goes back with the same one, and with data or an error. */
const REQUEST = 'standpipe:request';
const REPLY = 'standpipe:reply';

/**
 * Adds `back_channel.trigger`, `bind`, `unbind` and `onRequest` to a stock pusher-js instance and returns that instance; a
 * second call changes nothing. The names come from pusher-js 1.10, which had them for the Pipe.
 *
 * `pusher.bind(name, fn)` hears channel events of that name as well; the back channel hears only messages without one.
 *
 * `report` is told what handlers throw or reject with. Without it such an error is one that nobody caught, as with handlers
 * of pusher-js. Either way it keeps the event from no other handler.
 */
export function attachBackChannel<P extends PusherLike>(
  pusher: P & { back_channel?: BackChannel },
  report: (error: unknown) => void = throwLater,
): P & {
  /** The line to the backend. */
  back_channel: BackChannel;
} {
  if (pusher.back_channel !== undefined) return pusher as P & { back_channel: BackChannel };
  const handlers = new Map<string, BackChannelHandler[]>();
  const answerers = new Map<string, RequestHandler>();

  const answer = async ({ id, event, data }: Request): Promise<void> => {
    const handler = answerers.get(event);
    try {
      if (handler === undefined) throw new Error(`nothing here answers ${event}`);
      pusher.send_event(REPLY, { id, data: await handler(data) });
    } catch (error) {
      pusher.send_event(REPLY, { id, error: error instanceof Error ? error.message : 'failed' });
    }
  };

  pusher.connection.bind('message', ({ event, channel, data }) => {
    if (channel !== undefined) return;
    if (event === REQUEST) {
      // Requests without an id come from no Standpipe gateway, and nobody waits for an answer.
      if (isRequest(data)) void answer(data);
      return;
    }
    for (const handler of handlers.get(event) ?? []) {
      try {
        const result = handler(data);
        if (result instanceof Promise) result.catch(report);
      } catch (error) {
        report(error);
      }
    }
  });

  const backChannel: BackChannel = {
    trigger(event, data, traceparent) {
      const { connection } = pusher;
      // The event of pusher-js has no room for a further field.
      if (traceparent !== undefined && connection.send !== undefined) {
        return connection.send(JSON.stringify({ event, data, traceparent }));
      }
      return pusher.send_event(event, data);
    },
    bind(event, handler) {
      // A new list each time, so that a handler may bind and unbind while an event is being handed round.
      handlers.set(event, [...(handlers.get(event) ?? []), handler]);
      return backChannel;
    },
    unbind(event, handler) {
      if (event === undefined) handlers.clear();
      else if (handler === undefined) handlers.delete(event);
      else
        handlers.set(
          event,
          (handlers.get(event) ?? []).filter((other) => other !== handler),
        );
      return backChannel;
    },
    onRequest(event, handler) {
      answerers.set(event, handler);
      return backChannel;
    },
    handle: (event, handler) => backChannel.onRequest(event, handler),
  };
  return Object.assign(pusher, { back_channel: backChannel });
}

function isRequest(data: unknown): data is Request {
  const { id, event } = (data ?? {}) as Partial<Request>;
  return typeof id === 'string' && typeof event === 'string';
}

function throwLater(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
