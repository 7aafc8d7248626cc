import { standpipe } from '../../../proto/pipe';
import { ByteReader } from '../bytes/byte-reader';
import { checkConflated, checkFinished, time, whole } from '../bytes/checks';
import { CodecError } from '../codec-error';
import type {
  Assignment,
  CommandAck,
  Credit,
  Group,
  Limits,
  PartitionPosition,
  Rule,
  RuleKind,
  WireError,
} from '../frames';
import { WIRE_LIMITS } from '../limits';
import { CAUSES, MODES, ORDERS, OVERFLOWS, VERDICTS } from './enums';
import type { RareFrame } from './enums';

const v1 = standpipe.v1;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** By the number of the body's field in Frame. */
const READERS = new Map<number, (body: Uint8Array) => RareFrame>([
  [1, readHello],
  [2, readWelcome],
  [7, readSubscribe],
  [8, readSubscribed],
  [9, readGap],
  [10, readSnapshot],
  [11, (body) => ({ type: 'assign', assigned: v1.Assign.decode(body).assigned.map(assignment) })],
  [12, readRevoke],
  [13, readReturned],
  [14, readQuery],
  [15, readReply],
  [16, (body) => ({ type: 'ping', time: time(v1.Ping.decode(body).time) })],
  [17, (body) => ({ type: 'pong', time: time(v1.Pong.decode(body).time) })],
  [18, readGoAway],
  [19, (body) => ({ type: 'bye', reason: v1.Bye.decode(body).reason })],
  [20, (body) => ({ type: 'error', ...wireError(v1.Error.decode(body)) })],
  [21, readReady],
  [22, readLost],
]);

/**
 * Reads a body with the generated code, which throws errors of many kinds on bad bytes. Undefined when no frame of this
 * version has the number.
 */
export function readRareFrame(field: number, body: Uint8Array): RareFrame | undefined {
  const read = READERS.get(field);
  if (read === undefined) return undefined;
  countFields(body);
  return read(body);
}

/** Refuses a body of very many tiny fields before the generated code makes an object of each. */
function countFields(body: Uint8Array): void {
  const from = new ByteReader(body);
  for (let count = 0; from.position < from.length; count++) {
    if (count >= WIRE_LIMITS.maxListItems) {
      throw new CodecError(`the frame has more than ${WIRE_LIMITS.maxListItems} fields`);
    }
    from.skip(from.varint());
  }
}

function readHello(body: Uint8Array): RareFrame {
  const m = v1.Hello.decode(body);
  return {
    type: 'hello',
    version: m.version,
    library: m.library,
    group: m.group ? groupOf(m.group) : undefined,
    name: m.name,
    session: copy(m.session),
    proof: copy(m.proof),
    attempt: m.attempt,
    positions: m.positions.map(position),
    nextSeq: wide(m.nextSeq),
    credit: credit(m.credit),
    rules: m.rules.map(rule),
  };
}

function readWelcome(body: Uint8Array): RareFrame {
  const m = v1.Welcome.decode(body);
  return {
    type: 'welcome',
    version: m.version,
    verdict: known('verdict', VERDICTS, m.verdict),
    reason: m.reason,
    session: copy(m.session),
    secret: copy(m.secret),
    nextSeq: wide(m.nextSeq),
    commandAck: commandAck(m.commandAck),
    limits: limits(m.limits),
    partitions: m.partitions,
    assigned: m.assigned.map(assignment),
    node: m.node,
    windowMs: m.windowMs ?? undefined,
    graceMs: m.graceMs ?? undefined,
    unhandled: wide(m.unhandled),
    stream: m.stream,
  };
}

function readReady(body: Uint8Array): RareFrame {
  v1.Ready.decode(body);
  return { type: 'ready' };
}

function readSubscribe(body: Uint8Array): RareFrame {
  const m = v1.Subscribe.decode(body);
  return { type: 'subscribe', id: m.id, rules: m.rules.map(rule) };
}

function readSubscribed(body: Uint8Array): RareFrame {
  const m = v1.Subscribed.decode(body);
  return { type: 'subscribed', id: m.id, error: m.error ? wireError(m.error) : undefined };
}

function readGap(body: Uint8Array): RareFrame {
  const m = v1.Gap.decode(body);
  return {
    type: 'gap',
    partition: m.partition,
    oldEpoch: m.oldEpoch,
    after: wide(m.after),
    newEpoch: m.newEpoch,
    first: wide(m.first),
    cause: CAUSES[m.cause] ?? 'unspecified',
    count: wide(m.count),
  };
}

function readSnapshot(body: Uint8Array): RareFrame {
  const m = v1.Snapshot.decode(body);
  return {
    type: 'snapshot',
    partition: m.partition,
    epoch: m.epoch,
    offset: wide(m.offset),
    begin: m.begin,
    end: m.end,
    coversSockets: m.coversSockets,
    coversChannels: m.coversChannels,
    sockets: m.sockets.map((socket) => ({
      id: socket.id ?? '',
      userId: socket.user || undefined,
      channels: [...(socket.channels ?? [])],
    })),
    channels: m.channels.map((channel) => ({
      name: channel.name ?? '',
      subscriptions: channel.subscriptions ?? 0,
      members: [...(channel.members ?? [])],
    })),
  };
}

function readRevoke(body: Uint8Array): RareFrame {
  const m = v1.Revoke.decode(body);
  return {
    type: 'revoke',
    partition: m.partition,
    generation: m.generation,
    deadlineMs: m.deadlineMs,
  };
}

function readReturned(body: Uint8Array): RareFrame {
  return { type: 'returned', position: position(v1.Returned.decode(body).position ?? {}) };
}

function readLost(body: Uint8Array): RareFrame {
  const { partition, generation } = v1.Lost.decode(body);
  return { type: 'lost', partition, generation };
}

function readQuery(body: Uint8Array): RareFrame {
  const m = v1.Query.decode(body);
  return {
    type: 'query',
    id: m.id,
    method: m.method,
    params: text(m.params),
    deadlineMs: m.deadlineMs,
  };
}

function readReply(body: Uint8Array): RareFrame {
  const m = v1.Reply.decode(body);
  return {
    type: 'reply',
    id: m.id,
    result: text(m.result),
    error: m.error ? wireError(m.error) : undefined,
    asOf: m.asOf.map(position),
    more: m.more,
  };
}

function readGoAway(body: Uint8Array): RareFrame {
  const m = v1.GoAway.decode(body);
  return { type: 'goAway', deadlineMs: m.deadlineMs, reason: m.reason, nodes: [...m.nodes] };
}

function groupOf(m: standpipe.v1.Group.$Properties): Group {
  return {
    name: m.name ?? '',
    order: known('order', ORDERS, m.order),
    mode: known('mode', MODES, m.mode),
    overflow: known('overflow', OVERFLOWS, m.overflow),
  };
}

/** A limit that is not told is the one of the protocol. */
function limits(m: standpipe.v1.Limits.$Properties | null | undefined): Limits {
  return {
    frameBytes: m?.frameBytes ?? WIRE_LIMITS.maxFrameBytes,
    batch: m?.batch ?? WIRE_LIMITS.maxBatch,
    dataBytes: m?.dataBytes ?? WIRE_LIMITS.maxDataBytes,
    pingMs: m?.pingMs ?? WIRE_LIMITS.pingMs,
    deadMs: m?.deadMs ?? WIRE_LIMITS.deadMs,
  };
}

function rule(m: standpipe.v1.Rule.$Properties): Rule {
  const rule: Rule = {
    kind: (m.kind ?? 0) as RuleKind,
    channels: [...(m.channels ?? [])],
    events: [...(m.events ?? [])],
  };
  if (m.conflate === true) rule.conflate = true;
  return rule;
}

function position(m: standpipe.v1.Position.$Properties): PartitionPosition {
  const offset = wide(m.offset);
  const finished = m.finished?.length
    ? m.finished.map(({ first, last }) => ({ first: wide(first), last: wide(last) }))
    : undefined;
  checkFinished(offset, finished);
  const conflated = m.conflated?.length
    ? m.conflated.map((each) => ({ offset: wide(each.offset), count: each.count ?? 0 }))
    : undefined;
  checkConflated(conflated);
  return {
    partition: m.partition ?? 0,
    generation: m.generation ?? 0,
    epoch: m.epoch ?? 0,
    offset,
    finished,
    wantsSnapshot: m.wantsSnapshot || undefined,
    conflated,
  };
}

function assignment(m: standpipe.v1.Assignment.$Properties): Assignment {
  return {
    partition: m.partition ?? 0,
    generation: m.generation ?? 0,
    epoch: m.epoch ?? 0,
    firstOffset: wide(m.firstOffset),
  };
}

function commandAck(m: standpipe.v1.CommandAck.$Properties | null | undefined): CommandAck {
  return {
    applied: wide(m?.applied),
    refused: (m?.refused ?? []).map((refusal) => ({
      seq: wide(refusal.seq),
      code: refusal.code ?? 0,
      message: refusal.message ?? '',
    })),
    receipts: (m?.receipts ?? []).map((receipt) => ({
      seq: wide(receipt.seq),
      sockets: receipt.sockets ?? 0,
    })),
    credit: m?.credit ? credit(m.credit) : undefined,
  };
}

/** A uint64, which the generated code reads as a number or, where the package `long` is installed, as two halves. */
function wide(value: unknown): number {
  if (typeof value !== 'object' || value === null) return whole((value as number | undefined) ?? 0);
  const { high, low } = value as { high: number; low: number };
  return whole((high >>> 0) * 0x1_0000_0000 + (low >>> 0));
}

function credit(m: standpipe.v1.Credit.$Properties | null | undefined): Credit {
  return { messages: m?.messages ?? 0, bytes: m?.bytes ?? 0 };
}

function wireError(m: standpipe.v1.Error.$Properties): WireError {
  return { code: m.code ?? 0, message: m.message ?? '' };
}

/** The word for the number of an enum; a number without one is refused. */
function known<T>(
  what: string,
  words: readonly T[],
  number: number | null | undefined,
): NonNullable<T> {
  const word = words[number ?? 0];
  if (word === undefined || word === null) throw new CodecError(`${what} ${number} is not known`);
  return word;
}

/** Generated code hands out views; a copy lets go of the frame. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function text(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}
