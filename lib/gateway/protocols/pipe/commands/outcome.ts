import { isEventName, isReservedEvent } from '../../../../pusher/channel-name';
import { REFUSAL_CODES } from '../../../../wire/close-codes';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { Limits } from '../../../options/options';
import type { PipeContext } from '../context';

export interface Refused {
  code: number;
  message: string;
}

/** What became of a command: the sockets it goes to, or why it was refused. */
export type Outcome = { sockets: number } | Refused;

/** Applies a command of one verb, or refuses it and has then done nothing. */
export type Apply = (context: PipeContext, app: App, command: Command) => Outcome;

export function refuse(name: keyof typeof REFUSAL_CODES, message: string): Refused {
  return { code: REFUSAL_CODES[name].code, message };
}

export function unknownSocket(id: string): Refused {
  return refuse('unknown_socket', `socket ${id.slice(0, 64)} is not connected`);
}

export function badChannel(name: string): Refused {
  return refuse('bad_channel_name', `Invalid channel name: '${name.slice(0, 200)}'`);
}

/** What is wrong with the event of a trigger. */
export function badEvent(event: string, data: string, limits: Limits): Refused | undefined {
  if (!isEventName(event, limits.maxEventNameLength) || isReservedEvent(event)) {
    return refuse('bad_event_name', `Invalid event name: '${event.slice(0, 200)}'`);
  }
  const max = limits.maxEventDataBytes;
  if (data.length * 3 > max && Buffer.byteLength(data) > max) {
    return refuse('data_too_large', `the data is larger than ${max} bytes`);
  }
  return undefined;
}
