import fc from 'fast-check';
import t from 'tap';
import type { Unavailable, Written } from '../../../../lib/brokers/broker';
import { KeptRecords } from '../../../../lib/brokers/memory/kept-records';
import { Partition } from '../../../../lib/gateway/core/streams/partition';
import { readStream, type StreamHead } from '../../../../lib/gateway/core/streams/stream-records';
import { StreamStore } from '../../../../lib/gateway/core/streams/stream-store';
import { Budget } from '../../../../lib/stream/budget';
import { InFlight } from '../../../../lib/stream/in-flight';
import { EventKind, type PipeEvent } from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import { runs } from '../../../support/depth';

const EPOCH = 7;
const PARTITIONS = 2;
const TTL_MS = 100_000;
const NAME = 'name chat';

type Step =
  | { do: 'append'; in: number; count: number }
  | { do: 'send' | 'ack'; in: number; share: number }
  | { do: 'finish'; in: number; share: number; length: number }
  | { do: 'replace' | 'newEpoch' | 'miss'; in: number }
  | { do: 'turn' | 'commit' | 'lose' | 'die' }
  | { do: 'away'; forMs: number };

/** A stream of two partitions, and the records that it has in an engine. */
class Stream {
  readonly clock = new ManualClock();
  partitions: readonly Partition[] = [];
  store!: StreamStore;
  records = new KeptRecords();
  /** Moment until which the engine does not answer. */
  awayUntilMs = 0;
  wasAway = false;
  lives = 0;
  #made = 0;
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
    this.begin();
  }

  /** Another gateway goes on with the records; the first one begins anew. */
  begin(): void {
    const stored = readStream(this.read());
    const budget = new Budget({ maxEntries: this.#maxEntries, maxBytes: 1e9 });
    const make = (_: unknown, at: number): Partition =>
      new Partition(at, { epoch: EPOCH, budget }, stored?.logs.get(at));
    this.partitions = Array.from({ length: PARTITIONS }, make);
    this.lives++;
    const head: StreamHead = {
      ...{ name: 'chat', order: 'socket', mode: 'sticky', overflow: 'gap' },
      ...{
        partitions: PARTITIONS,
        id: 'stream',
        epoch: EPOCH,
        home: 1,
        lives: this.lives,
        nodes: [],
        owed: [],
      },
    };
    this.store = new StreamStore(
      {
        clock: this.clock,
        broker: {
          write: (name, records, options): Written | Unavailable => {
            const now = this.clock.now();
            if (now < this.awayUntilMs) return 'unavailable';
            return this.records.write(name, records, options, now);
          },
        },
        ...{ name: NAME, ttlMs: TTL_MS, head: () => head },
        refused: () => undefined,
      },
      this.partitions,
      stored,
    );
    for (const { log } of this.partitions) log.attach(log.committed, flight());
  }

  read(): ReadonlyMap<string, Uint8Array> {
    return this.records.read(NAME, this.clock.now());
  }

  event(): PipeEvent {
    const data = `${++this.#made}`;
    return { kind: EventKind.MESSAGE, socketId: '1.1', event: 'e', data, time: this.#made };
  }

  run(step: Step): void {
    const partition = 'in' in step ? (this.partitions[step.in] as Partition) : undefined;
    const { log } = partition ?? this.partitions[0]!;
    switch (step.do) {
      case 'append':
        for (let i = 0; i < step.count; i++) {
          const event = this.event();
          this.store.appended(partition as Partition, log.append(event, 100), event);
        }
        break;
      case 'send':
        log.take(Math.ceil(step.share * 10), Infinity);
        break;
      case 'ack': {
        const { offset } = log.committed;
        const to = offset + Math.floor((log.sentUpTo - offset) * step.share);
        if (to >= offset && log.ack({ epoch: log.epoch, offset: to })) this.store.changed();
        break;
      }
      case 'finish': {
        const { offset } = log.committed;
        const first = offset + 2 + Math.floor((log.sentUpTo - offset) * step.share);
        const last = Math.min(first + step.length, log.sentUpTo);
        if (first > last) break;
        log.ack({ epoch: log.epoch, offset, finished: [{ first, last }] });
        this.store.changed();
        break;
      }
      case 'replace': {
        const place = { epoch: log.epoch, offset: log.top };
        const event = this.event();
        if (log.replace(place, event, 100)) {
          this.store.appended(partition as Partition, log.top, event);
        }
        break;
      }
      case 'newEpoch':
        log.newEpoch('node_lost');
        this.store.changed();
        break;
      case 'miss':
        log.miss('node_lost');
        this.store.changed();
        break;
      case 'turn':
        this.clock.advance(0);
        break;
      case 'commit':
        this.clock.advance(60);
        break;
      case 'lose':
        this.records = new KeptRecords();
        this.store.lost();
        break;
      case 'away':
        this.awayUntilMs = this.clock.now() + step.forMs;
        this.wasAway = true;
        break;
      case 'die':
        // The engine has it whole; otherwise the next gateway would begin anew, and tell so.
        this.settle();
        this.store.close();
        this.begin();
    }
  }

  /** Time in which all is written. */
  settle(): void {
    for (let i = 0; i < 60; i++) this.clock.advance(100);
  }
}

function flight(): InFlight {
  const flight = new InFlight();
  flight.grant({ messages: 1e9, bytes: 1e12 });
  return flight;
}

/** Unfinished events by partition, epoch and offset, and losses that are to be told. */
function unfinished(partitions: readonly Partition[]): string[] {
  const events: string[] = [];
  for (const { number, log } of partitions) {
    if (log.missed !== undefined) events.push(`${number} ${log.missed}`);
    log.eachAfter(log.committed.offset, ({ data }, offset) => {
      events.push(`${number} ${log.epoch} ${offset} ${data}`);
    });
  }
  return events;
}

/** The stream as the next gateway would have it. */
function restored({ records, clock }: Stream): readonly Partition[] {
  const stored = readStream(records.read(NAME, clock.now()));
  const budget = new Budget({ maxEntries: 1e6, maxBytes: 1e9 });
  return Array.from(
    { length: PARTITIONS },
    (_, at) => new Partition(at, { epoch: EPOCH, budget }, stored?.logs.get(at)),
  );
}

const place = fc.nat({ max: PARTITIONS - 1 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append'),
        in: place,
        count: fc.integer({ min: 1, max: 400 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('send'), in: place, share }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('ack'), in: place, share }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('finish'), in: place, share, length: fc.nat(9) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('replace'), in: place }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('newEpoch', 'miss'), in: place }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('turn', 'commit') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose', 'die') }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('away'), forMs: fc.integer({ min: 1, max: 3000 }) }),
    },
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

t.test('the next gateway has each unfinished event in its place, and no other', async (t) => {
  fc.assert(
    fc.property(steps, fc.constantFrom(50, 1000), (all, maxEntries) => {
      const stream = new Stream(maxEntries);
      for (const step of all) stream.run(step);
      stream.settle();
      t.strictSame(unfinished(restored(stream)), unfinished(stream.partitions));
      const next = restored(stream);
      stream.partitions.forEach(({ log }, at) => {
        const other = next[at]?.log;
        if (log.top > 0 || log.epoch > EPOCH) {
          t.equal(other?.epoch, log.epoch);
          t.ok((other?.top ?? 0) >= log.top, 'no offset is given out twice');
        }
        log.ack({ epoch: log.epoch, offset: log.committed.offset });
      });
      stream.store.close();
    }),
    { numRuns: runs(200) },
  );
});

t.test('records of finished events are taken out', async (t) => {
  fc.assert(
    fc.property(steps, (all) => {
      const stream = new Stream(1e6);
      for (const step of all) stream.run(step);
      stream.settle();
      for (const { log } of stream.partitions) {
        // A gap waits until what was sent before it is acknowledged.
        while (log.pending) {
          if (log.take(1e6, Infinity) === undefined)
            log.ack({ epoch: log.epoch, offset: log.sentUpTo });
        }
        log.ack({ epoch: log.epoch, offset: log.sentUpTo });
      }
      stream.store.changed();
      stream.settle();
      const entries = [...stream.read().keys()].filter((field) => field.startsWith('e'));
      t.strictSame(entries, []);
      stream.store.drop();
      t.equal(stream.read().size, 0);
    }),
    { numRuns: runs(100) },
  );
});

t.test('events are written in their turn, and read with all that they carry', async (t) => {
  const stream = new Stream(1000);
  const [partition] = stream.partitions as [Partition];
  const event: PipeEvent = {
    ...{ kind: EventKind.CLOSE, socketId: '1.2', channel: 'room', event: 'e', data: '{"å":1}' },
    ...{ time: 12, userId: 'ann', redelivered: true, code: 1006, reason: 'gone' },
    ...{ conflated: 3, conflatable: true },
  };
  stream.store.appended(partition, partition.log.append(event, 100), event);
  stream.clock.advance(0);
  const [next] = restored(stream) as [Partition];
  t.match(next.log.at({ epoch: EPOCH, offset: 1 }), event);
  t.equal(next.log.sent, 1, 'it may have been sent');
  stream.store.close();
});

t.test(
  'an engine that was away for long gets the whole stream, or nothing of it counts',
  async (t) => {
    const stream = new Stream(1e6);
    stream.clock.advance(0);
    const [partition] = stream.partitions as [Partition];
    stream.run({ do: 'away', forMs: 10_000 });
    stream.run({ do: 'append', in: 0, count: 5000 });
    stream.clock.advance(9000);
    t.equal(unfinished(restored(stream)).length, 0);
    stream.settle();
    t.equal(unfinished(restored(stream)).length, partition.log.unfinished);
    t.equal(partition.log.unfinished, 5000);
    stream.store.close();
  },
);

t.test(
  'a stream in which nothing happens stays in the engine, and not longer than its gateway',
  async (t) => {
    const stream = new Stream(1000);
    stream.clock.advance(TTL_MS * 5);
    t.ok(readStream(stream.read()));
    stream.store.close();
    stream.clock.advance(TTL_MS);
    t.equal(stream.read().size, 0);
  },
);

t.test('records that are not those of a stream are none, and end nothing', async (t) => {
  const stream = new Stream(1000);
  stream.run({ do: 'append', in: 0, count: 3 });
  stream.settle();
  const whole = [...stream.read()];
  t.ok(readStream(new Map(whole)));
  for (const [field] of whole) {
    for (const bytes of [Buffer.of(), Buffer.of(255, 1, 2), Buffer.from('{"epoch":"x"}')]) {
      const broken = readStream(new Map([...whole, [field, bytes]]));
      t.equal(broken, undefined, `${field} ${bytes.toString('hex')}`);
    }
  }
  t.equal(readStream(new Map(whole.filter(([field]) => field !== 'head'))), undefined);
  stream.store.close();
});

t.test('offsets that may have been given out take no room of a stream that goes on', async (t) => {
  const stream = new Stream(10);
  stream.run({ do: 'append', in: 0, count: 5 });
  const before = unfinished(stream.partitions);
  stream.run({ do: 'die' });
  stream.run({ do: 'append', in: 0, count: 5 });
  const { log } = stream.partitions[0]!;
  t.strictSame(unfinished(stream.partitions).slice(0, 5), before);
  t.equal(log.unfinished, 10);
  t.ok(log.top > 1000);
  stream.run({ do: 'append', in: 1, count: 3 });
  t.equal(log.unfinished, 7, 'the limit holds');
  stream.store.close();
});

t.test(
  'a stream that goes on again and again drops nothing for offsets without events',
  async (t) => {
    const stream = new Stream(100);
    for (let life = 1; life <= 5; life++) {
      for (const at of [0, 1]) stream.run({ do: 'append', in: at, count: 5 });
      const before = unfinished(stream.partitions);
      t.equal(before.length, 10 * life);
      stream.run({ do: 'die' });
      t.strictSame(unfinished(stream.partitions), before);
    }
    const [{ log }] = stream.partitions as [Partition];
    t.equal(log.length, 25);
    const flight = new InFlight();
    flight.grant({ messages: 100, bytes: 1e6 });
    log.attach(log.committed, flight);
    log.take(100, 1e6);
    log.ack({ epoch: EPOCH, offset: log.sentUpTo });
    t.equal(log.length, 20, 'and its room is counted right behind that');
    stream.store.close();
  },
);

t.test(
  'offsets that were given out, and not written before the end, are not given out again',
  async (t) => {
    const stream = new Stream(1e6);
    stream.run({ do: 'append', in: 0, count: 3 });
    stream.settle();
    // A backend may have had these: it would take others of the same offsets for repeated ones.
    for (const at of [0, 1]) stream.run({ do: 'append', in: at, count: 500 });
    const tops = stream.partitions.map(({ log }) => log.top);
    stream.store.close();
    stream.begin();
    stream.partitions.forEach(({ log }, at) => t.ok(log.top >= tops[at]!, `partition ${at}`));
    t.equal(stream.partitions[0]?.log.unfinished, 3);
    stream.store.close();
  },
);
