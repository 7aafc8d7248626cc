import { deferred } from '../../util/deferred';
import type { Clock } from '../../util/timers';
import type { Inbox } from '../inbox/inbox';
import type { Sender } from '../outbox/sender';
import type { Link } from './link';

/** Parts of a client that is about to disconnect. */
export interface Draining {
  readonly inbox: Inbox;
  readonly sender: Sender;
  readonly link: Link;
  readonly clock: Clock;
}

/**
 * Takes no more events, and waits for running handlers, for answers to commands and, if others would get finished events
 * again, for a lost connection; for so long in all.
 */
export async function drained(
  { inbox, sender, link, clock }: Draining,
  drainMs: number,
): Promise<void> {
  const limit = deferred<void>();
  const timer = clock.setTimeout(() => limit.resolve(), drainMs);
  // Handlers may still send their answers; the outbox closes after them.
  await Promise.race([inbox.stop(), limit.promise]);
  await Promise.race([sender.close(), limit.promise]);
  if (inbox.isUntold) await Promise.race([link.settled(), limit.promise]);
  clock.clearTimeout(timer);
}
