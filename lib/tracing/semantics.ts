/**
 * Names in spans, of the messaging conventions of OpenTelemetry 1.45, which are in development, and of
 * Standpipe itself. They stand in one place, as a later version of the conventions may rename them.
 */
export const ATTRIBUTES = {
  system: 'messaging.system.name',
  operation: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  template: 'messaging.destination.template',
  partition: 'messaging.destination.partition.id',
  group: 'messaging.consumer.group.name',
  messageId: 'messaging.message.id',
  clientId: 'messaging.client.id',
  errorType: 'error.type',
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  event: 'standpipe.event',
  sockets: 'standpipe.sockets',
  offset: 'standpipe.offset',
  redelivered: 'standpipe.redelivered',
} as const;

export const SYSTEM = 'standpipe';

const PREFIX = /^(#server-to-user-|private-(encrypted-|cache-)?|presence-(cache-)?|cache-)/;

/** The receiver of an event, as far as spans name it. */
export interface Destination {
  readonly channel?: string | undefined;
  readonly socketId?: string | undefined;
  readonly userId?: string | undefined;
}

/** The kind of a destination, of which there are few: names of spans must not grow in number with the channels. */
export function templateOf({ channel, socketId, userId }: Destination): string {
  if (channel) return `${PREFIX.exec(channel)?.[0] ?? ''}*`;
  return userId && !socketId ? 'user' : 'socket';
}

/** Attributes that say where an event goes. */
export function destinationOf(destination: Destination): Record<string, string> {
  const { channel, socketId, userId } = destination;
  return {
    [ATTRIBUTES.template]: templateOf(destination),
    [ATTRIBUTES.destination]: channel || socketId || userId || '',
  };
}
