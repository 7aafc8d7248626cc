import type { ChannelName } from '../../../pusher/channel-name';
import type { App } from './app';
import type { Audience, Batch } from '../fanout/outlet';
import type { Entrant } from './entrant';
import { Presence } from './presence';
import type { Socket } from './socket';

/** A channel with at least one subscriber on this node, or one that waits to be let in. */
export class Channel implements Audience {
  readonly app: App;
  readonly name: string;
  readonly kind: ChannelName;
  readonly sockets = new Set<Socket>();
  /** Address of the socket that occupied it on this node, until it is vacated. */
  source = '';
  /** Sockets among them whose close was ordered: nothing is written to them any more. */
  closing = 0;
  /** On presence channels only. */
  readonly presence: Presence | undefined;
  batch: Batch | undefined;
  /** Events that went to its sockets here, and the wall time of the last one in seconds. Kept for the console alone. */
  events = 0;
  lastEventS = 0;
  /** True once every event of the channel is heard here. */
  isOpen = false;
  /** Sockets that wait to be let in; only a broker that answers later makes any. */
  entering: Set<Entrant> | undefined;
  /** Number of the last event heard here; kept on cache channels alone. */
  heardSeq = 0;
  /** Sockets that were given an event on entering which is still on its way to this node, with its number. */
  ahead: Map<Socket, number> | undefined;

  constructor(app: App, kind: ChannelName) {
    this.app = app;
    this.name = kind.name;
    this.kind = kind;
    this.presence = kind.visibility === 'presence' ? new Presence() : undefined;
  }

  /** True when nobody is on it, nor waits for it. */
  get isAbandoned(): boolean {
    return this.sockets.size === 0 && (this.entering?.size ?? 0) === 0;
  }

  /** True when its subscribers are told how many they are. Presence channels have their members instead. */
  get isCounted(): boolean {
    return (
      this.app.options.subscriptionCount &&
      this.presence === undefined &&
      this.kind.user === undefined
    );
  }
}
