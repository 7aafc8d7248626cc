import assert from 'node:assert/strict';
import type { Outcome } from '../../../lib/stream/outbox';
import type { Run } from '../../../lib/stream/send-buffer';
import type { Modules } from './modules';
import type { Step } from './steps';

export const UP_ACTIONS = 16;

const MAX_ENTRIES = 12;
const MAX_BYTES = 40;
const HIGH = 0.5;

interface Command {
  id: number;
  bytes: number;
  receipt: boolean;
  refuse: boolean;
}

interface Answer {
  seq: number;
  refused: Array<{ seq: number; code: number; message: string }>;
  receipts: Array<{ seq: number; sockets: number }>;
}

/** An outbox and a gateway that applies strictly by number, over connections that end at any moment. */
export function upModel({ outbox: room, position }: Modules, sequence: Step[]): void {
  const outcomes = new Map<number, Outcome>();
  const accepted = new Map<number, Command>();
  const settledInOrder: number[] = [];
  let pausing = false;
  const taken = new Set<number>();
  const applied: number[] = [];
  const refused = new Set<number>();

  const size = (): { length: number; bytes: number } => {
    const open = [...accepted.values()].filter(({ id }) => !outcomes.has(id));
    return { length: open.length, bytes: open.reduce((sum, { bytes }) => sum + bytes, 0) };
  };
  const outbox = new room.Outbox<Command>({
    maxEntries: MAX_ENTRIES,
    maxBytes: MAX_BYTES,
    highWaterRatio: HIGH,
    awaitsReceipt: (command) => command.receipt,
    settle: (command, outcome) => {
      assert.ok(accepted.has(command.id), 'only what was accepted');
      assert.ok(!outcomes.has(command.id), 'one outcome each');
      outcomes.set(command.id, outcome);
      if (!command.receipt) settledInOrder.push(command.id);
    },
    drained: () => {
      assert.ok(pausing, 'drained follows high or full');
      const { length, bytes } = size();
      assert.ok(length <= (MAX_ENTRIES * HIGH) / 2 && bytes <= (MAX_BYTES * HIGH) / 2);
      pausing = false;
    },
  });

  let cursor = new position.Cursor();
  let answers = new Map<number, { refused: boolean; receipt: boolean; sockets: number }>();
  let peak = 0;
  let told = 0;
  let frames: Array<Run<Command>> = [];
  let acks: Answer[] = [];
  let lastAck: Answer = { seq: 0, refused: [], receipts: [] };
  let credit = { messages: 0, bytes: 0 };
  let ids = 0;

  const grant = (messages: number): void => {
    credit = { messages, bytes: messages * 4 };
    outbox.grant(credit);
  };
  const offer = (n: number): void => {
    ids += 1;
    const command = { id: ids, bytes: n % 7, receipt: n % 4 === 0, refuse: n % 5 === 1 };
    const before = size();
    const fits = before.length < MAX_ENTRIES && before.bytes + command.bytes <= MAX_BYTES;
    accepted.set(ids, command);
    const answer = outbox.offer(command, command.bytes);
    if (!fits) accepted.delete(ids);
    const { length, bytes } = size();
    const high = length > MAX_ENTRIES * HIGH || bytes > MAX_BYTES * HIGH;
    assert.equal(answer, !fits ? 'full' : high ? 'high' : 'ok');
    if (answer !== 'ok') pausing = true;
  };
  const send = (maxEntries: number): boolean => {
    const batch = outbox.take(maxEntries, 15);
    if (batch === undefined) return false;
    for (const { id } of batch.entries) taken.add(id);
    const end = batch.first + batch.entries.length;
    peak = Math.max(peak, end - 1);
    assert.ok(end - outbox.nextSeq <= credit.messages, 'credit');
    frames.push(batch);
    return true;
  };
  const gatewayReads = (): void => {
    const frame = frames.shift();
    if (frame === undefined) return;
    const repeated = cursor.accept(frame.first, frame.entries.length);
    assert.notEqual(repeated, undefined, 'no honest outbox leaves a hole');
    for (let i = repeated as number; i < frame.entries.length; i += 1) {
      const { id, refuse, receipt } = frame.entries[i] as Command;
      if (refuse) refused.add(id);
      else applied.push(id);
      answers.set(frame.first + i, { refused: refuse, receipt: receipt && !refuse, sockets: id });
    }
  };
  const gatewayAcks = (from: number, withReceipts: boolean): void => {
    const answer: Answer = { seq: cursor.next - 1, refused: [], receipts: [] };
    for (const [seq, what] of answers) {
      if (seq < from) continue;
      if (what.refused && seq > told) answer.refused.push({ seq, code: 4216, message: 'stale' });
      if (!what.receipt || !withReceipts) continue;
      answer.receipts.push({ seq, sockets: what.sockets });
      what.receipt = false;
    }
    told = answer.seq;
    acks.push(answer);
  };
  const clientReads = (): void => {
    const ack = acks.shift();
    if (ack === undefined) return;
    lastAck = ack;
    assert.equal(
      outbox.applied(ack.seq, ack.refused, ack.receipts),
      true,
      'an honest ack is taken',
    );
  };
  const cut = (read: number): void => {
    for (let i = 0; i < read; i += 1) gatewayReads();
    frames = [];
    acks = [];
  };
  const resume = (): void => {
    const from = outbox.nextSeq;
    assert.ok(cursor.continues(from), 'rows 15 and 16');
    assert.equal(outbox.resume(cursor.next - 1), true);
    told = from - 1;
    gatewayAcks(from, from % 2 === 0);
  };
  const restart = (): void => {
    cursor = new position.Cursor();
    answers = new Map();
    peak = 0;
    told = 0;
    lastAck = { seq: 0, refused: [], receipts: [] };
    outbox.restart();
    assert.equal(outbox.nextSeq, 1);
  };

  for (const { action, n } of sequence) {
    const nextSeq = outbox.nextSeq;
    let fresh = false;
    if (action <= 3) offer(n);
    else if (action <= 5) send(1 + (n % 4));
    else if (action <= 7) gatewayReads();
    else if (action === 8) gatewayAcks(0, n % 2 === 0);
    else if (action <= 10) clientReads();
    else if (action === 11 && n < 8) {
      cut(n);
      resume();
    } else if (action === 12 && n < 3) {
      cut(n);
      restart();
      fresh = true;
    } else if (action === 13) {
      assert.equal(outbox.applied(peak + 1 + n, [], []), false);
      assert.equal(outbox.applied(peak, [{ seq: peak + 1, code: 1, message: '' }], []), false);
      assert.equal(outbox.applied(0, [], [{ seq: peak + 1, sockets: 1 }]), false);
      assert.equal(outbox.resume(peak + 1 + n), false);
      if (nextSeq > 1) assert.equal(outbox.resume(nextSeq - 2), false);
    } else if (action === 14) {
      assert.equal(
        outbox.applied(lastAck.seq, lastAck.refused, lastAck.receipts),
        true,
        'a repeated ack is no offence',
      );
    } else if (action === 15) grant(n);

    const { length, bytes } = size();
    assert.equal(outbox.length, length);
    assert.equal(outbox.bytes, bytes);
    assert.ok(length <= MAX_ENTRIES && bytes <= MAX_BYTES, 'the outbox is bounded');
    assert.ok(fresh || outbox.nextSeq >= nextSeq, 'acks only grow');
    assert.ok(outbox.unsent >= 0, 'counts are not negative');
  }

  if (sequence.length % 2 === 0) {
    outbox.clear();
  } else {
    grant(100);
    for (let busy = true; busy;) {
      busy = send(100);
      while (frames.length > 0) gatewayReads();
      gatewayAcks(0, true);
      while (acks.length > 0) clientReads();
    }
    assert.equal(outbox.unsent, 0);
    cut(0);
    resume();
    clientReads();
  }
  assert.equal(outbox.length, 0, 'everything has an outcome');
  assert.equal(outbox.bytes, 0);
  assert.deepEqual(applied, [...new Set(applied)], 'nothing is applied twice');
  assert.deepEqual(
    applied,
    applied.toSorted((a, b) => a - b),
    'applied in order',
  );
  assert.deepEqual(
    settledInOrder,
    settledInOrder.toSorted((a, b) => a - b),
  );
  for (const { id } of accepted.values()) {
    const outcome = outcomes.get(id);
    const reached = applied.includes(id) || refused.has(id);
    if (outcome?.status === 'applied') {
      assert.ok(applied.includes(id), 'applied means applied');
      assert.ok(outcome.sockets === undefined || outcome.sockets === id);
    } else if (outcome?.status === 'refused') assert.ok(refused.has(id));
    else if (outcome?.status === 'not_sent') assert.ok(!reached && !taken.has(id), 'surely zero');
    else {
      assert.equal(outcome?.status, 'unknown');
      assert.ok(taken.has(id), 'what was never sent is not unknown');
    }
  }
}
