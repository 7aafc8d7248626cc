import type { Item } from '../../wire/cluster';
import type { MemberChange, PublishOptions } from '../broker';

/** A member's item of a topic, as listeners hear it. */
export function changeOf(item: Extract<Item, { kind: 'member' }>): MemberChange {
  const { userId, userInfo, seq, added } = item;
  return { userId, userInfo, seq, added };
}

/** Options of an event of a topic; undefined where it has none. */
export function optionsOf({
  except,
  cacheMs,
  latest,
  volatile,
}: Extract<Item, { kind: 'event' }>): PublishOptions | undefined {
  const isPlain =
    except === undefined && cacheMs === undefined && latest === undefined && volatile !== true;
  return isPlain ? undefined : { except, cacheMs, latest, volatile };
}
