import type { ServerResponse } from 'node:http';
import { later } from '../../../../brokers/eventual';
import type { Timer } from '../../../../util/timers';
import type { Asked, StreamLine } from '../api';
import type { ConsoleContext, Viewer } from '../context';
import { refuse, Refusal } from '../fault';
import { FarTaps } from './far-taps';
import { FarWatchers } from './far-watchers';
import { Lines } from './lines';
import { answer } from '../look';
import { OpenTaps } from './open-taps';
import { type AskedStream, readRequest } from './request';
import type { Taps } from './taps';

const TICK_MS = 250;
/** Least time between two looks at an answer, and the share of the time that looks at one path of each stream may take in all. */
const LOOK_MS = 1_000;
const LOOK_SHARE = 0.05;
/** Silence after which an empty line shows that the gateway is there. */
const SILENCE_MS = 5_000;
/** Time for which a reader may be behind: one that has stopped would keep its stream from others. */
const MAX_BEHIND_MS = 15_000;
const MAX_STREAMS = 50;

interface Watch {
  readonly target: string;
  last: string;
  dueMs: number;
  isAsked: boolean;
}

interface OpenedStream extends AskedStream {
  readonly id: string;
  /** Share of the time that looks at one path may take. */
  readonly lookShare: () => number;
}

/** All streams of this node. */
export class Streams {
  readonly #context: ConsoleContext;
  readonly #taps: Taps;
  readonly #farWatchers: FarWatchers;
  readonly #open = new Set<Stream>();
  #opened = 0;

  constructor(context: ConsoleContext, taps: Taps) {
    this.#context = context;
    this.#taps = taps;
    this.#farWatchers = new FarWatchers(context, taps);
    context.hub.nodes.on('seen', (_app, message, from) => {
      for (const { far } of this.#open) {
        if (far === undefined || far.id !== message['id']) continue;
        far.heard(from, message);
        return 'ok';
      }
      return '';
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Begins a stream that lasts until its reader goes. Throws a refusal when there are too many. */
  open(viewer: Viewer, body: unknown, response: ServerResponse): void {
    if (this.#open.size >= MAX_STREAMS) refuse(429, `${MAX_STREAMS} streams are open already`);
    const asked = readRequest(this.#context, viewer, body);
    const lines = new Lines(response, () => {
      stream.stop();
      this.#open.delete(stream);
    });
    const id = String(++this.#opened);
    const lookShare = (): number => LOOK_SHARE / this.#open.size;
    const about = { ...asked, id, lookShare };
    const stream = new Stream(this.#context, viewer, this.#taps, about, lines);
    this.#open.add(stream);
  }

  /** Ends all streams. */
  stop(): void {
    for (const stream of this.#open) stream.stop();
    this.#open.clear();
    this.#farWatchers.stop();
  }
}

/**
 * Lines of JSON for one watcher: answers when they have changed, and the events that pass by. A look at an answer that takes
 * long is taken less often.
 */
class Stream {
  readonly #context: ConsoleContext;
  readonly #viewer: Viewer;
  readonly #lines: Lines;
  readonly #watches: readonly Watch[];
  readonly #lookShare: () => number;
  readonly #open: OpenTaps | undefined;
  /** The same at the other nodes. */
  readonly far: FarTaps | undefined;
  #timer: Timer | undefined;
  #saidNodes = '';
  #missed = 0;
  #saidMs = 0;
  /** When the reader was first seen behind; undefined while it reads. */
  #behindMs: number | undefined;

  constructor(
    context: ConsoleContext,
    viewer: Viewer,
    taps: Taps,
    { id, watch, taps: asked, lookShare }: OpenedStream,
    lines: Lines,
  ) {
    this.#context = context;
    this.#viewer = viewer;
    this.#lines = lines;
    this.#lookShare = lookShare;
    this.#watches = watch.map((target) => ({ target, last: '', dueMs: 0, isAsked: false }));
    this.#open = asked && new OpenTaps(context, taps, asked);
    this.far = asked && new FarTaps(id, context, viewer, asked);
    this.#tick();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#open?.stop();
    this.far?.stop();
    this.#lines.end();
  }

  #tick(): void {
    const { clock } = this.#context;
    this.#timer = clock.setTimeout(() => this.#tick(), TICK_MS);
    const { isBehind } = this.#lines;
    const { far } = this;
    far?.renew();
    this.#open?.tail?.shareWith(far?.nodes.asked ?? 1);
    const own = this.#open?.tail?.take();
    const tail = far?.takeTail(own);
    if (isBehind) {
      this.#missed += tail?.fit ?? 0;
      this.#behindMs ??= clock.now();
      if (clock.now() - this.#behindMs >= MAX_BEHIND_MS) this.#lines.cut();
      return;
    }
    this.#behindMs = undefined;
    if (far !== undefined) this.#sayNodes(far.nodes);
    if (tail !== undefined) {
      this.#say({ tail: { ...tail, missed: this.#missed } });
      this.#missed = 0;
    }
    const follow = far?.takeFollowed(this.#open?.takeFollowed());
    if (follow !== undefined) this.#say({ follow });
    for (const watch of this.#watches) if (clock.now() >= watch.dueMs) this.#ask(watch);
    if (clock.now() - this.#saidMs >= SILENCE_MS) this.#say({});
  }

  #sayNodes(nodes: Asked): void {
    const isAlone = nodes.asked === 1 && this.#saidNodes === '';
    const text = JSON.stringify({ nodes } satisfies StreamLine);
    if (isAlone || text === this.#saidNodes) return;
    this.#saidNodes = text;
    this.#write(text);
  }

  #ask(watch: Watch): void {
    if (watch.isAsked) return;
    watch.isAsked = true;
    const { clock } = this.#context;
    const sinceMs = clock.now();
    const sinceAsked = (): number => clock.now() - sinceMs;
    // Time of this node alone: answers of others are only waited for.
    let ownMs: number | undefined;
    const said = (line: StreamLine): void => {
      const text = JSON.stringify(line);
      watch.isAsked = false;
      const restMs = (ownMs ?? sinceAsked()) / this.#lookShare();
      watch.dueMs = clock.now() + Math.max(LOOK_MS - TICK_MS / 2, restMs);
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
      ownMs = sinceAsked();
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
