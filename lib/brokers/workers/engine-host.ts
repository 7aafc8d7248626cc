import { asError } from '../../errors';
import { silent, type Logger } from '../../util/logger';
import { systemClock, type Clock } from '../../util/timers';
import type { BrokerLimits } from '../broker';
import type { Lease, LinkListener } from '../joined/engine-link';
import { FarEngine } from '../memory/far-engine';
import type { FarLink } from '../memory/far-link';
import { type Channel, type FromHost, type FromWorker, opened, Outbox } from './channel';

/** Characters that may wait for a worker to read them; one that lets more wait stands still, and is given up. */
const MAX_UNREAD = 256 * 1024 * 1024;

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

  constructor({ clock = systemClock, log = silent, limits }: EngineHostOptions = {}) {
    this.#clock = clock;
    this.#log = log;
    this.#engine = new FarEngine({ clock, delayMs: 'none', ...(limits && { limits }) });
  }

  /**
   * Serves a worker until the returned function says that its process has ended. The others learn of it at once, and tell its
   * sockets as closed.
   * @param giveUp ends the process of a worker that does not read
   */
  serve(channel: Channel, giveUp: () => void): () => void {
    const seat = new Seat(this.#engine, channel, {
      endOfTurn: (run) => this.#clock.endOfTurn(run),
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
}

interface SeatParts {
  readonly endOfTurn: (run: () => void) => void;
  /** Too much waits for the worker. */
  stuck(): void;
}

/** Methods that answer in pieces; a worker gets all of them at once. */
const IN_PIECES = ['facts', 'sockets'] as const;
const CALLS = [
  ...(['renew', 'release', 'bury', 'buried', 'apps', 'fence', 'turn', 'rejoin'] as const),
  ...(['members', 'online', 'cached', 'counts', 'channels', 'totals'] as const),
  ...(['socketsOf', 'records', 'watch', 'watchUser', 'unwatch', 'unwatchUser'] as const),
  ...(['hearNode', 'post'] as const),
];

/** Calls about what observers were told, each with its app. */
const OF_TELLINGS = ['tell', 'told', 'owed', 'take'] as const;

/** Calls that a worker may make, by name. */
type Calls = ReadonlyMap<string, (...args: never[]) => unknown>;

/** The place of one worker at the engine. */
class Seat {
  readonly listener: LinkListener;
  readonly #engine: FarEngine;
  readonly #parts: SeatParts;
  readonly #link: FarLink;
  readonly #calls: Calls;
  readonly #outbox: Outbox<FromHost>;
  #lease: Lease | undefined;
  /** Characters of events and letters that the worker has not read, and those of this turn among them. */
  #unread = 0;
  #gathered = 0;
  #isOver = false;

  constructor(engine: FarEngine, channel: Channel, parts: SeatParts) {
    this.#engine = engine;
    this.#parts = parts;
    this.#link = engine.link();
    this.#calls = this.#callable();
    this.#outbox = new Outbox(parts.endOfTurn, (messages) => {
      const size = this.#gathered;
      this.#gathered = 0;
      if (!this.#isOver) channel.send({ standpipe: messages }, () => (this.#unread -= size));
    });
    this.listener = {
      up: () => undefined,
      away: () => undefined,
      unreadable: () => undefined,
      heard: (app, name, items) => {
        for (const item of items) this.#wait(item.kind === 'event' ? item.text.length : 0);
        this.#outbox.push(['heard', app, name, items]);
      },
      heardUser: (...args) => this.#outbox.push(['heardUser', ...args]),
      posted: (message) => {
        this.#wait('text' in message ? (message.text?.length ?? 0) : 0);
        this.#outbox.push(['posted', message]);
      },
    };
    channel.hear((message) => {
      for (const call of opened<FromWorker>(message) ?? []) this.#called(call);
    });
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
    return calls;
  }

  #called([id, name, args]: FromWorker): void {
    if (this.#isOver) return;
    const call = this.#calls.get(name) ?? (() => Promise.reject(new Error(`no call ${name}`)));
    void Promise.resolve(call(...(args as never[]))).then(
      (value) => this.#outbox.push(['answer', id, value]),
      (error: unknown) => this.#outbox.push(['failed', id, asError(error).message]),
    );
  }

  #wait(size: number): void {
    this.#gathered += size;
    this.#unread += size;
    if (this.#unread <= MAX_UNREAD || this.#isOver) return;
    this.#isOver = true;
    this.#parts.stuck();
  }
}

async function gathered<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
