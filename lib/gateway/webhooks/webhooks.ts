import type { LookupFunction } from 'node:net';
import type { Telling } from '../../brokers/broker';
import { EventKind, type PipeEvent } from '../../wire/frames';
import { AddressGuard } from '../options/address-guard';
import type { WebhookOptions } from '../options/options';
import type { Nodes } from '../core/cluster/nodes';
import type { App, AppObserver, AppsChange, HeldLeave } from '../core/model/app';
import { countEvent, isRelayed, type WebhookEvent, webhookEvent } from './events';
import { GivenUp } from './given-up';
import { Grace } from './grace';
import { guardedLookup } from './guarded-lookup';
import { Poster } from './poster';
import { Endpoint, type EndpointParts, type EndpointState } from './endpoint';
import { Review } from './review';
import { Teller } from './teller';

const KINDS = {
  channel: { present: EventKind.OCCUPIED, gone: EventKind.VACATED },
  member: { present: EventKind.MEMBER_ADDED, gone: EventKind.MEMBER_REMOVED },
} as const;

/** The webhooks of one app: makes an event of what happens, once, and offers it to each of them. */
class AppWebhooks implements AppObserver {
  readonly grace: Grace;
  readonly teller: Teller;
  endpoints: readonly Endpoint[] = [];
  readonly #app: App;

  constructor(app: App, { clock, limits, metrics }: WebhooksParts, nodes: Nodes) {
    this.#app = app;
    const { maxWebhookEvents } = limits;
    this.teller = new Teller(app, {
      ...{ clock, maxWaiting: maxWebhookEvents },
      tell: (event) => {
        for (const endpoint of this.endpoints) endpoint.offer(event);
      },
      isOwn: (channel) => nodes.ownerOf(channel) === nodes.own,
      eventOf: (telling) => webhookEvent(changeOf(telling, clock.wall()), ''),
      dropped: (count) => void (metrics.webhookEventsDropped += count),
    });
    this.grace = new Grace(
      clock,
      maxWebhookEvents,
      (event, seq) => this.teller.offer(event, seq),
      () => !app.broker.isInDoubt,
    );
  }

  /** True for what one browser does. Changes of channels come from the cluster. */
  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean {
    if (kind === EventKind.CACHE_MISS) return true;
    if (kind !== EventKind.MESSAGE) return false;
    if (!this.#app.options.clientEvents || !isRelayed(channel, event)) return false;
    return this.endpoints.some((each) => each.wants('client_event', channel as string));
  }

  offer(event: PipeEvent, source: string): void {
    if (!this.wants(event.kind, event.channel, event.event)) return;
    this.#tell(webhookEvent(event, source));
  }

  changed(change: PipeEvent, seq: number | undefined, source: string): void {
    this.#tell(webhookEvent(change, source), seq);
  }

  /** A state is another one than was told last; its cause is not known any more. */
  found(telling: Telling, time: number): void {
    const event = webhookEvent(changeOf(telling, time), '');
    if (event !== undefined) this.grace.offer({ ...event, isFound: true }, telling.seq);
  }

  tellLeaves(isMeant: (channel: string) => boolean): void {
    this.grace.flush(isMeant);
  }

  handOver(isMeant: (channel: string) => boolean): HeldLeave[] {
    return this.grace.handOver(isMeant).map(({ event: { name, channel, userId, source }, seq }) => {
      const kind = name === 'channel_vacated' ? 'vacated' : 'removed';
      return { kind, channel, userId, seq, source };
    });
  }

  counted(channel: string, subscribers: number, source: string): void {
    this.#tell(countEvent(channel, subscribers, source));
  }

  #tell(event: WebhookEvent | undefined, seq?: number): void {
    if (event !== undefined) this.grace.offer(event, seq);
  }
}

function changeOf({ channel, userId, present }: Telling, time: number): PipeEvent {
  const kind = KINDS[userId === undefined ? 'channel' : 'member'][present ? 'present' : 'gone'];
  return { kind, socketId: '', channel, userId, time };
}

/** Wait of a review, as a part of the lease: a change whose node has died is offered to the next one by then. */
const REVIEW = 2 / 3;

export interface WebhooksParts extends Omit<EndpointParts, 'givenUp'> {
  readonly hub: { readonly nodes: Nodes };
}

/** The webhooks of all apps. A gateway without any does nothing for them. */
export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #givenUp = new GivenUp();
  readonly #nodes: Nodes;
  readonly #review: Review;
  readonly #lookup: LookupFunction;
  readonly #byApp = new Map<App, AppWebhooks>();
  /** Tellers of apps that have no webhooks any more. */
  readonly #ending = new Set<Teller>();
  #guard = new AddressGuard();

  /** @param allow hosts and networks that endpoints may be in although they are private */
  constructor(apps: Iterable<App>, allow: readonly string[], parts: WebhooksParts) {
    const { clock, limits, hub } = parts;
    this.#parts = parts;
    this.#nodes = hub.nodes;
    hub.nodes.watch({
      changed: () => this.#takeOver(),
      fenced: () => {
        for (const endpoint of this.#endpoints) endpoint.leave();
      },
    });
    this.#review = new Review({
      ...{ clock, nodes: hub.nodes, apps: () => this.#byApp.keys() },
      waitMs: () => limits.brokerLeaseMs * REVIEW,
      found: (app, telling) => this.#byApp.get(app)?.found(telling, clock.wall()),
    });
    this.#lookup = guardedLookup({ permits: (...asked) => this.#guard.permits(...asked) });
    this.reload({ added: [...apps], removed: [], changed: [] }, allow);
  }

  /** An endpoint is known by its URL: it keeps what waits for it for as long as its app has it. */
  reload({ added, removed, changed }: AppsChange, allow: readonly string[]): void {
    this.#guard = new AddressGuard(allow);
    for (const app of removed) this.#set(app, []);
    for (const app of [...added, ...changed]) this.#set(app, app.options.webhooks);
  }

  /**
   * Tells at once who has left within the last 3 s, and no more of those who leave now, nor how many are left: a gateway
   * that stops sends its sockets away to come back at once, and to their backend they were never gone.
   */
  endGrace(): void {
    for (const { grace } of this.#byApp.values()) grace.end();
  }

  /** Tells at once who has left within the last 3 s; other gateways tell of those who leave now. */
  flushGrace(): void {
    for (const { grace } of this.#byApp.values()) grace.flush();
  }

  /** Resolves when all is delivered or given up, after `withinMs` at the latest. */
  drain(withinMs: number): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, withinMs);
      void this.#idle().then(() => {
        clock.clearTimeout(timer);
        resolve();
      });
    });
  }

  async #idle(): Promise<void> {
    await Promise.all(Array.from(this.#byApp.values(), ({ teller }) => teller.idle()));
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.idle()));
    // The broker hears that nothing is owed any more.
    await Promise.all(Array.from(this.#byApp.values(), ({ teller }) => teller.idle()));
  }

  /** Age of the oldest event that an endpoint has yet to take, in milliseconds. */
  get oldestMs(): number {
    const now = this.#parts.clock.now();
    return Math.max(0, ...this.#endpoints.map((endpoint) => endpoint.ageMs(now)));
  }

  /** Drops what is left. */
  stop(): void {
    this.#review.stop();
    this.endGrace();
    for (const { teller } of this.#byApp.values()) teller.stop();
    for (const teller of this.#ending) teller.stop();
    for (const endpoint of this.#endpoints) endpoint.stop();
  }

  /** The endpoints of an app, as they are now. */
  states(app: App): EndpointState[] {
    return (this.#byApp.get(app)?.endpoints ?? []).map(({ state }) => state);
  }

  /** As `sendAgain` of the endpoint that has given the delivery up. */
  sendAgain(app: App, delivery: string): ReturnType<Endpoint['sendAgain']> {
    for (const endpoint of this.#byApp.get(app)?.endpoints ?? []) {
      const sent = endpoint.sendAgain(delivery);
      if (sent !== undefined) return sent;
    }
    return undefined;
  }

  /** Changes that nodes had yet to tell that are gone are told by the others. */
  #takeOver(): void {
    for (const [app, { teller }] of this.#byApp) if (!app.broker.isAlone) teller.takeOver();
  }

  get #endpoints(): Endpoint[] {
    return [...this.#byApp.values()].flatMap(({ endpoints }) => endpoints);
  }

  #set(app: App, webhooks: readonly WebhookOptions[]): void {
    let ofApp = this.#byApp.get(app);
    if (ofApp === undefined && webhooks.length === 0) return;
    ofApp ??= new AppWebhooks(app, this.#parts, this.#nodes);
    const before = [...ofApp.endpoints];
    const endpoints = webhooks.map((options) => {
      const at = before.findIndex(({ url }) => url === options.url);
      const [known] = at < 0 ? [] : before.splice(at, 1);
      known?.change(options);
      return known ?? this.#endpoint(app, options);
    });
    if (webhooks.length === 0) {
      // Leaves that are held back count among the dropped events.
      ofApp.grace.end();
      this.#end(ofApp.teller);
      app.observers.delete(ofApp);
      this.#byApp.delete(app);
    } else {
      app.observers.add(ofApp);
      this.#byApp.set(app, ofApp);
    }
    ofApp.endpoints = endpoints;
    for (const endpoint of before) endpoint.remove();
  }

  /** Lets a teller say to the broker that nothing is owed any more. */
  #end(teller: Teller): void {
    this.#ending.add(teller);
    teller.giveUp();
    void teller.idle().then(() => this.#ending.delete(teller));
  }

  #endpoint(app: App, options: WebhookOptions): Endpoint {
    const poster = new Poster(new URL(options.url), this.#lookup, this.#parts.clock);
    return new Endpoint(app, options, { ...this.#parts, givenUp: this.#givenUp }, poster);
  }
}
