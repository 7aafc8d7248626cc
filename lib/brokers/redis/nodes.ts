import { StandpipeError } from '../../errors';
import { systemClock } from '../../util/timers';
import { engineName, type RedisAddress } from './address';
import { Connection, reasonOf } from './connection';
import { AppKeys, NodeKeys } from './keys';

/** A node with a lease. */
export interface NodeInfo {
  node: number;
  /** Time until the lease is over, in ms. */
  leaseMs: number;
  /** Open sockets, over all apps. */
  sockets: number;
}

/** Nodes of a cluster that hold a lease. Rejects `broker_unavailable` or `broker_unsuitable`. */
export async function redisNodes({
  address,
  prefix = 'sp',
}: {
  address: RedisAddress;
  prefix?: string;
}): Promise<NodeInfo[]> {
  const connection = await Connection.open(address, {
    clock: systemClock,
    heard: () => undefined,
    prepare: () => Promise.resolve(),
  }).catch((error: unknown) => {
    if (error instanceof StandpipeError) throw error;
    const message = `${engineName(address)} can not be reached: ${reasonOf(error)}`;
    throw new StandpipeError('broker_unavailable', message, { cause: error });
  });
  try {
    const keys = new NodeKeys(prefix);
    const [leases, apps, time] = (await Promise.all([
      connection.send(['ZRANGE', keys.nodes, '0', '-1', 'WITHSCORES']),
      connection.send(['SMEMBERS', keys.apps]),
      connection.send(['TIME']),
    ])) as [string[], string[], [string, string]];
    const now = Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000);
    const nodes: NodeInfo[] = [];
    for (let i = 0; i + 1 < leases.length; i += 2) {
      const node = Number(leases[i]);
      const leaseMs = Number(leases[i + 1]) - now;
      if (leaseMs <= 0) continue;
      const counts = await Promise.all(
        apps.map((app) => connection.send(['SCARD', new AppKeys(prefix, app).nodeSockets(node)])),
      );
      const sockets = counts.reduce((sum: number, count) => sum + Number(count), 0);
      nodes.push({ node, leaseMs, sockets });
    }
    return nodes;
  } finally {
    connection.end();
  }
}
