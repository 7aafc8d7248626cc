import type { PipeEvent, Rule } from '../../../wire/frames';
import { lost } from '../cluster/far-node';
import type { App, ClusterStream } from '../model/app';
import type { Partition } from './partition';
import type { StoredStream } from './stream-records';
import type { StreamStore } from './stream-store';

interface Streamed {
  readonly id: string;
  readonly rules: ReadonlyArray<readonly Rule[]>;
  readonly partitions: readonly Partition[];
  readonly store: StreamStore | undefined;
  owner(partition: Partition): { ready(partition: Partition): void } | undefined;
}

/** A group as the other nodes work with it: they report what its members ask for, and it tells these of what was lost. */
export function clusterStream(group: Streamed): ClusterStream {
  const wake = (): void => {
    for (const partition of group.partitions) group.owner(partition)?.ready(partition);
  };
  return {
    get id() {
      return group.id;
    },
    awaited: new Map(),
    reported: (node, number) => group.store?.reported(node, number) ?? true,
    get rules() {
      return group.rules;
    },
    missed() {
      for (const { log } of group.partitions) log.miss('node_lost');
      group.store?.changed();
      wake();
    },
    heard: wake,
    nodesChanged: () => group.store?.headChanged(),
    recordsLost: () => group.store?.lost(),
  };
}

/** A stream goes on with all that its gateway before this one may not have put in its log. */
export function goOn(
  group: { app: App; stream: ClusterStream; offer(event: PipeEvent): void },
  { owed, gone }: StoredStream,
  timeMs: number,
): void {
  const { app, stream } = group;
  app.elsewhere?.takeOver(stream, owed);
  // Sockets of nodes that died while nobody kept the stream.
  for (const socketId of gone) group.offer(lost(socketId, timeMs));
}
