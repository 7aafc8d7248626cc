import { later, type Eventual } from '../../../../brokers/eventual';
import { isEventName, isReservedEvent, parseChannelName } from '../../../../pusher/channel-name';
import { CloseCode } from '../../../../pusher/close-codes';
import { isObject } from '../../../../pusher/json';
import type { App } from '../../../core/model/app';
import type { SentAgain } from '../api';
import type { ConsoleContext, Viewer } from '../context';
import { refuse } from '../fault';

/** Publishes an event through the router, by the rules of the HTTP API. */
export function publish(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  body: unknown,
): Eventual<object> {
  const { limits, router } = context;
  const { channel, event, data, except } = isObject(body) ? body : {};
  if (
    typeof channel !== 'string' ||
    parseChannelName(channel, limits.maxChannelNameLength) === undefined
  ) {
    return refuse(400, 'channel must be the name of a channel: letters, digits and _ - = @ , . ;');
  }
  if (
    typeof event !== 'string' ||
    !isEventName(event, limits.maxEventNameLength) ||
    isReservedEvent(event)
  ) {
    return refuse(400, 'event must be a name, and none of those that begin with pusher:');
  }
  if (typeof data !== 'string' || Buffer.byteLength(data) > limits.maxEventDataBytes) {
    return refuse(400, `data must be a text of ${limits.maxEventDataBytes} bytes at most`);
  }
  const isId = except === undefined || (typeof except === 'string' && except.length <= 200);
  if (!isId) return refuse(400, 'except must be the id of a socket');
  const publication = { channel, event, data, ...(except && { except: [except] }) };
  note(context, viewer, app, 'publish', `${event} on ${channel}`);
  return later(router.publish(app, publication, true), (sockets) => {
    if (sockets === 'unavailable') return refuse(503, 'the broker does not answer');
    return { sockets };
  });
}

/** Closes one socket: it comes back at once under another id. */
export function close(context: ConsoleContext, viewer: Viewer, app: App, id: string): object {
  const socket = app.sockets.get(id);
  if (socket === undefined) return refuse(404, 'no such socket here');
  note(context, viewer, app, 'close', id);
  context.hub.dismiss(socket, CloseCode.RECONNECT, 'Closed by an operator: please reconnect');
  return { closed: 1 };
}

/** Closes all connections of a user, on all nodes. */
export function terminate(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  userId: string,
): Eventual<object> {
  note(context, viewer, app, 'terminate', userId);
  return later(context.hub.terminate(app, userId), (closed) => ({ closed }));
}

/** Asks a page whether it has read everything so far. */
export async function probe(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  id: string,
): Promise<object> {
  const socket = app.sockets.get(id);
  if (socket === undefined || socket.closed) return refuse(404, 'no such socket here');
  note(context, viewer, app, 'probe', id);
  const tookMs = await context.hub.browserRequests.probe(socket);
  return { tookMs };
}

/** Sends a webhook again that was given up: the same bytes, to the same endpoint, whatever else waits for it. */
export function sendAgain(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  delivery: string,
): Eventual<SentAgain> {
  const sent = context.webhooks.sendAgain(app, delivery);
  if (sent === undefined) return refuse(404, 'no such webhook waits to be sent again');
  note(context, viewer, app, 'replay', delivery);
  return later(sent, (outcome) => {
    if (outcome === 'underway') return refuse(409, 'it is on its way already');
    return { why: outcome.ok ? undefined : outcome.why };
  });
}

/** Every act is a line of the log and a row of the console. */
function note(context: ConsoleContext, { name }: Viewer, app: App, act: string, on: string): void {
  context.recorder.acted({ app: app.id, by: name, act, on });
  context.log.info({ app: app.id, by: name, act, on: on.slice(0, 300) }, 'console');
}
