import type { Unavailable } from '../../../../brokers/broker';
import type { Eventual } from '../../../../brokers/eventual';
import { isEventName, isReservedEvent } from '../../../../pusher/channel-name';
import { MAX_LATEST_KEY_LENGTH } from '../../../../pusher/limits';
import { REFUSAL_CODES } from '../../../../wire/close-codes';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { Limits } from '../../../options/options';
import type { PipeContext } from '../context';

export interface Refusal {
  code: number;
  message: string;
}

/** Outcome of a command: the number of sockets it goes to, or the reason for its refusal. */
export type Outcome = { sockets: number } | Refusal;

/** Applies a command of one verb, or refuses it and has then done nothing. The outcome of other nodes comes later. */
export type Apply = (context: PipeContext, app: App, command: Command) => Eventual<Outcome>;

export function refusal(name: keyof typeof REFUSAL_CODES, message: string): Refusal {
  return { code: REFUSAL_CODES[name].code, message };
}

/**
 * Outcome of events that were published: the sockets that they go to. A broker that refuses at once has been told nothing;
 * of one that has been asked and gives no answer nobody knows what it did.
 */
export function reached(sockets: Eventual<number | Unavailable>): Eventual<Outcome> {
  if (!(sockets instanceof Promise)) return outcomeOf(sockets, unavailable);
  return sockets.then((counted) => outcomeOf(counted, unknownAtBroker));
}

function unavailable(): Refusal {
  return refusal('internal', 'the broker of this gateway does not answer');
}

/** Refusal of a command that was said to the broker, which may have applied it. */
export function unknownAtBroker(): Refusal {
  return refusal('unknown_outcome', 'the broker gave no answer, and may have applied it');
}

/** Refusal of a command that was sent on to the gateway of a socket, which may have applied it. */
export function unknownAtGateway(id: string): Refusal {
  const message = `the gateway of socket ${id.slice(0, 64)} gave no answer, and may have applied it`;
  return refusal('unknown_outcome', message);
}

function outcomeOf(sockets: number | Unavailable, otherwise: () => Refusal): Outcome {
  return sockets === 'unavailable' ? otherwise() : { sockets };
}

export function unknownSocket(id: string): Refusal {
  return refusal('unknown_socket', `socket ${id.slice(0, 64)} is not connected`);
}

export function badChannel(name: string): Refusal {
  return refusal('bad_channel_name', `Invalid channel name: '${name.slice(0, 200)}'`);
}

/** Checks name and data of a trigger. Undefined when both are in order. */
export function badEvent(event: string, data: string, limits: Limits): Refusal | undefined {
  if (!isEventName(event, limits.maxEventNameLength) || isReservedEvent(event)) {
    return refusal('bad_event_name', `Invalid event name: '${event.slice(0, 200)}'`);
  }
  const max = limits.maxEventDataBytes;
  if (data.length * 3 > max && Buffer.byteLength(data) > max) {
    return refusal('data_too_large', `the data is larger than ${max} bytes`);
  }
  return undefined;
}

/** Checks how sockets that are behind may miss an event. Undefined when that is in order. */
export function badDropping({ latestKey, volatile }: Command): Refusal | undefined {
  if (latestKey === undefined) return undefined;
  if (volatile === true) {
    return refusal('bad_params', 'an event is either latest or volatile, not both');
  }
  if (latestKey.length <= MAX_LATEST_KEY_LENGTH) return undefined;
  const max = MAX_LATEST_KEY_LENGTH;
  return refusal('bad_params', `the key of a latest event has at most ${max} characters`);
}
