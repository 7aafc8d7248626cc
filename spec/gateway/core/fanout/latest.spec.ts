import fc from 'fast-check';
import t from 'tap';
import { VOLATILE, type Droppable } from '../../../../lib/gateway/core/fanout/droppable';
import type { DropCounts } from '../../../../lib/gateway/core/fanout/latest';
import {
  type Audience,
  type Encoded,
  type Encoder,
  Outlet,
} from '../../../../lib/gateway/core/fanout/outlet';
import { Turn, type TurnOptions } from '../../../../lib/gateway/core/fanout/turn';
import { runs } from '../../../support/depth';

const SOCKETS = 3;
const AUDIENCES = 2;
const KEYS = ['a', 'b', 'c'];

const lineEncoder: Encoder = {
  id: 1,
  encode(texts) {
    const ends: number[] = [];
    const parts = texts.map((text) => Buffer.from(`${text}\n`));
    parts.reduce((sum, part) => ends[ends.push(sum + part.length) - 1] as number, 0);
    return { bytes: Buffer.concat(parts), ends };
  },
};

/** A transport that is behind when it is told to be. */
class SlowSink {
  encoder = lineEncoder;
  readonly got: string[] = [];
  isBehind = false;
  readonly pace = { isBehind: () => this.isBehind, probe: () => undefined };

  write(bytes: Buffer): void {
    this.got.push(...bytes.toString().split('\n').slice(0, -1));
  }

  close(): void {
    // The turn has written everything before.
  }
}

interface SlowOutlet extends Outlet {
  sink: SlowSink;
}

function slowOutlet(): SlowOutlet {
  return new Outlet(new SlowSink()) as SlowOutlet;
}

function counts(): DropCounts {
  return { eventsReplaced: 0, latestDrops: 0, volatileDrops: 0 };
}

const ROOM = { maxLatestKeys: 1_000, maxLatestBytes: 1_000_000 };
const FEW = { maxLatestKeys: 1, maxLatestBytes: 1_000_000 };

function handTurn(options: TurnOptions = {}): { turn: Turn; end: () => boolean } {
  const ends: Array<() => void> = [];
  const turn = new Turn((run) => ends.push(run), options);
  const end = (): boolean => {
    const run = ends.shift();
    run?.();
    return run !== undefined;
  };
  return { turn, end };
}

const latest = (key: string): Droppable => ({ key });

/** An event that was accepted. `to`: the sockets it is for, each with the number of its stay on the channel. */
interface Accepted {
  readonly id: number;
  readonly stream: string;
  readonly turn: number;
  readonly droppable: Droppable | undefined;
  readonly to: ReadonlyMap<number, number>;
}

const socket = fc.nat(SOCKETS - 1);
const channel = fc.nat(AUDIENCES - 1);
const droppable = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...KEYS.map(latest)) },
  { weight: 2, arbitrary: fc.constant(VOLATILE) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('publish'), channel, droppable }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send'), socket, droppable }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('join'), channel, socket }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), channel, socket }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('behind'), socket }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('caught up'), socket }) },
) as fc.Arbitrary<{
  do: 'publish' | 'send' | 'join' | 'leave' | 'end' | 'behind' | 'caught up';
  channel: number;
  socket: number;
  droppable: Droppable | undefined;
}>;

/** The gateway under test, with a record of everything that was accepted and written. */
class JudgedTurn {
  readonly outlets = Array.from({ length: SOCKETS }, () => slowOutlet());
  readonly #audiences = Array.from({ length: AUDIENCES }, (): Audience => {
    return { sockets: new Set<Outlet>(), batch: undefined };
  });
  /** Stays of each channel: a socket's number is that of its present one. */
  readonly #stays = Array.from({ length: AUDIENCES }, () => new Map<number, number>());
  /** Turn in which each stay has begun, by its number. */
  readonly #begun: number[] = [];
  readonly #accepted: Accepted[] = [];
  readonly #hand: ReturnType<typeof handTurn>;
  /** Few texts are kept for sockets that are behind. */
  readonly #isLimited: boolean;
  #turn = 0;

  constructor(options: TurnOptions, isLimited: boolean) {
    const limits = isLimited ? FEW : ROOM;
    this.#isLimited = isLimited;
    this.#hand = handTurn({ ...options, latest: { limits, counts: counts() } });
  }

  at(socket: number): SlowOutlet {
    return this.outlets[socket] as SlowOutlet;
  }

  publish(channel: number, droppable: Droppable | undefined): void {
    const to = new Map(this.#stays[channel]);
    const id = this.#accept({ stream: `channel ${channel}`, droppable, to });
    const audience = this.#audiences[channel] as Audience;
    this.#hand.turn.publish(audience, `${id}`, undefined, droppable);
  }

  send(socket: number, droppable: Droppable | undefined): void {
    const to = new Map([[socket, -1]]);
    const id = this.#accept({ stream: `socket ${socket}`, droppable, to });
    this.#hand.turn.send(this.at(socket), `${id}`, droppable);
  }

  join(channel: number, socket: number): void {
    const stays = this.#stays[channel] as Map<number, number>;
    if (!stays.has(socket)) stays.set(socket, this.#begun.push(this.#turn) - 1);
    this.#hand.turn.join(this.#audiences[channel] as Audience, this.at(socket));
  }

  leave(channel: number, socket: number): void {
    this.#stays[channel]?.delete(socket);
    this.#hand.turn.leave(this.#audiences[channel] as Audience, this.at(socket));
  }

  caughtUp(socket: number): void {
    this.at(socket).sink.isBehind = false;
    this.#hand.turn.caughtUp(this.at(socket));
  }

  /** Ends the turn and judges what it has written. */
  end(): void {
    const before = this.outlets.map(({ sink }) => sink.got.length);
    while (this.#hand.end());
    this.outlets.forEach(({ sink }, socket) => {
      const written = sink.got.slice(before[socket]).map(Number);
      if (!sink.isBehind) this.#judgeCaughtUp(socket, sink.got.map(Number));
      else if (!this.#isLimited) this.#judgeBehind(socket, written);
      this.#judgeVolatile(socket, written, sink.isBehind);
      this.#judgeOrder(socket, sink.got.map(Number));
    });
    this.#turn++;
  }

  #accept(event: Pick<Accepted, 'stream' | 'droppable' | 'to'>): number {
    const id = this.#accepted.length;
    this.#accepted.push({ ...event, id, turn: this.#turn });
    return id;
  }

  #for(socket: number): Accepted[] {
    return this.#accepted.filter(({ to }) => to.has(socket));
  }

  /** A socket that is behind is written nothing of a stream, but for its plain texts and what stands before and beside them. */
  #judgeBehind(socket: number, written: readonly number[]): void {
    for (const id of written) {
      const event = this.#accepted[id] as Accepted;
      const { stream, to } = event;
      const isPlain = (each: Accepted): boolean =>
        each.stream === stream && each.turn === this.#turn && each.droppable === undefined;
      const hasJoined = this.#begun[to.get(socket) as number] === this.#turn;
      const hasLeft = event.turn === this.#turn && !this.#isStill(socket, event);
      if (this.#accepted.some(isPlain) || hasJoined || hasLeft) continue;
      throw new Error(`socket ${socket} is behind and was written ${id}`);
    }
  }

  /** A socket that is not behind has the last text of every key of the streams that it is on. */
  #judgeCaughtUp(socket: number, got: readonly number[]): void {
    const last = new Map<string, Accepted>();
    for (const event of this.#for(socket)) {
      const key = event.droppable?.key;
      if (key !== undefined && this.#isStill(socket, event))
        last.set(`${event.stream} ${key}`, event);
    }
    for (const { id } of last.values()) {
      if (!got.includes(id)) throw new Error(`socket ${socket} misses ${id}, the last of its key`);
    }
  }

  #isStill(socket: number, { stream, to }: Accepted): boolean {
    if (stream.startsWith('socket')) return true;
    return this.#stays[Number(stream.slice('channel '.length))]?.get(socket) === to.get(socket);
  }

  /** Volatile texts are written in their turn or never, and only a socket that is behind misses any. */
  #judgeVolatile(socket: number, written: readonly number[], isBehind: boolean): void {
    for (const event of this.#for(socket)) {
      const { id, turn } = event;
      if (event.droppable !== VOLATILE) continue;
      const isWritten = written.includes(id);
      if (turn < this.#turn && isWritten) throw new Error(`${id} came late to ${socket}`);
      if (turn < this.#turn || !this.#isStill(socket, event) || isWritten !== isBehind) continue;
      throw new Error(`socket ${socket} ${isWritten ? 'was written' : 'misses'} ${id}`);
    }
  }

  /** All plain texts, in their order; the texts of each stream in theirs; none twice, and none for others. */
  #judgeOrder(socket: number, got: readonly number[]): void {
    const mine = this.#for(socket);
    const plain = mine.filter(({ droppable }) => droppable === undefined).map(({ id }) => id);
    const gotPlain = got.filter((id) => this.#accepted[id]?.droppable === undefined);
    if (plain.join() !== gotPlain.join()) {
      throw new Error(`socket ${socket}: ${gotPlain.join()} of ${plain.join()}`);
    }
    const last = new Map<string, number>();
    for (const id of got) {
      const { stream, to } = this.#accepted[id] as Accepted;
      if (!to.has(socket)) throw new Error(`socket ${socket} was written ${id} of others`);
      if ((last.get(stream) ?? -1) >= id) throw new Error(`socket ${socket}: ${id} out of order`);
      last.set(stream, id);
    }
  }
}

t.test(
  'a socket that is behind misses droppable events alone, and gets the last of each key',
  async (t) => {
    const property = fc.property(
      fc.array(fc.tuple(channel, socket), { maxLength: 5 }),
      fc.array(step, { size: 'max', maxLength: 80 }),
      // Turns that write everything, and turns that leave much for later.
      fc.constantFrom({}, { writeUnits: 2 }, { writeUnits: 2, smallAudience: 1 }),
      fc.boolean(),
      (joined, steps, options, isLimited) => {
        const judged = new JudgedTurn(options, isLimited);
        for (const [to, who] of joined) judged.join(to, who);
        for (const each of steps) {
          switch (each.do) {
            case 'publish':
              judged.publish(each.channel, each.droppable);
              break;
            case 'send':
              judged.send(each.socket, each.droppable);
              break;
            case 'join':
              judged.join(each.channel, each.socket);
              break;
            case 'leave':
              judged.leave(each.channel, each.socket);
              break;
            case 'behind':
              judged.at(each.socket).sink.isBehind = true;
              break;
            case 'caught up':
              judged.caughtUp(each.socket);
              break;
            case 'end':
              judged.end();
          }
        }
        judged.end();
        judged.outlets.forEach((_, i) => judged.caughtUp(i));
        judged.end();
      },
    );
    t.doesNotThrow(() => fc.assert(property, { numRuns: runs(600) }));
  },
);

t.test(
  'the last of the events of a key in one turn is written to everybody, in its place',
  async (t) => {
    const [one, other] = [slowOutlet(), slowOutlet()];
    const room: Audience = { sockets: new Set([one, other]), batch: undefined };
    const dropped = counts();
    const { turn, end } = handTurn({ latest: { limits: ROOM, counts: dropped } });
    turn.publish(room, 'a1', undefined, latest('a'));
    turn.publish(room, 'b1', undefined, latest('b'));
    turn.publish(room, 'plain');
    turn.publish(room, 'a2', undefined, latest('a'));
    end();
    for (const { sink } of [one, other]) t.strictSame(sink.got, ['b1', 'plain', 'a2']);
    t.strictSame(dropped, { eventsReplaced: 1, latestDrops: 0, volatileDrops: 0 });
  },
);

t.test('events that sockets which are behind do not get are counted', async (t) => {
  const slow = slowOutlet();
  const room: Audience = { sockets: new Set([slow, slowOutlet()]), batch: undefined };
  const dropped = counts();
  const { turn, end } = handTurn({ latest: { limits: ROOM, counts: dropped } });
  slow.sink.isBehind = true;
  for (const text of ['1', '2', '3']) {
    turn.publish(room, text, undefined, latest('price'));
    turn.publish(room, `volatile ${text}`, undefined, VOLATILE);
    end();
  }
  slow.sink.isBehind = false;
  turn.caughtUp(slow);
  end();
  t.strictSame(slow.sink.got, ['3']);
  t.strictSame(dropped, { eventsReplaced: 0, latestDrops: 2, volatileDrops: 3 });
});

t.test(
  'texts that are kept for sockets which are behind are bounded by their keys and bytes',
  async (t) => {
    for (const limits of [
      { maxLatestKeys: 2, maxLatestBytes: 1_000 },
      { maxLatestKeys: 1_000, maxLatestBytes: 10 },
    ]) {
      const slow = slowOutlet();
      const room: Audience = { sockets: new Set([slow]), batch: undefined };
      const { turn, end } = handTurn({ latest: { limits, counts: counts() } });
      slow.sink.isBehind = true;
      for (const text of ['first', 'secon', 'third', 'fourt']) {
        turn.publish(room, text, undefined, latest(text));
        end();
      }
      t.strictSame(slow.sink.got, ['first', 'secon', 'third'], 'written all the same');
    }
  },
);

t.test('sockets that catch up in one turn share what is encoded for them', async (t) => {
  const outlets = [slowOutlet(), slowOutlet(), slowOutlet()];
  const room: Audience = { sockets: new Set(outlets), batch: undefined };
  const { turn, end } = handTurn({ latest: { limits: ROOM, counts: counts() } });
  const encoded: string[] = [];
  const encode = (texts: readonly string[]): Encoded => {
    encoded.push(...texts);
    return lineEncoder.encode(texts);
  };
  for (const { sink } of outlets) {
    sink.encoder = { ...lineEncoder, encode };
    sink.isBehind = true;
  }
  const shared = outlets[0]?.sink.encoder as Encoder;
  for (const { sink } of outlets) sink.encoder = shared;
  turn.publish(room, '1', undefined, latest('a'));
  turn.publish(room, '2', undefined, latest('b'));
  end();
  for (const outlet of outlets) {
    outlet.sink.isBehind = false;
    turn.caughtUp(outlet);
  }
  end();
  for (const { sink } of outlets) t.strictSame(sink.got, ['1', '2']);
  t.strictSame(encoded, ['1', '2', '1', '2'], 'once for the turn, once for all who catch up');
});

t.test(
  'sockets that are probed in one turn share the bytes, with the probe behind the texts',
  async (t) => {
    const written: Buffer[] = [];
    const probe = Buffer.from('?\n');
    const pace = { isBehind: () => false, probe: () => probe };
    const write = (bytes: Buffer): void => void written.push(bytes);
    const close = (): void => undefined;
    const outlets = [1, 2, 3].map(() => new Outlet({ encoder: lineEncoder, pace, write, close }));
    const room: Audience = { sockets: new Set(outlets), batch: undefined };
    const { turn, end } = handTurn();
    turn.publish(room, '1', undefined, latest('a'));
    turn.publish(room, '2', undefined, VOLATILE);
    turn.send(outlets[2] as Outlet, 'own');
    turn.publish(room, '3', undefined, latest('a'));
    end();
    t.strictSame(written.map(String).sort(), ['2\n3\n?\n', '2\n3\n?\n', '2\nown\n3\n?\n']);
    t.equal(new Set(written).size, 2);
    written.length = 0;
    turn.publish(room, 'plain');
    end();
    t.strictSame(
      written.map(String),
      ['plain\n', 'plain\n', 'plain\n'],
      'plain events bring no probe',
    );
  },
);
