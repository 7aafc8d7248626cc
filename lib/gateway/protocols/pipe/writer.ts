import type { CommandAck, PipeEvent, Run, SnapshotFrame } from '../../../wire/frames';
import { WIRE_LIMITS } from '../../../wire/limits';
import type { Group } from '../../core/streams/group';
import { countUp } from '../../core/metrics';
import type { Partition, Snapshot } from '../../core/streams/partition';
import type { BackendLink } from './backend-link';
import type { CommandAnswers } from './command-answers';
import type { PipeContext } from './context';

/** A frame of answers, or of a snapshot, is sent when it has reached about this size. */
export const PIECE_BYTES = 48 * 1024;
/** A partition that loses events without end is told the truth once in this time. */
const SNAPSHOT_INTERVAL_MS = 1_000;
/** Bytes that an event takes in a frame beside its data, about. */
const EVENT_BYTES = 32;
/** Bytes that a socket or channel takes in a snapshot beside its name, at most. */
const NAME_BYTES = 16;

/**
 * Writes the answers to a session's commands and the events of its ready partitions, as far as credit and the connection
 * allow. Runs of all partitions share frames; a gap or a snapshot stands in its place between them. Partitions that have
 * nothing more are taken from `ready`. Returns after how many milliseconds a snapshot falls due that had to wait; undefined
 * when none waits.
 */
export function sendPartitions(
  { metrics, clock }: PipeContext,
  group: Group,
  link: BackendLink,
  ready: Set<Partition>,
  answers: CommandAnswers,
): number | undefined {
  let ack: CommandAck | undefined;
  while (link.writable && (ack = answers.take(PIECE_BYTES)) !== undefined && answers.pending) {
    link.send({ type: 'commandAck', ...ack });
    ack = undefined;
  }
  let runs: Run[] = [];
  const write = (): void => {
    if (runs.length > 0) link.send({ type: 'events', runs, commandAck: ack });
    else if (ack !== undefined) link.send({ type: 'commandAck', ...ack });
    runs = [];
    ack = undefined;
  };
  // Partitions that are asked back are for their next owner, to whom their events will be new.
  for (const partition of ready) if (group.revoking(partition)) ready.delete(partition);
  for (const partition of ready) {
    if (partition.log.gapDue && partition.snapshot === undefined && link.writable) {
      write();
      tellGap(metrics, link, partition);
    }
  }
  const waitMs = capture(group, ready, clock.now());
  let events = 0;
  let bytes = 0;
  for (const partition of ready) {
    const { log, number, generation } = partition;
    if (partition.snapshot !== undefined) {
      write();
      if (!sendSnapshot(link, partition, partition.snapshot)) break;
    }
    while (link.writable) {
      // A gap that has fallen due since then has its turn when this one is over.
      if (log.gapDue) break;
      const taken = log.take(WIRE_LIMITS.maxBatch, WIRE_LIMITS.flushBytes);
      if (taken?.type !== 'run') break;
      const { epoch, first: firstOffset, skipped, events: batch } = taken;
      runs.push({
        partition: number,
        generation,
        epoch,
        firstOffset,
        skipped,
        events: marked(batch, firstOffset, partition.sentBefore),
      });
      events += batch.length;
      for (const { data } of batch) bytes += EVENT_BYTES + (data?.length ?? 0);
      metrics.pipeEvents += batch.length;
      metrics.pipeEventsRedelivered += Math.max(
        0,
        Math.min(batch.length, partition.sentBefore - firstOffset + 1),
      );
      // Written in pieces, so that the connection can say in between that it is full.
      if (events >= WIRE_LIMITS.maxBatch || bytes >= WIRE_LIMITS.flushBytes) {
        write();
        events = bytes = 0;
      }
    }
    if (!log.pending && partition.snapshot === undefined && !partition.owesSnapshot) {
      ready.delete(partition);
    }
  }
  write();
  return waitMs;
}

function tellGap(metrics: PipeContext['metrics'], link: BackendLink, partition: Partition): void {
  const taken = partition.log.take(1, 1);
  if (taken?.type !== 'gap') return;
  const { gap } = taken;
  metrics.pipeEventsDropped += gap.count;
  countUp(metrics.pipeGaps, gap.cause);
  link.send({ type: 'gap', partition: partition.number, ...gap });
  // The events that the gap has swallowed are made good by the truth.
  partition.oweSnapshot();
}

/** Captures the snapshots that are due, all at once, unless their partition was told the truth a moment ago. */
function capture(group: Group, ready: Iterable<Partition>, nowMs: number): number | undefined {
  const due: Partition[] = [];
  let waitMs: number | undefined;
  // Other nodes have yet to tell what is present there: the group is woken when they have.
  if (group.app.elsewhere?.isHeard === false) return undefined;
  for (const partition of ready) {
    if (!partition.snapshotDue) continue;
    const leftMs = partition.snapshotAtMs + SNAPSHOT_INTERVAL_MS - nowMs;
    if (leftMs <= 0) due.push(partition);
    else waitMs = Math.min(leftMs, waitMs ?? Infinity);
  }
  if (due.length > 0) group.capture(due);
  return waitMs;
}

/** Events with the mark `redelivered` on each that was sent to an earlier owner. */
function marked(events: PipeEvent[], first: number, sentBefore: number): PipeEvent[] {
  if (first > sentBefore) return events;
  return events.map((event, i) =>
    first + i <= sentBefore ? { ...event, redelivered: true } : event,
  );
}

/** Writes a snapshot piece by piece, as far as the connection takes it; true when it has come to its end. */
function sendSnapshot(link: BackendLink, partition: Partition, snapshot: Snapshot): boolean {
  const { offset, coversSockets, coversChannels, sockets, channels } = snapshot;
  const size = sockets.length + channels.length;
  while (link.writable) {
    const frame: SnapshotFrame = {
      type: 'snapshot',
      partition: partition.number,
      epoch: partition.log.epoch,
      offset,
      begin: snapshot.written === 0,
      end: false,
      coversSockets,
      coversChannels,
      sockets: [],
      channels: [],
    };
    let bytes = 0;
    while (snapshot.written < size && bytes < PIECE_BYTES) {
      const socket = sockets[snapshot.written];
      const channel = channels[snapshot.written - sockets.length];
      if (socket !== undefined) frame.sockets.push(socket);
      else if (channel !== undefined) frame.channels.push(channel);
      bytes += NAME_BYTES + (socket?.id ?? channel?.name ?? '').length;
      snapshot.written++;
    }
    frame.end = snapshot.written === size;
    link.send(frame);
    if (!frame.end) continue;
    partition.endSnapshot();
    return true;
  }
  return false;
}
