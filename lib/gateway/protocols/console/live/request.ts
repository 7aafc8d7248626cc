import { isObject } from '../../../../pusher/json';
import type { App } from '../../../core/model/app';
import type { FollowFilter, TailFilter } from '../api';
import { type ConsoleContext, opens, type Viewer } from '../context';
import { refuse } from '../fault';

const MAX_WATCHED = 4;
const WAYS: ReadonlySet<unknown> = new Set(['in', 'out', 'to']);

/** Content of a stream: answers, and the events of an app that pass by. */
export interface AskedStream {
  readonly watch: readonly string[];
  readonly taps: AskedTaps | undefined;
}

/** Taps of one app; there is one at least. */
export interface AskedTaps {
  readonly app: App;
  readonly tail: TailFilter | undefined;
  readonly follow: FollowFilter | undefined;
}

/** Reads the body of a request for a stream. Throws a refusal when it is wrong. */
export function readRequest(context: ConsoleContext, viewer: Viewer, body: unknown): AskedStream {
  const { watch = [], app: id, tail, follow } = isObject(body) ? body : {};
  if (!Array.isArray(watch) || watch.length > MAX_WATCHED || !watch.every(isText)) {
    return refuse(400, `watch must be a list of ${MAX_WATCHED} paths at most`);
  }
  if (tail === undefined && follow === undefined) return { watch, taps: undefined };
  const app = typeof id === 'string' && opens(viewer, id) ? context.apps.byId(id) : undefined;
  return { watch, taps: readTaps(viewer, app ?? refuse(404, 'no such app'), { tail, follow }) };
}

/** Reads filters, of this node's own streams and of those of other nodes. */
export function readTaps(
  viewer: Viewer,
  app: App,
  { tail, follow }: { readonly tail?: unknown; readonly follow?: unknown },
): AskedTaps {
  return {
    app,
    tail: isObject(tail) ? readTail(viewer, tail) : undefined,
    follow: isObject(follow) ? readFollow(viewer, follow) : undefined,
  };
}

function readTail(viewer: Viewer, { way, data, ...rest }: Record<string, unknown>): TailFilter {
  return {
    ...readNames(rest),
    ...(WAYS.has(way) && { way: way as TailFilter['way'] }),
    data: data === true && requireOperator(viewer),
  };
}

function readFollow(
  viewer: Viewer,
  { count, probe, ...rest }: Record<string, unknown>,
): FollowFilter {
  return {
    ...readNames(rest),
    count: typeof count === 'number' ? count : 1,
    probe: probe === true && requireOperator(viewer),
  };
}

function requireOperator({ role }: Viewer): true {
  return role === 'operator' ? true : refuse(403, 'data and probes are for operators');
}

/** Names to filter by; empty ones filter nothing. */
function readNames(given: Record<string, unknown>): {
  channel?: string;
  event?: string;
  socket?: string;
} {
  const { channel, event, socket } = given;
  return {
    ...(isText(channel) && channel !== '' && { channel }),
    ...(isText(event) && event !== '' && { event }),
    ...(isText(socket) && socket !== '' && { socket }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2_000;
}
