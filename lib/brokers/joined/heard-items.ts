import type { Item } from '../../wire/cluster';
import type { AppListener, MemberChange, PublishOptions } from '../broker';
import type { AppParts } from './parts';

/** Tells an app the items of a channel's topic, and other nodes their receipts. Returns the highest number of an item. */
export function tellHeard(
  parts: AppParts,
  listener: AppListener | undefined,
  channel: string,
  items: readonly Item[],
): number {
  const { metrics, receipts } = parts;
  let highest = 0;
  for (const item of items) {
    metrics.received++;
    if (item.seq > highest) highest = item.seq;
    if (item.kind === 'count') listener?.counted(channel, item.total);
    else if (item.kind === 'member') listener?.member(channel, changeOf(item));
    else {
      const { text, receipt, from, seq } = item;
      const sockets = listener?.published(channel, text, optionsOf(item), seq) ?? 0;
      if (receipt === 0) continue;
      if (from === parts.node()) receipts.counted(receipt, sockets);
      else parts.mailbox.post(from, { kind: 'receipt', receipt, sockets });
    }
  }
  return highest;
}

/** A member's item of a topic, as listeners hear it. */
function changeOf(item: Extract<Item, { kind: 'member' }>): MemberChange {
  const { userId, userInfo, seq, added } = item;
  return { userId, userInfo, seq, added };
}

/** Options of an event of a topic; undefined where it has none. */
function optionsOf({
  except,
  cacheMs,
  latest,
  volatile,
}: Extract<Item, { kind: 'event' }>): PublishOptions | undefined {
  const isPlain =
    except === undefined && cacheMs === undefined && latest === undefined && volatile !== true;
  return isPlain ? undefined : { except, cacheMs, latest, volatile };
}
