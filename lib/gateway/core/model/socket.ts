import type { App } from './app';
import type { Channel } from './channel';
import type { Entrant } from './entrant';
import type { Identity } from './presence';
import type { TokenBucket } from '../timing/token-bucket';
import { Outlet, type Sink } from '../fanout/outlet';
import type { Watched } from '../features/watchlists';
import { sourceOf } from '../../options/address-guard';

/** A connection of a browser or device, over any transport. */
export class Socket extends Outlet {
  readonly id: string;
  readonly app: App;
  /** Version of the Channels protocol it speaks, 4 to 7. */
  readonly protocol: number;
  /** Wall time at which it was opened, in seconds. */
  openedS = 0;
  /** Made at the first subscription: most memory of an idle gateway is sockets. */
  channels: Map<string, Channel> | undefined;
  /** Channels that it waits for; only a broker that answers later makes any. */
  entering: Map<string, Entrant> | undefined;
  /** Channels that a backend put it on and that it has not asked for itself. */
  granted: Set<string> | undefined;
  /** The signed-in user. */
  user: Identity | undefined;
  /** The users of its watchlist. */
  watching: Watched[] | undefined;
  /** Buckets of what it may send, made at first use. */
  buckets: {
    clientEvents?: TokenBucket;
    messages?: TokenBucket;
    subscriptions?: TokenBucket;
    malformed?: TokenBucket;
  } = {};

  #source: string | undefined;
  #hasLeft = false;

  constructor(app: App, id: string, protocol: number, sink: Sink) {
    super(sink);
    this.app = app;
    this.id = id;
    this.protocol = protocol;
    app.hasHadSockets = true;
  }

  /** Network of its peer's address: webhooks give each a share of their queue. */
  get source(): string {
    return (this.#source ??= sourceOf(this.sink.remoteAddress ?? ''));
  }

  /** True also when it has left everything, and its close is ordered later. */
  override get closed(): boolean {
    return this.#hasLeft || super.closed;
  }

  /** From now on nothing that it sends is handled. */
  leave(): void {
    this.#hasLeft = true;
    this.closeOrdered();
  }

  override closeOrdered(): void {
    const { app } = this;
    if (app.sockets.get(this.id) === this) app.closing.add(this);
    for (const channel of this.channels?.values() ?? []) channel.closing++;
  }
}
