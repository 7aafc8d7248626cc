import { CloseCode, precedesWithError } from '../../../pusher/close-codes';
import { MAX_LEVELS, measureJson } from '../../../pusher/json';
import * as messages from '../../../pusher/messages';
import type { Carrier, CarrierHandler } from '../../core/fanout/carrier';
import type { Socket } from '../../core/model/socket';
import { TokenBucket } from '../../core/timing/token-bucket';
import { clientEvent } from './commands/client-event';
import { signin } from './commands/signin';
import { subscribe } from './commands/subscribe';
import { unsubscribe } from './commands/unsubscribe';
import type { ChannelsContext } from './context';

/** Texts above so many characters are measured before they are parsed. */
const LONG_TEXT = 2_048;
/** Marks of a long text that cost as much as a message. */
const MARKS_PER_UNIT = 256;
const TOO_DEEP = `Invalid message: more than ${MAX_LEVELS} levels of arrays and objects`;

/** A browser's Channels session after the handshake: parses messages and calls the command of each. */
export class ChannelsSession implements CarrierHandler {
  readonly socket: Socket;
  readonly #context: ChannelsContext;
  readonly #carrier: Carrier;

  constructor(context: ChannelsContext, carrier: Carrier, socket: Socket) {
    this.#context = context;
    this.#carrier = carrier;
    this.socket = socket;
  }

  text(text: string): void {
    const { socket } = this;
    const context = this.#context;
    // After a close was ordered nothing is handled, however much the peer had sent before it learnt of it.
    if (socket.closed) return;
    context.metrics.messagesReceived++;
    if (text.length > LONG_TEXT) {
      // A deep text takes fifty times as long to parse as a flat one of its size, and one of many marks ten times.
      const { levels, marks } = measureJson(text);
      if (levels > MAX_LEVELS) return this.#malformed(TOO_DEEP);
      context.budget.spend(marks / MARKS_PER_UNIT);
    }
    const message = messages.parseClientMessage(text);
    switch (message.type) {
      case 'event':
        return clientEvent(context, socket, message);
      case 'subscribe':
        return subscribe(context, socket, message);
      case 'unsubscribe':
        return unsubscribe(context, socket, message);
      case 'ping':
        return context.send(socket, messages.PONG);
      case 'pong':
        return context.hub.browserRequests.ponged(socket);
      case 'signin':
        return signin(context, socket, message);
      case 'unknown_internal':
        return this.#malformed(`Clients may not send '${message.event.slice(0, 200)}'`);
      case 'error':
        return this.#malformed(message.message);
    }
  }

  binary(): void {
    if (this.socket.closed) return;
    this.#malformed('Binary WebSocket frames are not supported');
  }

  /** Answers a message that breaks the protocol. A few are forgiven; a peer that goes on loses its connection. */
  #malformed(why: string): void {
    const { socket } = this;
    const { clock, hub, limits, metrics } = this.#context;
    metrics.malformedMessages++;
    socket.buckets.malformed ??= new TokenBucket();
    if (socket.buckets.malformed.take(1, limits.maxMalformedMessages, clock.now()))
      return this.#context.refuse(socket, 'malformed', null, why);
    hub.dismiss(socket, CloseCode.OVER_CAPACITY, `Too many malformed messages: ${why}`);
  }

  lastWords(code: number, reason: string): string | undefined {
    if (!precedesWithError(code, this.socket.protocol)) return undefined;
    return messages.errorMessage(code, reason);
  }

  slow(unsentBytes: number): void {
    this.#context.hub.slow(this.socket, unsentBytes);
  }

  drained(): void {
    this.#context.hub.drained(this.socket);
  }

  caughtUp(): void {
    this.#context.hub.caughtUp(this.socket);
  }

  closed(code: number, reason: string): void {
    this.#context.hub.close(this.socket, code, reason);
    this.#carrier.session = undefined;
  }
}
