import { isClientEvent } from '../../pusher/channel-name';
import { EventKind, type PipeEvent } from '../../wire/frames';
import type { WebhookEventName } from '../options/options';
import type { Receipt } from './receipt';

/** An event of a webhook: its JSON text in the body, and the fields for filters and order. */
export interface WebhookEvent {
  name: WebhookEventName;
  channel: string;
  /** On what it is about, for pairs that cancel each other: the member, or nothing for the channel itself. */
  userId: string | undefined;
  /** Address of the socket that caused it; '' where none is known. */
  source: string;
  json: string;
  /** Held by each queue that has it, where the other gateways tell it when this one can not. */
  receipt?: Receipt;
  /** Another gateway may have told it, or what it takes back: it takes nothing back, and is not taken back. */
  mayBeTaken?: boolean;
  /** Found by a review; its cause is not known any more. */
  isFound?: boolean;
}

/** Leave event that each event cancels. */
export const LEAVING_OF: ReadonlyMap<WebhookEventName, WebhookEventName> = new Map([
  ['channel_occupied', 'channel_vacated'],
  ['member_added', 'member_removed'],
]);

/** The webhook that tells of an event, if there is one (Channels protocol, webhooks). */
export function webhookEvent(event: PipeEvent, source: string): WebhookEvent | undefined {
  const { channel, userId } = event;
  if (channel === undefined) return undefined;
  switch (event.kind) {
    case EventKind.OCCUPIED:
      return make('channel_occupied', channel, source);
    case EventKind.VACATED:
      return make('channel_vacated', channel, source);
    case EventKind.MEMBER_ADDED:
      return make('member_added', channel, source, userField(userId), userId);
    case EventKind.MEMBER_REMOVED:
      return make('member_removed', channel, source, userField(userId), userId);
    case EventKind.CACHE_MISS:
      return make('cache_miss', channel, source);
    case EventKind.MESSAGE: {
      const { event: name = '', data = '', socketId } = event;
      const fields = `,"event":${JSON.stringify(name)},"data":${stringOf(data)},"socket_id":"${socketId}"`;
      const member = channel.startsWith('presence-') ? userId : undefined;
      return make('client_event', channel, source, fields + userField(member));
    }
    default:
      // Sockets and users as a whole have no webhooks.
      return undefined;
  }
}

export function countEvent(channel: string, subscribers: number, source: string): WebhookEvent {
  return make('subscription_count', channel, source, `,"subscription_count":${subscribers}`);
}

/** True for client events, which go to other browsers in apps that have them switched on. */
export function isRelayed(channel: string | undefined, event: string | undefined): boolean {
  return (
    channel !== undefined && /^(private|presence)-/.test(channel) && isClientEvent(event ?? '')
  );
}

/**
 * The text is joined of its parts: as an object it takes twice the time. Names of channels and ids of sockets hold nothing
 * that JSON escapes.
 *
 * @param fields text of the further fields, each with a comma before it
 */
function make(
  name: WebhookEventName,
  channel: string,
  source: string,
  fields = '',
  userId?: string,
): WebhookEvent {
  const json = `{"name":"${name}","channel":"${channel}"${fields}}`;
  return { name, channel, userId, source, json };
}

/** The key is left out where there is no user. */
function userField(userId: string | undefined): string {
  return userId === undefined ? '' : `,"user_id":${JSON.stringify(userId)}`;
}

/** Receivers in typed languages read `data` as a string, so what is none becomes its JSON text. */
function stringOf(data: string): string {
  return data.startsWith('"') ? data : JSON.stringify(data);
}
