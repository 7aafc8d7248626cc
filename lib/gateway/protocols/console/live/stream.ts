import type { ServerResponse } from 'node:http';
import { later } from '../../../../brokers/eventual';
import { isObject } from '../../../../pusher/json';
import type { Timer } from '../../../../util/timers';
import type { App } from '../../../core/model/app';
import type { FollowFilter, StreamLine, TailFilter } from '../api';
import { type ConsoleContext, opens, type Viewer } from '../context';
import { refuse, Refusal } from '../fault';
import { Follow } from './follow';
import { Lines } from './lines';
import { answer } from '../look';
import { Tail } from './tail';
import type { Taps } from './taps';

const TICK_MS = 250;
/** Least time between two looks at an answer, and the share of the time that looks may take. */
const LOOK_MS = 1_000;
const LOOK_SHARE = 0.05;
/** Silence after which an empty line shows that the gateway is there. */
const SILENCE_MS = 5_000;
const MAX_WATCHED = 4;
const MAX_STREAMS = 8;
/** Tails and follows of this node. */
const MAX_TAPS = 8;
const WAYS: ReadonlySet<unknown> = new Set(['in', 'out', 'to']);

interface Watch {
  readonly target: string;
  last: string;
  dueMs: number;
  isAsked: boolean;
}

/** All streams of this node. */
export class Streams {
  readonly #context: ConsoleContext;
  readonly #taps: Taps;
  readonly #open = new Set<Stream>();

  constructor(context: ConsoleContext, taps: Taps) {
    this.#context = context;
    this.#taps = taps;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Begins a stream that lasts until its reader goes. Throws a refusal when there are too many. */
  open(viewer: Viewer, body: unknown, response: ServerResponse): void {
    if (this.#open.size >= MAX_STREAMS) refuse(429, `${MAX_STREAMS} streams are open already`);
    const asked = readRequest(this.#context, viewer, body);
    const wantsTap = asked.tail !== undefined || asked.follow !== undefined;
    if (wantsTap && this.#taps.size >= MAX_TAPS) refuse(429, `${MAX_TAPS} tails are open already`);
    const lines = new Lines(response, () => {
      stream.stop();
      this.#open.delete(stream);
    });
    const stream = new Stream(this.#context, viewer, this.#taps, asked, lines);
    this.#open.add(stream);
  }

  /** Ends all streams. */
  stop(): void {
    for (const stream of this.#open) stream.stop();
    this.#open.clear();
  }
}

interface Asked {
  readonly watch: readonly string[];
  readonly app: App | undefined;
  readonly tail: TailFilter | undefined;
  readonly follow: FollowFilter | undefined;
}

/**
 * Lines of JSON for one watcher: answers when they have changed, and the events that pass by. A look at an answer that takes
 * long is taken less often.
 */
class Stream {
  readonly #context: ConsoleContext;
  readonly #viewer: Viewer;
  readonly #lines: Lines;
  readonly #taps: Taps;
  readonly #watches: readonly Watch[];
  readonly #tail: Tail | undefined;
  readonly #follow: Follow | undefined;
  #timer: Timer | undefined;
  #hasFollowed = false;
  #missed = 0;
  #saidMs = 0;

  constructor(
    context: ConsoleContext,
    viewer: Viewer,
    taps: Taps,
    { watch, app, tail, follow }: Asked,
    lines: Lines,
  ) {
    this.#context = context;
    this.#viewer = viewer;
    this.#taps = taps;
    this.#lines = lines;
    this.#watches = watch.map((target) => ({ target, last: '', dueMs: 0, isAsked: false }));
    const wall = (): number => context.clock.wall();
    if (app !== undefined && tail !== undefined) this.#tail = new Tail(app, tail, wall);
    if (app !== undefined && follow !== undefined) {
      this.#follow = new Follow(context, app, follow, () => (this.#hasFollowed = true));
    }
    if (this.#tail !== undefined) taps.open(this.#tail);
    if (this.#follow !== undefined) taps.open(this.#follow);
    this.#tick();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#tail !== undefined) this.#taps.close(this.#tail);
    if (this.#follow !== undefined) this.#taps.close(this.#follow);
    this.#follow?.stop();
    this.#lines.end();
  }

  #tick(): void {
    const { clock } = this.#context;
    this.#timer = clock.setTimeout(() => this.#tick(), TICK_MS);
    const { isBehind } = this.#lines;
    const rows = this.#tail?.take();
    if (isBehind) {
      if (rows !== undefined) this.#missed++;
      return;
    }
    if (rows !== undefined) {
      this.#say({ tail: { ...rows, missed: this.#missed } });
      this.#missed = 0;
    }
    if (this.#hasFollowed && this.#follow !== undefined) {
      this.#hasFollowed = false;
      this.#say({ follow: this.#follow.followed });
    }
    for (const watch of this.#watches) if (clock.now() >= watch.dueMs) this.#ask(watch);
    if (clock.now() - this.#saidMs >= SILENCE_MS) this.#say({});
  }

  #ask(watch: Watch): void {
    if (watch.isAsked) return;
    watch.isAsked = true;
    const { clock } = this.#context;
    const sinceMs = clock.now();
    const said = (line: StreamLine): void => {
      const text = JSON.stringify(line);
      watch.isAsked = false;
      const tookMs = clock.now() - sinceMs;
      watch.dueMs = clock.now() + Math.max(LOOK_MS - TICK_MS / 2, tookMs / LOOK_SHARE);
      if (text === watch.last || this.#timer === undefined) return;
      watch.last = text;
      this.#write(text);
    };
    const { target: path } = watch;
    const failed = (error: unknown): void => {
      if (!(error instanceof Refusal)) this.#context.log.error({ err: error }, 'console');
      const unknown = { status: 500, message: 'the gateway failed; its log says why' };
      said({ path, error: error instanceof Refusal ? error.fault : unknown });
    };
    try {
      const answered = later(answer(this.#context, this.#viewer, path), (found) =>
        said(found === undefined ? { path, error: NOTHING } : { path, answer: found }),
      );
      if (answered instanceof Promise) answered.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #say(line: StreamLine): void {
    this.#write(JSON.stringify(line));
  }

  #write(text: string): void {
    this.#saidMs = this.#context.clock.now();
    this.#lines.write(text);
  }
}

const NOTHING = { status: 404, message: 'nothing is known of it' };

function readRequest(context: ConsoleContext, viewer: Viewer, body: unknown): Asked {
  const { watch = [], app: id, tail, follow } = isObject(body) ? body : {};
  if (!Array.isArray(watch) || watch.length > MAX_WATCHED || !watch.every(isText)) {
    return refuse(400, `watch must be a list of ${MAX_WATCHED} paths at most`);
  }
  const app = typeof id === 'string' && opens(viewer, id) ? context.apps.byId(id) : undefined;
  if ((tail !== undefined || follow !== undefined) && app === undefined) {
    return refuse(404, 'no such app');
  }
  return {
    watch,
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
