import * as messages from '../../../pusher/messages';
import type { Clock } from '../../../util/timers';
import type { Hub } from '../../core/hub';
import type { Metrics } from '../../core/metrics';
import type { Parts } from '../../core/parts';
import type { Router } from '../../core/router';
import type { Socket } from '../../core/model/socket';
import type { Overload } from '../../core/timing/overload';
import { TokenBucket } from '../../core/timing/token-bucket';
import type { Limits } from '../../options/options';

/** What the commands of the Channels protocol work with. */
export class ChannelsContext {
  readonly hub: Hub;
  readonly router: Router;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly overload: Overload;

  constructor(parts: Omit<Parts, 'log'>) {
    this.hub = parts.hub;
    this.router = parts.router;
    this.metrics = parts.metrics;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.overload = parts.overload;
  }

  send(socket: Socket, text: string): void {
    this.hub.turn.send(socket, text);
  }

  /** Whether a socket may have one more signature checked: subscriptions and sign-ins share a rate. */
  maySubscribe({ buckets }: Socket): boolean {
    const perSecond = this.limits.maxSubscriptionsPerSecond;
    const now = this.clock.now();
    buckets.subscriptions ??= new TokenBucket(perSecond, perSecond * 4, now);
    return buckets.subscriptions.take(now);
  }

  /** An error that leaves the connection open. */
  error(socket: Socket, code: number | null, message: string): void {
    this.send(socket, messages.errorMessage(code, message));
  }
}
