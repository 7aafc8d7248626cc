import fc from 'fast-check';
import { EventKind, RuleKind, Verb } from '../../lib/wire/frames';
import type {
  Ack,
  Command,
  CommandAck,
  Frame,
  PipeEvent,
  PartitionPosition,
  Run,
} from '../../lib/wire/frames';
import { codePoint } from './code-point';

/** Decoded objects have the usual prototype. */
const record = ((model: Record<string, fc.Arbitrary<unknown>>, constraints?: object) =>
  fc.record(model, { ...constraints, noNullPrototype: true })) as typeof fc.record;

/**
 * Any frame that the wire can carry, in the form in which it is decoded: optional fields are absent instead of empty.
 * Runs and commands number at most `maxEntries` each.
 */
export function arbitraryFrame(maxEntries = 8): fc.Arbitrary<Frame> {
  return fc.oneof(...Object.values(framesByType(maxEntries)));
}

/** An arbitrary for each type of frame. */
export function framesByType(maxEntries = 8): {
  [T in Frame['type']]: fc.Arbitrary<Extract<Frame, { type: T }>>;
} {
  return {
    hello: record(
      {
        type: fc.constant('hello'),
        version: uint32,
        library: text,
        group: record({
          name: text,
          order: fc.constantFrom('socket', 'channel'),
          mode: fc.constantFrom('sticky', 'shared', 'broadcast'),
          overflow: fc.constantFrom('gap', 'pause', 'close'),
        }),
        name: text,
        session: bytes,
        proof: bytes,
        attempt: uint32,
        positions: fc.array(position),
        nextSeq: whole,
        credit,
        rules: fc.array(rule),
      },
      {
        requiredKeys: [
          'type',
          'version',
          'library',
          'name',
          'session',
          'proof',
          'attempt',
          'positions',
          'nextSeq',
          'credit',
          'rules',
        ],
      },
    ),
    welcome: record(
      {
        type: fc.constant('welcome'),
        version: uint32,
        verdict: fc.constantFrom('new', 'resumed', 'reset'),
        reason: text,
        session: bytes,
        secret: bytes,
        nextSeq: whole,
        commandAck,
        limits: record({
          frameBytes: uint32,
          batch: uint32,
          dataBytes: uint32,
          pingMs: uint32,
          deadMs: uint32,
        }),
        partitions: uint32,
        assigned: fc.array(assignment),
        node: text,
        windowMs: uint32,
        graceMs: uint32,
        unhandled: whole,
        stream: text,
      },
      {
        requiredKeys: [
          'type',
          'version',
          'verdict',
          'reason',
          'session',
          'secret',
          'nextSeq',
          'commandAck',
          'limits',
          'partitions',
          'assigned',
          'node',
          'unhandled',
          'stream',
        ],
      },
    ),
    ready: fc.constant({ type: 'ready' }),
    events: record(
      {
        type: fc.constant('events'),
        runs: fc.array(arbitraryRun(maxEntries), { maxLength: maxEntries }),
        commandAck,
      },
      { requiredKeys: ['type', 'runs'] },
    ),
    ack: ack.map((value) => ({ type: 'ack', ...value })),
    commands: record(
      {
        type: fc.constant('commands'),
        firstSeq,
        commands: fc.array(arbitraryCommand, { maxLength: maxEntries }),
        ack,
      },
      { requiredKeys: ['type', 'firstSeq', 'commands'] },
    ),
    commandAck: commandAck.map((value) => ({ type: 'commandAck', ...value })),
    subscribe: record({ type: fc.constant('subscribe'), id: uint32, rules: fc.array(rule) }),
    subscribed: record(
      { type: fc.constant('subscribed'), id: uint32, error: wireError },
      { requiredKeys: ['type', 'id'] },
    ),
    gap: record({
      type: fc.constant('gap'),
      partition: uint32,
      oldEpoch: uint32,
      after: whole,
      newEpoch: uint32,
      first: whole,
      cause: fc.constantFrom('unspecified', 'overflow', 'expired', 'store_lost', 'node_lost'),
      count: whole,
    }),
    snapshot: record({
      type: fc.constant('snapshot'),
      partition: uint32,
      epoch: uint32,
      offset: whole,
      begin: fc.boolean(),
      end: fc.boolean(),
      coversSockets: fc.boolean(),
      coversChannels: fc.boolean(),
      sockets: fc.array(
        record(
          { id: text, userId: name, channels: fc.array(text) },
          { requiredKeys: ['id', 'channels'] },
        ),
      ),
      channels: fc.array(record({ name: text, subscriptions: uint32, members: fc.array(text) })),
    }),
    assign: record({ type: fc.constant('assign'), assigned: fc.array(assignment) }),
    revoke: record({
      type: fc.constant('revoke'),
      partition: uint32,
      generation: uint32,
      deadlineMs: uint32,
    }),
    returned: record({ type: fc.constant('returned'), position }),
    lost: record({ type: fc.constant('lost'), partition: uint32, generation: uint32 }),
    query: record({
      type: fc.constant('query'),
      id: uint32,
      method: text,
      params: data,
      deadlineMs: uint32,
    }),
    reply: record(
      {
        type: fc.constant('reply'),
        id: uint32,
        result: data,
        error: wireError,
        asOf: fc.array(position),
        more: fc.boolean(),
      },
      { requiredKeys: ['type', 'id', 'result', 'asOf', 'more'] },
    ),
    ping: record({ type: fc.constant('ping'), time }),
    pong: record({ type: fc.constant('pong'), time }),
    goAway: record({
      type: fc.constant('goAway'),
      deadlineMs: uint32,
      reason: text,
      nodes: fc.array(text),
    }),
    bye: record({ type: fc.constant('bye'), reason: text }),
    error: record({ type: fc.constant('error'), code: uint32, message: text }),
  };
}

const uint32 = fc.nat({ max: 0xffff_ffff });
const whole = fc.maxSafeNat();
/** Below 2^53-1 by more than any batch here is long. */
const firstSeq = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 10_000 });
const time = fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }).map((value) => value + 0);
const text = fc.string({ unit: codePoint });
/** Few enough that handles are used again. */
const name = fc.oneof(
  fc.constantFrom('a', 'private-room', 'presence-ä', '__proto__', 'constructor', 'error'),
  fc.string({ unit: codePoint, minLength: 1 }),
);
const data = fc.oneof(
  fc.json(),
  fc.json().map((json) => json.repeat(20)),
);
const bytes = fc.uint8Array({ maxLength: 32 });
const kind = fc.constantFrom(...Object.values(EventKind));
const ruleKind = fc.constantFrom(...Object.values(RuleKind));
const credit = record({ messages: uint32, bytes: uint32 });
/** Ranges above an offset, with an unfinished one before each. */
const position: fc.Arbitrary<PartitionPosition> = fc
  .tuple(
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 10_000 }),
    fc.array(fc.tuple(fc.integer({ min: 2, max: 90 }), fc.nat({ max: 90 })), { maxLength: 20 }),
    record({ partition: uint32, generation: uint32, epoch: uint32 }),
    fc.boolean(),
    fc.array(record({ offset: whole, count: uint32 }), { maxLength: 20 }),
  )
  .map(([offset, steps, of, wantsSnapshot, conflated]) => {
    let last = offset;
    const finished = steps.map(([skip, length]) => {
      const first = last + skip;
      last = first + length;
      return { first, last };
    });
    return {
      ...of,
      offset,
      ...(finished.length > 0 && { finished }),
      ...(wantsSnapshot && { wantsSnapshot }),
      ...(conflated.length > 0 && { conflated }),
    };
  });
const assignment = record({
  partition: uint32,
  generation: uint32,
  epoch: uint32,
  firstOffset: whole,
});
const yes = fc.constant(true);
const rule = record(
  { kind: ruleKind, channels: fc.array(text), events: fc.array(text), conflate: yes },
  { requiredKeys: ['kind', 'channels', 'events'] },
);
const wireError = record({ code: uint32, message: text });
const positive = fc.integer({ min: 1, max: 0xffff_ffff });

const ack: fc.Arbitrary<Ack> = record(
  {
    positions: fc.array(position),
    credit,
  },
  { requiredKeys: ['positions'] },
);

const commandAck: fc.Arbitrary<CommandAck> = record(
  {
    applied: whole,
    refused: fc.array(record({ seq: whole, code: uint32, message: text })),
    receipts: fc.array(record({ seq: whole, sockets: uint32 })),
    credit,
  },
  { requiredKeys: ['applied', 'refused', 'receipts'] },
);

export const arbitraryEvent: fc.Arbitrary<PipeEvent> = record(
  {
    kind,
    socketId: text,
    channel: name,
    event: name,
    data,
    time,
    userId: name,
    redelivered: yes,
    conflated: positive,
    conflatable: yes,
    trace: name,
    code: uint32,
    reason: name,
  },
  { requiredKeys: ['kind', 'socketId', 'time'] },
);

function arbitraryRun(maxEntries: number): fc.Arbitrary<Run> {
  return fc
    .tuple(
      record({
        partition: uint32,
        generation: uint32,
        epoch: uint32,
        firstOffset: firstSeq,
        events: fc.array(arbitraryEvent, { maxLength: maxEntries }),
      }),
      fc.oneof(fc.constant(0), fc.nat({ max: 1_000 })),
    )
    .map(([run, skipped]) =>
      skipped > 0 && skipped < run.firstOffset ? { ...run, skipped } : run,
    );
}

const arbitraryCommand: fc.Arbitrary<Command> = record(
  {
    verb: fc.constantFrom(...Object.values(Verb)),
    channel: name,
    channels: fc.array(name, { minLength: 1 }),
    event: name,
    data,
    socketId: name,
    userId: name,
    exceptSockets: fc.array(text, { minLength: 1 }),
    ifOccupied: yes,
    receipt: fc.constant('delivered' as const),
    origin: record({
      partition: uint32,
      generation: uint32,
      offset: whole,
      index: uint32,
    }),
    idempotencyKey: name,
    code: uint32,
    reason: name,
    latestKey: name,
    volatile: yes,
    trace: name,
  },
  { requiredKeys: ['verb'] },
);
