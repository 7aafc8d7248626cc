import { isEventName, isReservedEvent, parseChannelName } from '../../../pusher/channel-name';
import * as messages from '../../../pusher/messages';
import { REFUSAL_CODES } from '../../../wire/close-codes';
import { type Command, Verb } from '../../../wire/frames';
import type { App } from '../../core/app';
import type { PipeContext } from './context';

/** What became of a command: the sockets it goes to, or why it was refused. */
export type Outcome = { sockets: number } | { code: number; message: string };

/** Applies one command of a backend. Everything is checked again here: the client's own checks are a courtesy. */
export function applyCommand(context: PipeContext, app: App, command: Command): Outcome {
  switch (command.verb) {
    case Verb.TRIGGER_CHANNEL:
      return triggerChannel(context, app, command);
    case Verb.TRIGGER_SOCKET:
      return triggerSocket(context, app, command);
    case Verb.TRIGGER_USER:
    case Verb.CLOSE_SOCKET:
    case Verb.TERMINATE_USER:
    case Verb.SUBSCRIBE_SOCKET:
    case Verb.UNSUBSCRIBE_SOCKET:
      return refuse('not_available', 'this gateway does not serve this command yet');
    default:
      // A later client may know more verbs; the stream of commands goes on without this one.
      return refuse('unknown_verb', 'this gateway does not know this command');
  }
}

function triggerChannel(context: PipeContext, app: App, command: Command): Outcome {
  const { limits, router } = context;
  const name = command.channel ?? '';
  // An occupied channel's name was checked when it was subscribed to.
  if (!app.channels.has(name)) {
    const parsed = parseChannelName(name, limits.maxChannelNameLength);
    if (parsed === undefined || parsed.user !== undefined) {
      return refuse('bad_channel_name', `Invalid channel name: '${name.slice(0, 200)}'`);
    }
  }
  const bad = badEvent(context, command);
  if (bad !== undefined) return bad;
  const { event = '', data = '', except } = command;
  return { sockets: router.publish(app, { channel: name, event, data, except }) };
}

function triggerSocket(context: PipeContext, app: App, command: Command): Outcome {
  const bad = badEvent(context, command);
  if (bad !== undefined) return bad;
  const { event = '', data = '', socketId = '' } = command;
  const socket = app.sockets.get(socketId);
  if (socket === undefined) {
    return refuse('unknown_socket', `socket ${socketId.slice(0, 64)} is not connected`);
  }
  context.hub.turn.send(socket, messages.socketEvent(event, data));
  context.metrics.eventsAccepted++;
  context.metrics.deliveries++;
  return { sockets: 1 };
}

function badEvent(
  { limits }: PipeContext,
  { event = '', data = '' }: Command,
): Outcome | undefined {
  if (!isEventName(event, limits.maxEventNameLength) || isReservedEvent(event)) {
    return refuse('bad_event_name', `Invalid event name: '${event.slice(0, 200)}'`);
  }
  const max = limits.maxEventDataBytes;
  if (data.length * 3 > max && Buffer.byteLength(data) > max) {
    return refuse('data_too_large', `the data is larger than ${max} bytes`);
  }
  return undefined;
}

function refuse(name: keyof typeof REFUSAL_CODES, message: string): Outcome {
  return { code: REFUSAL_CODES[name].code, message };
}
