import type { NodesPage } from '../api';
import type { ConsoleContext } from '../context';
import { digestOf } from './config';
import { pointNow } from './points';

/** This gateway, as one of the nodes. */
export function nodesPage(context: ConsoleContext): NodesPage {
  const { cpu, lateMs, sockets } = pointNow(context);
  const row = {
    node: context.node(),
    isThis: true,
    version: context.version,
    startedAt: context.startedAt,
    ...{ sockets, cpu, lateMs },
    rssBytes: context.series.samples.at(-1)?.rssBytes ?? process.memoryUsage.rss(),
    broker: context.brokerState(),
    configuration: digestOf(context.settings()),
  };
  return { rows: [row], nodes: { asked: 1, answered: 1 } };
}
