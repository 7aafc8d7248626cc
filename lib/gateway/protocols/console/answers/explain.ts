import { closest } from '../../../../util/closest';
import { EventKind } from '../../../../wire/frames';
import { groupsOf, isAttended } from '../../../core/console/progress';
import type { App } from '../../../core/model/app';
import type { Socket } from '../../../core/model/socket';
import type { ClosedSocket, Explanation, RefusedPeer, Step } from '../api';
import { groupName } from './owners';
import { returned, unsentBytes } from './sockets';
import type { ConsoleContext } from '../context';

const FIVE_MINUTES_MS = 300_000;
/** Characters of a refusal's message. */
const MAX_SAID = 120;

export interface Question {
  /** Id of a socket or user. */
  readonly who: string;
  readonly channel: string;
  readonly event: string;
}

/**
 * The reason why a socket did not get an event of a channel: the first step that is not well is the verdict. Undefined where
 * neither a socket nor a user of this id is known here.
 */
export function explain(
  context: ConsoleContext,
  app: App,
  { who, channel, event }: Question,
): Explanation | undefined {
  const [socket] = app.sockets.has(who) ? [app.sockets.get(who)] : app.users.socketsOf(who);
  if (socket === undefined) return gone(context, app, who);
  const steps: Step[] = [open(context, socket, who)];
  if (channel === '') {
    steps.push(written(socket));
    return verdictOf(socket, steps, 'Name a channel to see whether the socket is on it.');
  }
  const on = onChannel(context, app, socket, channel);
  steps.push(on, published(context, app, channel, event), written(socket));
  if (event !== '') steps.push(...toBackends(app, channel, event));
  steps.push({ is: 'unknown', about: 'read', text: 'Whether the page has read it: probe it.' });
  const well =
    'It was sent. Has the page read it? Probe it; then see whether it binds this name: Pusher.logToConsole = true shows it.';
  return verdictOf(socket, steps, well);
}

function verdictOf(socket: Socket, steps: readonly Step[], well: string): Explanation {
  const first = steps.find(({ is }) => is === 'no');
  return { socket: socket.id, steps, verdict: first?.text ?? well };
}

function gone({ recorder, clock }: ConsoleContext, app: App, who: string): Explanation | undefined {
  let found: ClosedSocket | undefined;
  for (const each of recorder.closes(app.id)) {
    if (each.socket !== who && each.user !== who) continue;
    found = each;
    break;
  }
  if (found === undefined) return undefined;
  const back = returned(app, found);
  const reason = found.reason === '' ? '' : ` “${found.reason}”`;
  const text =
    `Socket ${found.socket} was closed ${agoOf(found.at, clock.wall())} with ${found.code}${reason}; ` +
    (back === undefined ? 'it has not come back' : `it is back as ${back.id}`);
  return { socket: back?.id, steps: [{ is: 'no', about: 'socket', text }], verdict: text };
}

function open({ clock }: ConsoleContext, socket: Socket, who: string): Step {
  const seconds = Math.max(0, Math.floor(clock.wall() / 1000) - socket.openedS);
  const user = socket.user === undefined ? 'not signed in' : `user ${socket.user.userId}`;
  const { size } = socket.app.users.socketsOf(who);
  const others = size > 1 ? `; ${size - 1} more of this user` : '';
  if (socket.closed) {
    return { is: 'no', about: 'socket', text: `Socket ${socket.id} is being closed` };
  }
  const text = `Socket ${socket.id} is open for ${durationOf(seconds)}, ${user}${others}`;
  return { is: 'ok', about: 'socket', text };
}

function onChannel(
  { recorder, clock }: ConsoleContext,
  app: App,
  socket: Socket,
  channel: string,
): Step {
  const about = 'channel';
  if (socket.channels?.has(channel) === true)
    return { is: 'ok', about, text: `It is on ${channel}` };
  if (socket.entering?.has(channel) === true) {
    return {
      is: 'no',
      about,
      text: `It waits to be let onto ${channel}: the broker has not answered`,
    };
  }
  let refusal: RefusedPeer | undefined;
  for (const each of recorder.refusals((id) => id === app.id)) {
    if (each.socket !== socket.id || each.channel !== channel) continue;
    refusal = each;
    break;
  }
  if (refusal !== undefined) {
    const text = `It was refused on ${channel} ${agoOf(refusal.at, clock.wall())}: “${brief(refusal.message)}”`;
    return { is: 'no', about, text };
  }
  const names = [...(socket.channels?.keys() ?? [])];
  const alike = closest(channel, names) ?? names.find((name) => isAlike(name, channel));
  const text =
    alike === undefined
      ? `It is not on ${channel}, and was not refused there: the page has not subscribed`
      : `It is not on ${channel}, but on ${alike}`;
  return { is: 'no', about, text };
}

/** The same words with another prefix or case. */
function isAlike(one: string, other: string): boolean {
  const bare = (name: string): string =>
    name.toLowerCase().replace(/^(private-|presence-|cache-)+/, '');
  return bare(one) === bare(other);
}

function published(
  { clock, recorder }: ConsoleContext,
  app: App,
  name: string,
  event: string,
): Step {
  const about = 'published';
  const channel = app.channels.get(name);
  if (channel !== undefined && channel.events > 0) {
    const ago = Math.max(0, Math.floor(clock.wall() / 1000) - channel.lastEventS);
    const count = channel.events === 1 ? '1 event' : `${channel.events} events`;
    const which = event === '' ? '' : ' (of any name; Follow shows one of this name)';
    return {
      is: 'ok',
      about,
      text: `${count} went to ${name}, the last ${durationOf(ago)} ago${which}`,
    };
  }
  let refused = 0;
  let message = '';
  for (const each of recorder.refusals((id) => id === app.id || id === '')) {
    if (each.entrance !== 'http_api' || clock.wall() - each.at > FIVE_MINUTES_MS) continue;
    refused++;
    message ||= each.message;
  }
  const why =
    refused === 0 ? '' : `; the HTTP API refused ${refused} requests in 5 min: “${brief(message)}”`;
  const text = `Nothing was published on ${name} while somebody here was on it${why}`;
  return { is: 'no', about, text };
}

function written(socket: Socket): Step {
  const bytes = unsentBytes(socket);
  const about = 'written';
  if (bytes === 0) return { is: 'ok', about, text: 'Everything was handed to the network' };
  const text = `${bytes} bytes wait for it in the gateway: it does not read, or its network is slow`;
  return { is: 'no', about, text };
}

/** The backends are no matter of a browser that gets nothing, but of one that gets no answer. */
function* toBackends(app: App, channel: string, event: string): IterableIterator<Step> {
  for (const group of groupsOf(app)) {
    if (!group.wants(EventKind.MESSAGE, channel, event)) continue;
    if (isAttended(group)) continue;
    const text = `${groupName(group)} wants this event of browsers and no backend of it is connected`;
    yield { is: 'unknown', about: 'backends', text };
  }
}

function agoOf(at: number, nowMs: number): string {
  return `${durationOf(Math.max(0, Math.round((nowMs - at) / 1000)))} ago`;
}

function brief(message: string): string {
  return message.length > MAX_SAID ? `${message.slice(0, MAX_SAID)}…` : message;
}

function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
