import type { ChannelName } from '../../../pusher/channel-name';
import type { App } from './app';
import type { Audience, Batch } from '../fanout/outlet';
import { Presence } from './presence';
import type { Socket } from './socket';

/** A channel with at least one subscriber. */
export class Channel implements Audience {
  readonly app: App;
  readonly name: string;
  readonly kind: ChannelName;
  readonly sockets = new Set<Socket>();
  /** Sockets among them whose close was ordered: nothing is written to them any more. */
  closing = 0;
  /** On presence channels only. */
  readonly presence: Presence | undefined;
  batch: Batch | undefined;
  /** True when the subscribers were told another count than the present one. */
  countIsStale = false;

  constructor(app: App, kind: ChannelName) {
    this.app = app;
    this.name = kind.name;
    this.kind = kind;
    this.presence = kind.visibility === 'presence' ? new Presence() : undefined;
  }
}
