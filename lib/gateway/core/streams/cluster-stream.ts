import type { Rule } from '../../../wire/frames';
import type { ClusterStream } from '../model/app';
import type { Partition } from './partition';
import type { StreamStore } from './stream-store';

interface Streamed {
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
    get rules() {
      return group.rules;
    },
    missed() {
      for (const partition of group.partitions) {
        partition.log.newEpoch('node_lost');
        partition.oweSnapshot();
      }
      group.store?.changed();
      wake();
    },
    heard: wake,
    nodesChanged: () => group.store?.headChanged(),
    recordsLost: () => group.store?.lost(),
  };
}
