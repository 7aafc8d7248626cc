import { asError } from '../../errors';
import { silent, type Logger } from '../../util/logger';
import { systemClock, type Clock } from '../../util/timers';
import type { BrokerLimits } from '../broker';
import type { ByteWriter } from '../../wire/bytes/byte-writer';
import { writeNodeMessages } from '../../wire/cluster';
import type { Lease, LinkListener } from '../joined/engine-link';
import { FarEngine } from '../memory/far-engine';
import type { FarLink } from '../memory/far-link';
import type { TurnReply } from '../operation';
import type { Channel } from './channel';
import { encodeEvent, type EventItem, type FromWorker, Outbox, readPacket } from './messages';

/** Bytes that may wait for a worker to read them; one that lets more wait stands still, and is given up. */
const MAX_UNREAD_BYTES = 256 * 1024 * 1024;

export interface EngineHostOptions {
  clock?: Clock;
  log?: Logger;
  /** Limits of the events and answers that the engine keeps for an app. */
  limits?: Partial<BrokerLimits>;
}

/** The memory engine of one machine, in the process that has started its gateways as workers. */
export class EngineHost {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #engine: FarEngine;
  readonly #seats = new Set<Seat>();
  /** The last event, which each seat that hears it sends. */
  #event = { app: '', seq: 0, bytes: undefined as ByteWriter | undefined };

  constructor({ clock = systemClock, log = silent, limits }: EngineHostOptions = {}) {
    this.#clock = clock;
    this.#log = log;
    this.#engine = new FarEngine({ clock, delayMs: 'none', maxKept: 0, ...(limits && { limits }) });
  }

  /**
   * Serves a worker until the returned function says that its process has ended. The others learn of it at once, and tell its
   * sockets as closed.
   * @param giveUp ends the process of a worker that does not read
   */
  serve(channel: Channel, giveUp: () => void): () => void {
    const seat = new Seat(this.#engine, channel, {
      endOfTurn: (run) => this.#clock.endOfTurn(run),
      encoded: (...event) => this.#encoded(...event),
      post: (node, messages) => this.#post(node, messages),
      stuck: () => {
        this.#log.error({}, 'a worker does not read what the others tell it: it is ended');
        giveUp();
      },
    });
    this.#seats.add(seat);
    return () => {
      if (!this.#seats.delete(seat)) return;
      seat.end();
      for (const { listener } of this.#seats) listener.posted({ kind: 'leasesChanged' });
    };
  }

  #encoded(app: string, channel: string, event: EventItem): ByteWriter | undefined {
    if (this.#event.seq !== event.seq || this.#event.app !== app) {
      this.#event = { app, seq: event.seq, bytes: encodeEvent(app, channel, event) };
    }
    return this.#event.bytes;
  }

  /** Messages from node to node pass by unread. */
  #post(node: number, messages: Buffer): void {
    for (const seat of this.#seats) if (seat.node === node) seat.posted(messages);
  }
}

interface SeatParts {
  readonly endOfTurn: (run: () => void) => void;
  /** The bytes of an event of a topic; undefined when it is too long. */
  encoded(app: string, channel: string, event: EventItem): ByteWriter | undefined;
  post(node: number, messages: Buffer): void;
  /** Too much waits for the worker. */
  stuck(): void;
}

/** Methods that answer in pieces; a worker gets all of them at once. */
const IN_PIECES = ['facts', 'sockets'] as const;
const CALLS = [
  ...(['renew', 'release', 'bury', 'buried', 'apps', 'fence', 'turn', 'rejoin'] as const),
  ...(['members', 'online', 'cached', 'counts', 'channels', 'totals'] as const),
  ...(['socketsOf', 'records', 'watch', 'watchUser', 'unwatch', 'unwatchUser'] as const),
];

/** Calls about what observers were told, each with its app. */
const OF_TELLINGS = ['tell', 'told', 'owed', 'take'] as const;

/** Calls that a worker may make, by name. */
type Calls = ReadonlyMap<string, (...args: never[]) => unknown>;

/** The place of one worker at the engine. */
class Seat {
  readonly listener: LinkListener;
  /** Number of the worker as a node; 0 before it has one. */
  node = 0;
  readonly #engine: FarEngine;
  readonly #parts: SeatParts;
  readonly #channel: Channel;
  readonly #link: FarLink;
  readonly #calls: Calls;
  readonly #outbox: Outbox;
  #lease: Lease | undefined;
  #isOver = false;

  constructor(engine: FarEngine, channel: Channel, parts: SeatParts) {
    this.#engine = engine;
    this.#parts = parts;
    this.#channel = channel;
    this.#link = engine.link();
    this.#calls = this.#callable();
    this.#outbox = new Outbox(channel, parts.endOfTurn);
    this.listener = {
      up: () => undefined,
      away: () => undefined,
      unreadable: () => undefined,
      heard: (app, channel, items) => this.#heard(app, channel, items),
      heardUser: (...args) => this.#outbox.clone({ kind: 'heardUser', args }),
      // Workers read nothing behind a cut: their channels are there as long as they are.
      heardUpTo: () => undefined,
      posted: (message) => this.posted(writeNodeMessages([message])),
    };
    channel.hear((packet) => readPacket(packet, (message) => this.#said(message as FromWorker)));
  }

  posted(messages: Buffer): void {
    if (this.#reads()) this.#outbox.posted(messages);
  }

  /** The process of the worker has ended. */
  end(): void {
    this.#isOver = true;
    if (this.#lease !== undefined) this.#engine.release(this.#lease);
    this.#engine.unlink(this.#link);
  }

  #callable(): Calls {
    const link = this.#link;
    const calls = new Map<string, (...args: never[]) => unknown>();
    for (const name of CALLS) {
      calls.set(name, (...args) => Reflect.apply(link[name], link, args));
    }
    for (const name of IN_PIECES) {
      calls.set(name, (...args) =>
        gathered((link[name] as (...args: never[]) => AsyncIterable<unknown>).call(link, ...args)),
      );
    }
    for (const name of OF_TELLINGS) {
      calls.set(name, (app: string, ...args: never[]) => {
        const tellings = link.tellings(app);
        return Reflect.apply(tellings[name], tellings, args);
      });
    }
    calls.set('untold', (app: string) => gathered(link.tellings(app).untold()));
    calls.set('connect', async () => {
      await link.connect(this.listener);
      return link.run;
    });
    calls.set('register', async (leaseMs: number) => (this.#lease = await link.register(leaseMs)));
    calls.set('hearNode', (node: number) => {
      this.node = node;
      return link.hearNode(node);
    });
    return calls;
  }

  #said(message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case 'post':
        return this.#parts.post(message.node, message.messages);
      case 'turn': {
        const { call, app, node, turn, operations } = message;
        return this.#turned(call, this.#engine.turn(app, node, turn, operations));
      }
      case 'call':
        return this.#called(message);
    }
  }

  #turned(call: number, reply: TurnReply): void {
    const isPlain = reply.kind === 'applied' && reply.results.every((each) => each === undefined);
    if (isPlain) this.#outbox.applied(call);
    else this.#outbox.clone({ kind: 'turned', call, reply });
  }

  #called({ call, method, args }: Extract<FromWorker, { kind: 'call' }>): void {
    const run = this.#calls.get(method) ?? (() => Promise.reject(new Error(`no method ${method}`)));
    void Promise.resolve(run(...(args as never[]))).then(
      (value) => {
        if (value === undefined) this.#outbox.done(call);
        else this.#outbox.clone({ kind: 'answer', call, value });
      },
      (error: unknown) => {
        this.#outbox.clone({ kind: 'failed', call, message: asError(error).message });
      },
    );
  }

  #heard(...[app, channel, items]: Parameters<LinkListener['heard']>): void {
    if (!this.#reads()) return;
    const [item] = items;
    const bytes =
      items.length === 1 && item?.kind === 'event'
        ? this.#parts.encoded(app, channel, item)
        : undefined;
    if (bytes === undefined) this.#outbox.clone({ kind: 'heard', args: [app, channel, items] });
    else this.#outbox.event(bytes);
  }

  /** False for a worker that lets too much wait, which is ended. */
  #reads(): boolean {
    if (this.#channel.unreadBytes <= MAX_UNREAD_BYTES || this.#isOver) return !this.#isOver;
    this.#isOver = true;
    this.#parts.stuck();
    return false;
  }
}

async function gathered<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
