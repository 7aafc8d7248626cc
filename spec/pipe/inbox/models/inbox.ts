import assert from 'node:assert/strict';
import type { Arrival } from '../../../../lib/pipe/inbox/arrival';
import type { Settings } from '../../../../lib/pipe/options';
import type { Deferred } from '../../../../lib/util/deferred';
import { deferred } from '../../../../lib/util/deferred';
import {
  EventKind,
  type Ack,
  type Frame,
  type PipeEvent,
  type PartitionPosition,
} from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import type { Modules } from '../../../stream/models/modules';
import type { Step } from '../../../stream/models/steps';
import { Beliefs, stateAfter } from './beliefs';

export const INBOX_ACTIONS = 25;
/** With a log that overflows. */
export const OVERFLOW_ACTIONS = 29;

const GRACE_MS = 5_000;
const SETTINGS = {
  group: { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' },
  ack: 'handled',
  concurrency: 1_000,
  slowHandlerMs: 1e9,
};

interface Running {
  arrival: Arrival;
  key: string;
  end: Deferred<void>;
}

/**
 * A partition between a gateway, the inbox of one member, and other members that take it over: a log, cuts that lose the
 * frames on their way, hand-overs in both directions, snapshots of the gateway's present state. The gateway is a naive
 * one by PROTOCOL.md.
 */
export async function inboxModel(
  { inbox: room }: Modules,
  sequence: Step[],
  { overflows }: { overflows: boolean },
): Promise<void> {
  const clock = new ManualClock();
  // A log that overflows has a client with little credit, which shows what is counted wrong. Without gaps nothing but
  // the events themselves makes good what a client missed.
  const messages = overflows ? 3 : 1_000;
  const settings = { ...SETTINGS, credit: { messages, bytes: 1e6 } } as unknown as Settings;
  const log: PipeEvent[] = [];
  const truth = { sockets: new Set<string>(), channels: new Set<string>() };
  let lives = 0;

  // ---- the gateway's end
  const finished = new Set<number>();
  let owner: 'us' | 'others' = 'us';
  let revoking = false;
  let generation = 1;
  let linked = false;
  let sentTo = 0;
  /** The first offset that was sent since the connection, or the generation, began. */
  let sentFrom = 1;
  /** Events that may be in flight. */
  let granted = 0;
  let snapshotDue = true;
  /** Frames of the client that the gateway has not read. */
  let up: Frame[] = [];
  let returnedWhileRunning = false;

  // ---- the client's end
  const running: Running[] = [];
  const begun = new Map<number, number>();
  const highest = new Map<string, number>();
  let revokedHere = false;
  let held = false;
  let commands = 0;
  let commandsSent = 0;
  /** Commands of handlers that have ended. */
  let owed = 0;

  // Thrown inside a handler, a failed assertion would count as a failed handler.
  const broken: string[] = [];
  const expect = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  const beliefs = new Beliefs(expect);
  const started = (arrival: Arrival): Promise<void> | undefined => {
    const { event, offset, source } = arrival;
    const key = event.userId ?? (event.socketId || (event.channel ?? ''));
    expect(!held, 'nothing begins while another member may have the partition');
    expect(!running.some((other) => other.key === key), 'one event of a key at a time');
    if (source === 'event') {
      expect(!revokedHere, 'nothing of a partition that is asked back begins');
      expect(!begun.has(offset), `offset ${offset} is handled twice in one process`);
      begun.set(offset, generation);
      expect(offset > (highest.get(key) ?? 0), 'events of a key in their order');
      highest.set(key, offset);
    }
    beliefs.tell(arrival);
    const quick = source !== 'event' || offset % 3 === 0;
    if (quick) return undefined;
    const end = deferred<void>();
    running.push({ arrival, key, end });
    expect(running.length <= messages, 'no more events than the credit are at hand');
    return end.promise;
  };

  const inbox = new room.Inbox(settings, clock, {
    deliver: started,
    send: (frame) => {
      if (linked) up.push(frame);
      if (linked && frame.type === 'returned') {
        if (running.some(({ arrival }) => arrival.source === 'event')) returnedWhileRunning = true;
        expect(commandsSent >= owed, 'commands of handlers leave before the partition');
        checkPosition(frame.position);
      }
      return linked;
    },
    ackDue: () => acknowledge(),
    failed: (error) => void broken.push(error.message),
    slow: () => undefined,
    commands: () => ({ queued: commands, sent: commandsSent }),
    sendCommands: () => undefined,
  });
  inbox.ask(true, true);

  const checkPosition = ({ offset, finished: ranges = [] }: PartitionPosition): void => {
    const told = (number: number): void => {
      const elsewhere = finished.has(number);
      const here = begun.has(number) && !running.some(({ arrival }) => arrival.offset === number);
      const known = log[number - 1];
      const isDone = elsewhere || here || known === undefined || isDropped(number);
      expect(isDone, `${number} is not finished`);
    };
    for (let number = 1; number <= offset; number += 1) told(number);
    for (const { first, last } of ranges) for (let i = first; i <= last; i += 1) told(i);
  };
  /** True when an event was left out: it was delivered already, or was replaced by a later one. */
  const isDropped = (number: number): boolean => {
    const event = log[number - 1] as PipeEvent;
    return event.kind !== EventKind.MESSAGE || event.conflatable === true;
  };
  const acknowledge = (): void => {
    if (!linked) return;
    const ack: Ack | undefined = inbox.takeAck();
    for (const position of ack?.positions ?? []) checkPosition(position);
    if (ack !== undefined) up.push({ type: 'ack', ...ack });
  };
  const take = ({ offset, finished: ranges = [] }: PartitionPosition): void => {
    for (let number = 1; number <= offset; number += 1) finished.add(number);
    for (const { first, last } of ranges) for (let i = first; i <= last; i += 1) finished.add(i);
  };
  const floor = (): number => {
    let done = 0;
    while (finished.has(done + 1)) done += 1;
    return done;
  };
  const assignment = () => ({ partition: 0, generation, epoch: 1, firstOffset: floor() + 1 });

  /** The state where the gateway stands: as of now, without the events that it has yet to send. */
  const snapshot = (): void => {
    const happened = log.filter((_, i) => i + 1 <= sentTo || finished.has(i + 1));
    const { sockets, channels } = stateAfter(happened);
    snapshotDue = false;
    inbox.snapshot({
      ...{ type: 'snapshot', partition: 0, epoch: 1, offset: sentTo, begin: true, end: true },
      ...{ coversSockets: true, coversChannels: true },
      sockets: [...sockets].map((id) => ({ id, channels: [] })),
      channels: [...channels].map((name) => ({ name, subscriptions: 1, members: [] })),
    });
  };
  const inFlight = (): number => {
    let count = 0;
    for (let offset = sentFrom; offset <= sentTo; offset += 1) {
      if (!finished.has(offset)) count += 1;
    }
    return count;
  };
  /** The log drops its oldest events, and the client is told that they do not come. */
  const lose = (count: number): void => {
    if (!linked || owner !== 'us' || revoking || inFlight() > 0) return;
    const first = Math.min(sentTo + count, log.length) + 1;
    if (first <= sentTo + 1) return;
    for (let offset = sentTo + 1; offset < first; offset += 1) finished.add(offset);
    const [after, oldEpoch, newEpoch] = [sentTo, 1, 1];
    sentTo = first - 1;
    sentFrom = first;
    inbox.gap({
      ...{ type: 'gap', partition: 0, oldEpoch, after, newEpoch, first },
      ...{ cause: 'overflow', count },
    });
    snapshot();
  };
  const send = (count: number): void => {
    if (!linked || owner !== 'us' || revoking) return;
    if (snapshotDue) return snapshot();
    let first = sentTo + 1;
    while (finished.has(first)) first += 1;
    if (first > log.length) return;
    count = Math.min(count, granted - inFlight());
    if (count <= 0) return;
    const events: PipeEvent[] = [];
    while (events.length < count && first + events.length <= log.length) {
      if (finished.has(first + events.length)) break;
      events.push({ ...(log[first + events.length - 1] as PipeEvent) });
    }
    const skipped = first - 1 - sentTo;
    sentTo = first + events.length - 1;
    inbox.take({ partition: 0, generation, epoch: 1, firstOffset: first, skipped, events });
  };
  const read = (count: number): void => {
    for (const frame of up.splice(0, count)) {
      if (frame.type === 'ack') {
        granted = frame.credit?.messages ?? granted;
        for (const position of frame.positions) {
          if (owner === 'us' && position.generation === generation) take(position);
        }
      } else if (frame.type === 'returned') {
        if (owner !== 'us' || frame.position.generation !== generation) continue;
        assert.ok(revoking, 'returned without being asked');
        take(frame.position);
        assert.ok(!returnedWhileRunning, 'returned while something of it runs');
        giveAway();
      }
    }
  };
  const giveAway = (): void => {
    owner = 'others';
    revoking = false;
    if (!linked) return;
    revokedHere = false;
    inbox.lost(0, generation);
  };
  /** Others handle some of what they have, the events of a key in their order. */
  const othersWork = (count: number): void => {
    if (owner !== 'others') return;
    const waiting = new Set<string>();
    for (let offset = 1; offset <= log.length && count > 0; offset += 1) {
      if (finished.has(offset)) continue;
      const { socketId, channel = '' } = log[offset - 1] as PipeEvent;
      const key = socketId || channel;
      if (waiting.has(key) || offset % 4 === count % 4) {
        waiting.add(key);
        continue;
      }
      finished.add(offset);
      count -= 1;
    }
  };
  const giveBack = (): void => {
    if (owner !== 'others') return;
    owner = 'us';
    generation += 2;
    sentTo = floor();
    sentFrom = sentTo + 1;
    snapshotDue = true;
    if (linked) inbox.assign([assignment()]);
  };
  const cut = (): void => {
    if (!linked) return;
    linked = false;
    up = [];
    revokedHere = false;
    inbox.away();
  };
  const pass = (ms: number): void => {
    if (!linked && clock.now() - awaySinceMs + ms >= GRACE_MS) {
      held = true;
      if (owner === 'us' && ms % 2 === 0) giveAway();
    }
    clock.advance(ms);
  };
  let awaySinceMs = 0;
  const attach = (): void => {
    if (linked) return;
    const positions = inbox.positions();
    granted = inbox.credit().messages;
    for (const position of positions) checkPosition(position);
    const [ours] = positions;
    const session = new Uint8Array(16);
    const isFirst =
      positions.length === 0 && generation === 1 && owner === 'us' && begun.size === 0;
    if (owner === 'us') {
      if (ours?.generation === generation) {
        take(ours);
        sentTo = ours.offset;
        snapshotDue = snapshotDue || ours.wantsSnapshot === true;
      } else {
        sentTo = floor();
        snapshotDue = true;
      }
    }
    sentFrom = sentTo + 1;
    held = false;
    linked = true;
    commandsSent = Math.max(0, commandsSent - 1);
    inbox.welcome({
      ...{ type: 'welcome', version: 1, verdict: isFirst ? 'new' : 'resumed', reason: '' },
      ...{ session, secret: session, nextSeq: 1, node: 'node', partitions: 1, unhandled: 0 },
      stream: 'stream-1',
      commandAck: { applied: 0, refused: [], receipts: [] },
      limits: { frameBytes: 0, batch: 0, dataBytes: 0, pingMs: 0, deadMs: 0 },
      assigned: owner === 'us' ? [assignment()] : [],
      graceMs: GRACE_MS,
    });
    inbox.opened();
    if (owner === 'us' && revoking) revoke();
  };
  const revoke = (): void => {
    revoking = true;
    if (!linked) return;
    revokedHere = true;
    inbox.revoke(0, generation, 1e9);
  };
  const happen = (what: number, n: number): void => {
    const slot = n % 3;
    const channel = `room-${slot}`;
    const id = [...truth.sockets].find((one) => one.startsWith(`${slot}.`));
    const time = 0;
    if (what === 0 && id === undefined) {
      const born = `${slot}.${(lives += 1)}`;
      truth.sockets.add(born);
      log.push({ kind: EventKind.OPEN, socketId: born, time });
    } else if (what === 1 && id !== undefined && n > 9) {
      truth.sockets.delete(id);
      log.push({ kind: EventKind.CLOSE, socketId: id, time });
    } else if (what === 2) {
      const has = truth.channels.has(channel);
      truth.channels[has ? 'delete' : 'add'](channel);
      const kind = has ? EventKind.VACATED : EventKind.OCCUPIED;
      log.push({ kind, socketId: '', channel, time });
    } else if (id !== undefined) {
      const conflatable = n % 2 === 0;
      log.push({ kind: EventKind.MESSAGE, socketId: id, event: 'say', conflatable, time });
    }
  };
  const finish = async (n: number): Promise<void> => {
    const [ended] = running.splice(n % Math.max(1, running.length), 1);
    if (ended === undefined) return;
    // Commands triggered by the handler before it ended.
    commands += 1;
    owed = commands;
    ended.end.resolve();
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  };
  const sendCommands = (): void => {
    if (!linked || commandsSent === commands) return;
    commandsSent = commands;
    inbox.commandsSent();
  };

  attach();
  for (const { action, n } of sequence) {
    if (action <= 6) happen([0, 0, 1, 2, 3, 3, 3][action] as number, n);
    else if (action <= 10) send(1 + (n % 4));
    else if (action <= 13) await finish(n);
    else if (action <= 15) read(1 + (n % 4));
    else if (action === 16 && n < 8) {
      cut();
      awaySinceMs = clock.now();
    } else if (action <= 18) attach();
    else if (action === 19 && n < 10 && owner === 'us' && !revoking && linked) revoke();
    else if (action === 20) {
      if (revoking && n < 6) giveAway();
      else othersWork(1 + (n % 3));
    } else if (action === 21 && n < 10) giveBack();
    else if (action === 22) pass(n * 500);
    else if (action === 24 && n < 8) snapshotDue = true;
    else if (action >= 25) lose(n % 5);
    else {
      acknowledge();
      sendCommands();
    }
    assert.deepEqual(broken, []);
  }

  // The network heals and the partition comes home: everything is handled, and what is believed is true.
  if (revoking) giveAway();
  attach();
  giveBack();
  log.push({ kind: EventKind.OCCUPIED, socketId: '', channel: 'last', time: 0 });
  truth.channels.add('last');
  for (let round = 0; round < log.length + 10; round += 1) {
    while (running.length > 0) await finish(0);
    send(100);
    // Acknowledgements that are due come by themselves.
    clock.advance(100);
    sendCommands();
    read(100);
  }
  assert.deepEqual(broken, []);
  for (let offset = 1; offset <= log.length; offset += 1) {
    assert.ok(finished.has(offset), `offset ${offset} is handled by nobody`);
  }
  cut();
  assert.equal(inbox.positions()[0]?.offset, log.length, 'the client knows it too');
  assert.deepEqual(beliefs.open(), new Set([...truth.sockets, ...truth.channels]), 'no ghosts');
}
