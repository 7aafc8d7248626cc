import type { App } from './app';
import type { Channel } from './channel';
import type { TokenBucket } from './token-bucket';
import { Outlet, type Sink } from './outlet';

/** One connection of a browser or device, whatever carries it. */
export class Socket extends Outlet {
  readonly id: string;
  readonly app: App;
  /** Version of the Channels protocol it speaks, 4 to 7. */
  readonly protocol: number;
  /** Made at the first subscription: most memory of an idle gateway is sockets. */
  channels: Map<string, Channel> | undefined;
  /** Buckets of what it may send, made at first use. */
  buckets: { clientEvents?: TokenBucket; messages?: TokenBucket; subscriptions?: TokenBucket } = {};

  constructor(app: App, id: string, protocol: number, sink: Sink) {
    super(sink);
    this.app = app;
    this.id = id;
    this.protocol = protocol;
  }
}
