import { isClientEvent } from '../../pusher/channel-name';
import { socketEvent } from '../../pusher/messages';
import { REPLY_EVENT } from '../../pusher/requests';
import { EventKind } from '../../wire/frames';
import type { Unavailable } from '../../brokers/broker';
import { type Eventual, later } from '../../brokers/eventual';
import type { Droppable } from './fanout/droppable';
import type { App } from './model/app';
import type { Channel } from './model/channel';
import type { Tap } from './console/tap';
import type { Hub, Publication } from './hub';
import type { Journal } from './journal';
import type { Metrics } from './metrics';
import type { Socket } from './model/socket';
import type { GatewayTracing } from './tracing/gateway-tracing';

/** Routes of events: from a browser to other browsers and backends, from a backend to browsers. */
export class Router {
  readonly #hub: Hub;
  readonly #metrics: Metrics;
  readonly #journal: Journal;
  readonly #tracing: GatewayTracing | undefined;
  /** Undefined unless somebody looks at the events. */
  tap: Tap | undefined;

  constructor(hub: Hub, metrics: Metrics, journal: Journal, tracing?: GatewayTracing) {
    this.#hub = hub;
    this.#metrics = metrics;
    this.#journal = journal;
    this.#tracing = tracing;
    hub.nodes.on('to_socket', (app, { socketId, event, data }) => {
      const isEvent = [socketId, event, data].every((text) => typeof text === 'string');
      return isEvent
        ? String(this.#sendHere(app, String(socketId), String(event), String(data)))
        : '';
    });
  }

  /** True when client events on a channel go to its other subscribers. */
  relays(channel: Channel, app: App): boolean {
    return app.options.clientEvents && isClientChannel(channel);
  }

  /**
   * An event of a socket, checked. `channel` is one it is subscribed to. Every event goes to the observers that want
   * it; client events also to the channel's other sockets. Returns what to tell a browser whose event nobody takes.
   */
  fromSocket(
    socket: Socket,
    channel: Channel | undefined,
    event: string,
    data: string,
    relay: boolean,
    traceparent?: string,
  ): string | undefined {
    const { app } = socket;
    const trace =
      traceparent === undefined ? undefined : this.#tracing?.ofBrowser(app, traceparent);
    this.#accepted(app);
    // A reply goes to the backend that asked, regardless of subscriptions.
    if (channel === undefined && event === REPLY_EVENT) {
      this.#hub.browserRequests.answered(socket, data);
      return undefined;
    }
    let relayed: Eventual<number | Unavailable> = 0;
    const name = channel?.name;
    if (relay && channel !== undefined) {
      const relays = (): Eventual<number | Unavailable> =>
        this.#hub.relay(socket, channel, event, data);
      relayed =
        trace !== undefined
          ? (this.#tracing?.fanOut(app, trace, { channel: name, event }, relays) ?? 0)
          : this.#hub.relay(socket, channel, event, data);
    }
    const wanted = wants(app, name, event);
    if (this.#journal.isRead) {
      const about = { app: app.id, socket: socket.id, channel: name, event };
      this.#journal.note({ ...about, relayed: relay, toBackends: wanted }, 'event of a socket');
    }
    if (wanted) {
      const userId = channel?.presence?.userOf(socket) ?? socket.user?.userId;
      const about = { socketId: socket.id, channel: name, event, data, userId, trace };
      this.#hub.happenings.tell(app, EventKind.MESSAGE, about, socket.source);
    }
    this.tap?.fromSocket(socket, channel, event, data, { relayed: relay, wanted });
    if (relayed === 'unavailable')
      return 'Client event rejected - the broker of this gateway does not answer';
    // The same whoever listens: an observer must not change what a browser is told.
    if (relay || channel === undefined || !isClientEvent(event)) return undefined;
    return isClientChannel(channel)
      ? 'To send client events, you must enable this feature: set clientEvents to true for this app'
      : 'Client event rejected - only supported on private and presence channels';
  }

  /**
   * An event for a channel, from a backend. Answers with the number of sockets of this node that it goes to, or with
   * `receipt` of all nodes.
   */
  publish(app: App, publication: Publication, receipt = false): Eventual<number | Unavailable> {
    const answer = this.#hub.publish(app, publication, receipt);
    this.#accepted(app);
    this.tap?.published(app, publication, answer);
    if (this.#journal.isRead) {
      void later(answer, (sockets) => {
        const { channel, event, data } = publication;
        const bytes = Buffer.byteLength(data);
        // Gateways that are joined hear it back like all others: without a receipt nobody counts.
        const isCounted = receipt || app.broker.isAlone;
        const about = { app: app.id, channel, event, bytes, ...(isCounted && { sockets }) };
        this.#journal.note(about, 'published');
      });
    }
    return answer;
  }

  /** As `publish`, but nothing is sent, nor kept for a cache channel, while nobody is on the channel. */
  publishIfOccupied(
    app: App,
    publication: Publication,
    receipt = false,
  ): Eventual<number | Unavailable> {
    return later(app.broker.counts([publication.channel]), (counts) => {
      const isOccupied = counts === 'unavailable' || (counts[0]?.subscriptions ?? 0) > 0;
      return isOccupied ? this.publish(app, publication, receipt) : 0;
    });
  }

  /** An event for a socket of any node, from a backend. Answers with 1, or 0 when it is not connected. */
  sendTo(app: App, socketId: string, event: string, data: string): Eventual<number> {
    const { nodes } = this.#hub;
    const node = nodes.elsewhere(app, socketId);
    if (node === undefined) return this.#sendHere(app, socketId, event, data);
    const answer = nodes.send(app, node, { type: 'to_socket', socketId, event, data });
    return later(answer, (sockets) => Number(sockets) || 0);
  }

  #sendHere(app: App, socketId: string, event: string, data: string): number {
    const socket = app.sockets.get(socketId);
    if (socket === undefined || socket.closed) return 0;
    this.send(socket, event, data);
    return 1;
  }

  /** An event for one socket, from a backend. */
  send(socket: Socket, event: string, data: string, droppable?: Droppable): void {
    this.#hub.turn.send(socket, socketEvent(event, data), droppable);
    this.#accepted(socket.app);
    this.#metrics.deliveries++;
    this.tap?.sent(socket, event, data);
    if (!this.#journal.isRead) return;
    const bytes = Buffer.byteLength(data);
    this.#journal.note({ app: socket.app.id, socket: socket.id, event, bytes }, 'published');
  }

  #accepted(app: App): void {
    this.#metrics.eventsAccepted++;
    app.eventsAccepted++;
  }
}

/** A user's own channel is private too, but only the server speaks on it. */
function isClientChannel({ kind }: Channel): boolean {
  return kind.visibility !== 'public' && kind.user === undefined;
}

function wants(app: App, channel: string | undefined, event: string): boolean {
  for (const observer of app.observers) {
    if (observer.wants(EventKind.MESSAGE, channel, event)) return true;
  }
  return false;
}
