import fc from 'fast-check';
import t from 'tap';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type Audience,
  type Batch,
  type Encoder,
  Outlet,
} from '../../../../lib/gateway/core/fanout/outlet';
import { Turn, type TurnOptions } from '../../../../lib/gateway/core/fanout/turn';
import { webSocketEncoder } from '../../../../lib/gateway/transport/web-socket-encoder';
import { runs } from '../../../support/depth';

const SOCKETS = 5;
const AUDIENCES = 4;

/** A second carrier: texts with a line end after each. */
const lineEncoder: Encoder = {
  id: 1,
  encode(texts) {
    const ends: number[] = [];
    const parts = texts.map((text) => Buffer.from(`${text}\n`));
    parts.reduce((sum, part) => ends[ends.push(sum + part.length) - 1] as number, 0);
    return { bytes: Buffer.concat(parts), ends };
  },
};

/** The transport as a turn sees it: it takes bytes until it is closed. */
class Sink {
  readonly encoder: Encoder;
  readonly got: Buffer[] = [];
  end: string | undefined;

  constructor(encoder: Encoder) {
    this.encoder = encoder;
  }

  write(bytes: Buffer): void {
    if (this.end === undefined) this.got.push(Buffer.from(bytes));
  }

  close(code: number, reason: string): void {
    this.end ??= `${code} ${reason}`;
  }
}

interface Member extends Outlet {
  sink: Sink;
}

function outlet(encoder: Encoder = webSocketEncoder): Member {
  return new Outlet(new Sink(encoder)) as Member;
}

function audience(...sockets: Outlet[]): Audience {
  return { sockets: new Set(sockets), batch: undefined };
}

/** A turn that ends when told to. */
function handTurn(options?: TurnOptions): { turn: Turn; end: () => boolean; endAll: () => void } {
  const ends: Array<() => void> = [];
  const turn = new Turn((run) => ends.push(run), options);
  const end = (): boolean => {
    const run = ends.shift();
    run?.();
    return run !== undefined;
  };
  // As the event loop does: callbacks that are added meanwhile belong to the next turn.
  const endAll = (): void => {
    for (const run of ends.splice(0)) run();
  };
  return { turn, end, endAll };
}

/** The gateway that is easy to believe: every text goes to every socket at once, in the socket's own encoding. */
class Naive {
  readonly got: Buffer[][] = Array.from({ length: SOCKETS }, () => []);
  readonly ends = new Array<string | undefined>(SOCKETS).fill(undefined);
  readonly members = Array.from({ length: AUDIENCES }, () => new Set<number>());
  readonly #encoders: readonly Encoder[];

  constructor(encoders: readonly Encoder[]) {
    this.#encoders = encoders;
  }

  send(socket: number, text: string): void {
    if (this.ends[socket] !== undefined) return;
    this.got[socket]?.push((this.#encoders[socket] as Encoder).encode([text]).bytes);
  }

  publish(to: number, text: string, except: readonly number[]): void {
    for (const socket of this.members[to] ?? []) {
      if (!except.includes(socket)) this.send(socket, text);
    }
  }
}

const socket = fc.nat(SOCKETS - 1);
const channel = fc.nat(AUDIENCES - 1);
// Now and then a text so large that a few of them end the turn early.
const padding = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('', 'é€😀', 'x'.repeat(130)) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(70_000), 'é'.repeat(300_000)) },
);
const except = fc.option(fc.array(socket, { maxLength: 3 }), { nil: undefined });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('publish'), channel, except, padding }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send'), socket, padding }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join'), channel, socket }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave'), channel, socket }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close'), socket }) },
) as fc.Arbitrary<{
  do: 'publish' | 'send' | 'join' | 'leave' | 'end' | 'flush' | 'close';
  channel: number;
  socket: number;
  padding: string;
  except: number[] | undefined;
}>;

// Turns without a single special socket are rare in a mixture of everything, and have a path of their own.
const quiet = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('publish'), channel, padding }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end') }) },
) as typeof step;
const steps = fc.oneof(
  { weight: 4, arbitrary: fc.array(step, { size: 'max', maxLength: 120 }) },
  { weight: 1, arbitrary: fc.array(quiet, { size: 'max', maxLength: 30 }) },
);

t.test('every socket receives what it would if each text were written at once', async (t) => {
  const property = fc.property(
    fc.array(fc.boolean(), { minLength: SOCKETS, maxLength: SOCKETS }),
    fc.array(fc.tuple(channel, socket), { maxLength: 12 }),
    steps,
    // Turns that write everything, and turns that leave much for later.
    fc.constantFrom({}, { writeUnits: 2 }, { writeUnits: 2, smallAudience: 1 }),
    (lines, joined, sequence, options) => {
      const encoders = lines.map((line) => (line ? lineEncoder : webSocketEncoder));
      const outlets = encoders.map((encoder) => outlet(encoder));
      const audiences = Array.from({ length: AUDIENCES }, () => audience());
      const naive = new Naive(encoders);
      const { turn, end } = handTurn(options);
      const at = (i: number): Member => outlets[i] as Member;
      const join = (to: number, who: number): void => {
        turn.join(audiences[to] as Audience, at(who));
        naive.members[to]?.add(who);
      };
      for (const [to, who] of joined) join(to, who);
      sequence.forEach((each, i) => {
        const text = `${i}${each.padding}`;
        switch (each.do) {
          case 'publish':
            turn.publish(audiences[each.channel] as Audience, text, each.except?.map(at));
            return naive.publish(each.channel, text, each.except ?? []);
          case 'send':
            turn.send(at(each.socket), text);
            return naive.send(each.socket, text);
          case 'join':
            return join(each.channel, each.socket);
          case 'leave':
            turn.leave(audiences[each.channel] as Audience, at(each.socket));
            return naive.members[each.channel]?.delete(each.socket);
          case 'close':
            turn.close(at(each.socket), 4000 + i, 'why');
            return (naive.ends[each.socket] ??= `${4000 + i} why`);
          case 'end':
            return end();
          case 'flush':
            return turn.flush();
        }
      });
      // Pending events have always asked for the end of the turn.
      while (end());
      outlets.forEach(({ sink }, i) => {
        const got = Buffer.concat(sink.got);
        const want = Buffer.concat(naive.got[i] as Buffer[]);
        if (!got.equals(want))
          throw new Error(`socket ${i}\n got ${show(got)}\nwant ${show(want)}`);
        if (sink.end !== naive.ends[i]) throw new Error(`socket ${i} ended with ${sink.end}`);
      });
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: runs(600) }));
});

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 300));
}

t.test('texts are encoded once per encoder, however many sockets hear them', async (t) => {
  let calls = 0;
  let texts = 0;
  const counting = (encoder: Encoder): Encoder => ({
    id: encoder.id,
    encode(all) {
      calls++;
      texts += all.length;
      return encoder.encode(all);
    },
  });
  const encoders = [counting(webSocketEncoder), counting(lineEncoder)];
  const outlets = Array.from({ length: 100 }, (_, i) => outlet(encoders[i % 2] as Encoder));
  const { turn, end } = handTurn();
  const room = audience(...outlets);
  for (const text of ['a', 'b', 'c']) turn.publish(room, text);
  turn.publish(room, 'd', [outlets[0] as Outlet, outlets[1] as Outlet]);
  end();
  t.equal(calls, 2);
  t.equal(texts, 8);
  t.equal(outlets[2]?.sink.got.length, 1);
});

t.test('a socket is written to once in a turn, whatever the turn held for it', async (t) => {
  const alone = outlet();
  const both = outlet();
  const joiner = outlet();
  const one = audience(alone, both);
  const two = audience(both);
  const { turn, end } = handTurn();
  turn.publish(one, '1');
  turn.publish(two, '2');
  turn.send(both, '3');
  turn.join(one, joiner);
  turn.publish(one, '4', [alone]);
  turn.leave(two, both);
  turn.publish(one, '5');
  end();
  for (const { sink } of [alone, both, joiner]) t.equal(sink.got.length, 1);
  t.equal(end(), false, 'and the turn asked for one end only');
});

t.test('a socket of two channels hears them in the order of acceptance', async (t) => {
  const member = outlet();
  const one = audience(member);
  const two = audience(member);
  const { turn, end } = handTurn();
  turn.publish(one, '1');
  turn.publish(two, '2');
  turn.publish(one, '3');
  end();
  t.strictSame(member.sink.got, [webSocketEncoder.encode(['1', '2', '3']).bytes]);
});

t.test('sockets with nothing special share one buffer', async (t) => {
  const written: Buffer[] = [];
  const sink = {
    encoder: webSocketEncoder,
    write: (bytes: Buffer) => void written.push(bytes),
    close: () => undefined,
  };
  const outlets = [new Outlet(sink), new Outlet(sink), new Outlet(sink)];
  const room = audience(...outlets);
  const { turn, end } = handTurn();
  turn.publish(room, 'a');
  turn.publish(room, 'b', outlets.slice(2));
  end();
  t.equal(written.length, 3);
  t.equal(written[0], written[1], 'the same bytes');
  t.not(written[0], written[2], 'but for the one who was left out once');
});

t.test('a turn that grows too large is written early, in order', async (t) => {
  const member = outlet();
  const room = audience(member);
  const { turn, end } = handTurn();
  const text = (i: number): string => `${i}`.padEnd(64 * 1024, '.');
  for (let i = 0; i < 10; i++) {
    if (i % 3 === 0) turn.send(member, text(i));
    else turn.publish(room, text(i));
  }
  t.equal(member.sink.got.length, 2, 'twice 256 Ki characters have left already');
  end();
  const all = Array.from({ length: 10 }, (_, i) => text(i));
  t.ok(Buffer.concat(member.sink.got).equals(webSocketEncoder.encode(all).bytes));
});

t.test(
  'an event for many sockets is written in several turns, and one for few or one in its own',
  async (t) => {
    const { turn, end, endAll } = handTurn();
    const many = Array.from({ length: 10_000 }, () => outlet());
    const crowd = audience(...many);
    const few = outlet();
    const written = (): number => many.filter(({ sink }) => sink.got.length > 0).length;
    turn.publish(crowd, 'a');
    endAll();
    t.ok(written() > 0 && written() < 4_200, `${written()} of 10000 in the first turn`);
    turn.publish(audience(few), 'for few');
    turn.publish(crowd, 'b');
    turn.send(many[9_999] as Outlet, 'for one');
    turn.close(many[9_998] as Outlet, 4_000, 'why');
    t.equal(turn.behind, true);
    let caughtUp = false;
    turn.whenCaughtUp(() => (caughtUp = written() === 10_000));
    endAll();
    t.ok(written() < 10_000);
    t.equal(few.sink.got.length, 1, 'a small audience does not wait');
    const last = many[9_999] as Member;
    const texts = webSocketEncoder.encode(['a', 'b', 'for one']).bytes;
    t.strictSame(
      Buffer.concat(last.sink.got),
      texts,
      'nor a text for one, behind the events before it',
    );
    t.strictSame((many[9_998] as Member).sink.end, '4000 why');
    while (end());
    t.equal(caughtUp, true);
    t.equal(turn.behind, false);
    const both = webSocketEncoder.encode(['a', 'b']).bytes;
    t.ok(many.slice(0, -1).every(({ sink }) => Buffer.concat(sink.got).equals(both)));
    const parts = new Set(many.map(({ sink }) => sink.got.length));
    t.ok(parts.has(1), 'what came together leaves in one write');
  },
);

t.test('events that come faster than they are written are bounded', async (t) => {
  const { turn, end, endAll } = handTurn({ writeUnits: 10 });
  const sent = Array<number>(30).fill(0);
  const encoder = webSocketEncoder;
  const many = sent.map((_, i) => {
    const write = ({ length }: Buffer): void => void (sent[i] = (sent[i] ?? 0) + length);
    return new Outlet({ encoder, write, close: () => undefined });
  });
  const crowd: Audience = { sockets: new Set(many), batch: undefined };
  const text = 'x'.repeat(60_000);
  let most = 0;
  for (let i = 0; i < 160; i++) {
    turn.publish(crowd, text);
    endAll();
    most = Math.max(most, (i + 1) * 60_000 - Math.min(...sent));
  }
  t.ok(most < 5e6, `${most} bytes were due for a socket`);
  while (end());
  t.ok(sent.every((bytes) => bytes === 160 * 60_004));
});

t.test('a flush writes everything that is due', async (t) => {
  const { turn } = handTurn();
  const many = Array.from({ length: 5_000 }, () => outlet());
  const crowd = audience(...many);
  turn.publish(crowd, 'a');
  turn.flush();
  t.ok(many.every(({ sink }) => sink.got.length === 1));
  t.equal(turn.behind, false);
});

t.test('callbacks that wait for the write run after it, once', async (t) => {
  const member = outlet();
  const { turn, end } = handTurn();
  const seen: number[] = [];
  turn.send(member, 'a');
  turn.whenWritten(() => {
    seen.push(member.sink.got.length);
    // Sent meanwhile, so a matter of the next turn.
    turn.send(member, 'b');
  });
  end();
  end();
  t.strictSame(seen, [1]);
  t.equal(member.sink.got.length, 2);
});

t.test('nothing is kept after a turn was written', async (t) => {
  const { turn, end } = handTurn();
  const members = [outlet(), outlet(), outlet()];
  const [a, b, c] = members as [Member, Member, Member];
  const one = audience(a, b);
  const two = audience(b);
  turn.publish(one, '1', [a]);
  turn.publish(two, '2');
  turn.join(one, c);
  turn.leave(one, b);
  turn.send(c, '3');
  turn.publish(one, '4');
  const kept = [one, two].map((each) => new WeakRef(each.batch as Batch));
  end();
  for (const { special, batches, stays, privateTexts, privateSeqs, due } of members) {
    t.strictSame([special, batches, stays, privateTexts, privateSeqs, due], [false, ...none(5)]);
  }
  t.strictSame([one.batch, two.batch], none(2));
  // A WeakRef holds its target until the turn of the event loop that made it has ended.
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  t.strictSame(
    kept.map((batch) => batch.deref()),
    none(2),
  );
});

function none(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
}
