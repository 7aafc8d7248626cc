import { CloseCode } from '../../../pusher/close-codes';
import { isObject, parseJson } from '../../../pusher/json';
import { silent } from '../../../util/logger';
import { warningLog } from '../../../util/warning-log';
import type { PushyConnection } from '../../options/pushy';
import type { Carrier, CarrierHandler } from '../../core/fanout/carrier';
import { Socket } from '../../core/model/socket';
import { TokenBucket } from '../../core/timing/token-bucket';
import type { PushyContext } from './context';
import { ErrorCode, errorEvent, ownEvent } from './frames';
import { refuse } from './refuse';
import type { Handles } from './handles';
import { subscribe, unsubscribe } from './subscriptions';

/** Protocol version that a pushy socket counts as: it is told nothing that an older browser would be. */
const CHANNELS_PROTOCOL = 7;
const MAX_COMMAND_LENGTH = 200;
/** Commands that add a handler each time they run would fill the memory. */
const MAX_CLOSE_HANDLERS = 100;

type Command = (context: PushyContext, socket: Socket, data: unknown) => void;

const BUILT_IN: ReadonlyMap<string, Command> = new Map([
  ['subscribe', subscribe],
  ['unsubscribe', unsubscribe],
]);

/** A client of pushy. To the app it is a socket like a browser's. */
export class PushySession implements CarrierHandler {
  readonly socket: Socket;
  readonly #context: PushyContext;
  readonly #handles: Handles;
  readonly #connection: PushyConnection;
  /** Handlers of the embedding program for the end of the connection. */
  readonly #closeHandlers: Array<() => void> = [];

  constructor(
    context: PushyContext,
    handles: Handles,
    carrier: Carrier,
    protocol: PushyConnection['protocol'],
  ) {
    const { app, parts } = context;
    const { remoteAddress } = carrier;
    this.#context = context;
    this.#handles = handles;
    this.socket = new Socket(app, parts.hub.newId(app), CHANNELS_PROTOCOL, carrier);
    this.#connection = handles.connection(this.socket, { protocol, remoteAddress }, (handler) => {
      if (this.#closeHandlers.length >= MAX_CLOSE_HANDLERS) {
        throw new Error(`a connection takes ${MAX_CLOSE_HANDLERS} handlers of close`);
      }
      this.#closeHandlers.push(handler);
    });
    const data = JSON.stringify({ socketId: this.socket.id, protocol });
    parts.hub.turn.send(this.socket, ownEvent('pushy:connect', data));
    parts.metrics.socketsOpened++;
    if (parts.journal.isRead) {
      const about = { app: app.id, socket: this.socket.id, remoteAddress };
      parts.journal.note({ ...about, protocol: `pushy over ${protocol}` }, 'socket opened');
    }
    parts.hub.open(this.socket);
  }

  text(text: string): void {
    const { socket } = this;
    const { parts } = this.#context;
    // Nothing is handled after a close was ordered, however much the peer had sent before it learnt of it.
    if (socket.closed) return;
    parts.metrics.messagesReceived++;
    const sendError = (code: ErrorCode, message: string): void =>
      refuse(this.#context, socket, code, message);
    const { maxBackChannelEventsPerSecond: rate, maxChannelsPerSocket } = parts.limits;
    const nowMs = parts.clock.now();
    // All channels of a page are subscribed at once.
    const burst = Math.max(rate, maxChannelsPerSocket);
    socket.buckets.messages ??= new TokenBucket();
    if (!socket.buckets.messages.take(rate, burst, nowMs)) {
      return sendError(ErrorCode.TOO_MANY, `Too many messages: the limit is ${rate} per second`);
    }
    const message = parseJson(text);
    // The spelling is pushy's.
    const bogus = (): void => this.#malformed(ErrorCode.BOGUS, 'Bogus message recieved');
    if (!isObject(message)) return bogus();
    const { command, event, channel, data } = message;
    if ((command === undefined) === (event === undefined)) return bogus();
    if (event !== undefined) {
      return channel === undefined
        ? this.#malformed(ErrorCode.NO_CHANNEL, 'No channel specified')
        : this.#malformed(
            ErrorCode.UNKNOWN_COMMAND,
            'Clients send commands; events are triggered over HTTP',
          );
    }
    if (typeof command !== 'string' || command.length > MAX_COMMAND_LENGTH) return bogus();
    this.#run(command.toLowerCase(), data, () =>
      sendError(ErrorCode.UNKNOWN_COMMAND, 'Unknown command'),
    );
  }

  /** Answers a message that breaks the protocol. A few are forgiven; a client that goes on loses its connection. */
  #malformed(code: ErrorCode, message: string): void {
    const { socket } = this;
    const { clock, hub, limits, metrics } = this.#context.parts;
    metrics.malformedMessages++;
    const nowMs = clock.now();
    socket.buckets.malformed ??= new TokenBucket();
    if (socket.buckets.malformed.take(1, limits.maxMalformedMessages, nowMs)) {
      return refuse(this.#context, socket, code, message);
    }
    hub.dismiss(socket, CloseCode.OVER_CAPACITY, `Too many malformed messages: ${message}`);
  }

  binary(): void {
    // A text protocol: the carrier refuses binary messages before.
  }

  slow(unsentBytes: number): void {
    this.#context.parts.hub.slow(this.socket, unsentBytes);
  }

  drained(): void {
    this.#context.parts.hub.drained(this.socket);
  }

  caughtUp(): void {
    this.#context.parts.hub.caughtUp(this.socket);
  }

  closed(code: number, reason: string): void {
    const { channels, parts } = this.#context;
    channels.leaveAll(this.socket);
    parts.hub.close(this.socket, code, reason);
    for (const handler of this.#closeHandlers.splice(0)) {
      try {
        handler();
      } catch (error) {
        this.#tell(error, 'a handler of close');
      }
    }
  }

  /** A command of the embedding program goes before a built-in one of its name. */
  #run(name: string, data: unknown, unknown: () => void): void {
    const own = this.#context.commands.get(name);
    if (own === undefined) {
      const command = BUILT_IN.get(name);
      return command === undefined ? unknown() : command(this.#context, this.socket, data);
    }
    const failed = (error: unknown): void => {
      this.#tell(error, `the command ${name}`);
      const { hub } = this.#context.parts;
      hub.turn.send(this.socket, errorEvent(ErrorCode.FAILED, 'The command failed'));
    };
    try {
      const result = own(this.#handles, this.#connection, data, this.#handles);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
  /** Code of the embedding program failed: told without a log, too. */
  #tell(error: unknown, what: string): void {
    const { log } = this.#context.parts;
    const told = log === silent ? warningLog : log;
    told.error({ err: error }, `${what} of pushy failed`);
  }
}
