import type { CommandAck, PipeEvent, Run } from '../../../wire/frames';
import { WIRE_LIMITS } from '../../../wire/limits';
import type { Group } from '../../core/streams/group';
import { countUp } from '../../core/metrics';
import type { Partition, Snapshot } from '../../core/streams/partition';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';

/** Sockets or channels in one SNAPSHOT frame: with the longest names it stays far below a frame's limit. */
const SNAPSHOT_CHUNK = 1000;

/**
 * Writes what the ready partitions of a session have, as far as credit and the connection allow, and the answers to its
 * commands. Runs of all partitions share frames; a gap or a snapshot stands in its place between them. Partitions that
 * have nothing more are taken from `ready`.
 */
export function sendPartitions(
  { metrics }: PipeContext,
  group: Group,
  link: BackendLink,
  ready: Set<Partition>,
  answers: CommandAck | undefined,
): void {
  let runs: Run[] = [];
  const write = (): void => {
    if (runs.length === 0 && answers === undefined) return;
    if (runs.length === 0 && answers !== undefined) link.send({ type: 'commandAck', ...answers });
    else link.send({ type: 'events', runs, commandAck: answers });
    runs = [];
    answers = undefined;
  };
  let events = 0;
  // Those that are asked back are for their next owner, to whom they will be new.
  for (const partition of ready) if (group.revoking(partition)) ready.delete(partition);
  // What a gap swallows is made good by what is true now; an older snapshot would lack it.
  const gapped = [...ready].filter(({ log }) => log.gapDue);
  if (gapped.length > 0) group.capture(gapped);
  for (const partition of ready) {
    const { log, number, generation } = partition;
    while (link.writable) {
      if (partition.snapshot !== undefined && log.sentUpTo >= partition.snapshot.offset) {
        write();
        sendSnapshot(link, partition, partition.snapshot);
        partition.snapshot = undefined;
      }
      const taken = log.take(room(partition), WIRE_LIMITS.flushBytes);
      if (taken === undefined) break;
      if (taken.type === 'gap') {
        write();
        metrics.pipeEventsDropped += taken.gap.count;
        countUp(metrics.pipeGaps, taken.gap.cause);
        link.send({ type: 'gap', partition: number, ...taken.gap });
        continue;
      }
      const { epoch, first, events: batch } = taken;
      runs.push({
        partition: number,
        generation,
        epoch,
        firstOffset: first,
        events: marked(batch, first, partition.sentBefore),
      });
      events += batch.length;
      metrics.pipeEvents += batch.length;
      metrics.pipeEventsRedelivered += Math.max(
        0,
        Math.min(batch.length, partition.sentBefore - first + 1),
      );
      if (events >= WIRE_LIMITS.maxBatch) {
        write();
        events = 0;
      }
    }
    if (!log.pending && partition.snapshot === undefined) ready.delete(partition);
  }
  write();
}

/** How many events may follow: a snapshot stands exactly behind the last event that it holds. */
function room({ log, snapshot }: Partition): number {
  if (snapshot === undefined) return WIRE_LIMITS.maxBatch;
  return Math.min(WIRE_LIMITS.maxBatch, snapshot.offset - log.sentUpTo);
}

/** Events that an earlier owner was sent say so. */
function marked(events: PipeEvent[], first: number, sentBefore: number): PipeEvent[] {
  if (first > sentBefore) return events;
  return events.map((event, i) =>
    first + i <= sentBefore ? { ...event, redelivered: true } : event,
  );
}

function sendSnapshot(link: BackendLink, { number, log }: Partition, snapshot: Snapshot): void {
  const { offset, sockets, channels, coversSockets, coversChannels } = snapshot;
  const most = Math.max(sockets.length, channels.length);
  for (let at = 0; at === 0 || at < most; at += SNAPSHOT_CHUNK) {
    link.send({
      type: 'snapshot',
      partition: number,
      epoch: log.epoch,
      offset,
      begin: at === 0,
      end: at + SNAPSHOT_CHUNK >= most,
      coversSockets,
      coversChannels,
      sockets: sockets.slice(at, at + SNAPSHOT_CHUNK),
      channels: channels.slice(at, at + SNAPSHOT_CHUNK),
    });
  }
}
