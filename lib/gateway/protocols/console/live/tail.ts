import { type Eventual, later } from '../../../../brokers/eventual';
import type { Unavailable } from '../../../../brokers/broker';
import type { Passing, Tap } from '../../../core/console/tap';
import type { App } from '../../../core/model/app';
import type { Channel } from '../../../core/model/channel';
import type { Socket } from '../../../core/model/socket';
import type { TailFilter, TailPart, TailRow } from '../api';
import type { ConsoleContext } from '../context';

/** Rows of a part, of all nodes together. */
export const MAX_ROWS = 50;
/** Rows of a node, however many there are. */
const MIN_ROWS = 5;
/** Characters of an event's data that are shown. */
const MAX_DATA = 1_024;

/** The events of one node since the part before. */
export type SeenPart = Omit<TailPart, 'missed'>;

/**
 * The events of an app that pass by, for one watcher. It counts all of them, and makes rows of a few: every nth, so that the
 * rows of a part are spread over it as the events of the part before were.
 */
export class Tail implements Tap {
  readonly #app: App;
  readonly #filter: TailFilter;
  readonly #context: Pick<ConsoleContext, 'clock' | 'node'>;
  #maxRows = MAX_ROWS;
  #rows: TailRow[] = [];
  #seen = 0;
  #fit = 0;
  #stride = 1;

  constructor(app: App, filter: TailFilter, context: Pick<ConsoleContext, 'clock' | 'node'>) {
    this.#app = app;
    this.#filter = filter;
    this.#context = context;
  }

  /** This node is one of so many whose rows are shown together. */
  shareWith(nodes: number): void {
    this.#maxRows = Math.max(MIN_ROWS, Math.floor(MAX_ROWS / nodes));
  }

  /** The rows since the part before; undefined when nothing has passed by. */
  take(): SeenPart | undefined {
    if (this.#seen === 0) return undefined;
    const part = { rows: this.#rows, seen: this.#seen, fit: this.#fit };
    this.#stride = Math.max(1, Math.ceil(this.#fit / this.#maxRows));
    this.#rows = [];
    this.#seen = this.#fit = 0;
    return part;
  }

  fromSocket(
    socket: Socket,
    channel: Channel | undefined,
    event: string,
    data: string,
    { wanted }: { wanted: boolean },
  ): void {
    if (!this.#takes(socket.app, 'in', channel?.name, event, socket.id)) return;
    this.#add('in', channel?.name, event, data, { socket: socket.id, toBackends: wanted });
  }

  published(
    app: App,
    { channel, event, data, except = [] }: Passing,
    answer: Eventual<number | Unavailable>,
  ): void {
    if (!this.#takes(app, 'out', channel, event, undefined)) return;
    if (typeof answer === 'number') {
      // A node that is joined with others hears the event back, like them: it has written nothing yet.
      const sockets = app.broker.isAlone ? answer : subscribersHere(app, channel, except);
      return this.#add('out', channel, event, data, { sockets });
    }
    const at = this.#context.clock.wall();
    void later(answer, (sockets) => {
      const count = sockets === 'unavailable' ? undefined : sockets;
      if (this.#rows.length < this.#maxRows)
        this.#add('out', channel, event, data, { sockets: count, at });
    });
  }

  sent(socket: Socket, event: string, data: string): void {
    if (!this.#takes(socket.app, 'to', undefined, event, socket.id)) return;
    this.#add('to', undefined, event, data, { socket: socket.id, sockets: 1 });
  }

  /** Counts an event, and says whether it becomes a row. */
  #takes(
    app: App,
    way: TailRow['way'],
    channel: string | undefined,
    event: string,
    socket: string | undefined,
  ): boolean {
    if (app !== this.#app) return false;
    this.#seen++;
    const filter = this.#filter;
    if (filter.way !== undefined && filter.way !== way) return false;
    if (filter.event !== undefined && filter.event !== event) return false;
    if (filter.socket !== undefined && filter.socket !== socket) return false;
    if (filter.channel !== undefined && channel?.startsWith(filter.channel) !== true) return false;
    return this.#fit++ % this.#stride === 0 && this.#rows.length < this.#maxRows;
  }

  #add(
    way: TailRow['way'],
    channel: string | undefined,
    event: string,
    data: string,
    more: { socket?: string; sockets?: number | undefined; toBackends?: boolean; at?: number },
  ): void {
    this.#rows.push({
      ...{ at: more.at ?? this.#context.clock.wall(), node: this.#context.node() },
      ...{ way, channel, event, socket: more.socket, bytes: Buffer.byteLength(data) },
      ...{ sockets: more.sockets, toBackends: more.toBackends },
      data: this.#filter.data === true ? data.slice(0, MAX_DATA) : undefined,
    });
  }
}

function subscribersHere(app: App, channel: string, except: readonly string[]): number {
  const { sockets } = app.channels.get(channel) ?? {};
  if (sockets === undefined) return 0;
  let left = sockets.size;
  if (except.length > 0) for (const { id } of sockets) if (except.includes(id)) left--;
  return left;
}
