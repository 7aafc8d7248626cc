import { later } from '../../../../brokers/eventual';
import type { Timer } from '../../../../util/timers';
import type { ConsoleContext } from '../context';
import { Refusal } from '../fault';
import { viewerOf } from '../viewer';
import { OpenTaps } from './open-taps';
import { type AskedTaps, readTaps } from './request';
import type { Taps } from './taps';

/** Time between two reports. */
const REPORT_MS = 250;
/** Time for which this node looks when it was asked once. */
const WATCH_MS = 10_000;
/** Watchers at other nodes. */
const MAX_FAR = 100;

/** Tails and follows of streams that are read at other nodes. */
export class FarWatchers {
  readonly #context: ConsoleContext;
  readonly #taps: Taps;
  readonly #watchers = new Map<string, FarWatcher>();

  constructor(context: ConsoleContext, taps: Taps) {
    this.#context = context;
    this.#taps = taps;
    context.hub.nodes.on('watch', (app, message, from) => {
      const viewer = viewerOf(message);
      const { id, isOver, nodes, tail, follow } = message;
      if (typeof id !== 'string' || id.length > 100) return '';
      const name = `${from} ${id}`;
      const known = this.#watchers.get(name);
      if (isOver === true) {
        known?.stop();
        return '';
      }
      if (known !== undefined) return known.renew(Number(nodes) || 1);
      if (viewer === undefined || this.#watchers.size >= MAX_FAR) return '';
      try {
        const asked = readTaps(viewer, app, { tail, follow });
        const ended = (): void => void this.#watchers.delete(name);
        const watcher = new FarWatcher(this.#context, this.#taps, asked, { id, from, ended });
        this.#watchers.set(name, watcher);
        return watcher.renew(Number(nodes) || 1);
      } catch (error) {
        if (error instanceof Refusal) return '';
        throw error;
      }
    });
  }

  stop(): void {
    for (const watcher of [...this.#watchers.values()]) watcher.stop();
  }
}

interface Reader {
  readonly id: string;
  /** Node of the reader. */
  readonly from: number;
  readonly ended: () => void;
}

/** Looks for a reader at another node until the reader asks no more. */
class FarWatcher {
  readonly #context: ConsoleContext;
  readonly #asked: AskedTaps;
  readonly #reader: Reader;
  readonly #open: OpenTaps;
  #untilMs = 0;
  /** The report before has yet to be answered. */
  #isReporting = false;
  #timer: Timer | undefined;

  constructor(context: ConsoleContext, taps: Taps, asked: AskedTaps, reader: Reader) {
    this.#context = context;
    this.#asked = asked;
    this.#reader = reader;
    this.#open = new OpenTaps(context, taps, asked);
    this.#tick();
  }

  renew(nodes: number): string {
    this.#untilMs = this.#context.clock.now() + WATCH_MS;
    this.#open.tail?.shareWith(nodes);
    return 'ok';
  }

  stop(): void {
    if (this.#timer === undefined) return;
    this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#open.stop();
    this.#reader.ended();
  }

  #tick(): void {
    const { clock } = this.#context;
    this.#timer = clock.setTimeout(() => {
      if (clock.now() > this.#untilMs) return this.stop();
      this.#report();
      this.#tick();
    }, REPORT_MS);
  }

  #report(): void {
    if (this.#isReporting) return;
    const tail = this.#open.tail?.take();
    const follow = this.#open.takeFollowed();
    if (tail === undefined && follow === undefined) return;
    this.#isReporting = true;
    const { id, from } = this.#reader;
    const message = { type: 'seen', id, tail, follow } as const;
    const { nodes } = this.#context.hub;
    void later(nodes.sendSoon(this.#asked.app, from, message), (answer) => {
      this.#isReporting = false;
      // A reader who is gone answers nothing.
      if (answer === '') this.stop();
    });
  }
}
