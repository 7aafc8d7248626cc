import type { Clock } from '../../util/timers';
import { EventKind, type PipeEvent } from '../../wire/frames';
import { AddressGuard } from '../options/address-guard';
import type { App, AppObserver } from '../core/model/app';
import { countEvent, isRelayed, type WebhookEvent, webhookEvent } from './events';
import { Grace } from './grace';
import { guardedLookup } from './guarded-lookup';
import { Poster } from './poster';
import { Endpoint, type EndpointParts } from './endpoint';

/** The webhooks of one app: makes an event of what happens, once, and offers it to each of them. */
class AppWebhooks implements AppObserver {
  readonly grace: Grace;
  readonly #app: App;
  readonly #receivers: readonly Endpoint[];

  constructor(app: App, receivers: readonly Endpoint[], { clock, limits }: EndpointParts) {
    this.#app = app;
    this.#receivers = receivers;
    this.grace = new Grace(clock, limits.maxWebhookEvents, (event) => {
      for (const receiver of receivers) receiver.offer(event);
    });
  }

  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean {
    if (kind !== EventKind.MESSAGE) return true;
    if (!this.#app.options.clientEvents || !isRelayed(channel, event)) return false;
    return this.#receivers.some((each) => each.wants('client_event', channel as string));
  }

  offer(happening: PipeEvent): void {
    if (!this.wants(happening.kind, happening.channel, happening.event)) return;
    this.#tell(webhookEvent(happening));
  }

  counted(channel: string, subscribers: number): void {
    this.#tell(countEvent(channel, subscribers));
  }

  #tell(event: WebhookEvent | undefined): void {
    if (event !== undefined) this.grace.offer(event);
  }
}

/** The webhooks of all apps. A gateway without any does nothing for them. */
export class Webhooks {
  readonly #clock: Clock;
  readonly #apps: AppWebhooks[] = [];
  readonly #receivers: Endpoint[] = [];

  constructor(apps: Iterable<App>, allow: readonly string[], parts: EndpointParts) {
    this.#clock = parts.clock;
    const lookup = guardedLookup(new AddressGuard(allow));
    for (const app of apps) {
      const receivers = app.options.webhooks.map((options) => {
        const poster = new Poster(new URL(options.url), lookup, parts.clock);
        return new Endpoint(app, options, parts, poster);
      });
      if (receivers.length === 0) continue;
      const webhooks = new AppWebhooks(app, receivers, parts);
      app.observers.add(webhooks);
      this.#apps.push(webhooks);
      this.#receivers.push(...receivers);
    }
  }

  /**
   * Tells at once who has left within the last 3 s, and no more of those who leave now, nor how many are left: a gateway
   * that stops sends its sockets away to come back at once, and to their backend they were never gone.
   */
  endGrace(): void {
    for (const { grace } of this.#apps) grace.end();
  }

  /** Resolves when all is delivered or given up, after `withinMs` at the latest. */
  drain(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(resolve, withinMs);
      void Promise.all(this.#receivers.map((receiver) => receiver.idle())).then(() => {
        this.#clock.clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Drops what is left. */
  stop(): void {
    this.endGrace();
    for (const receiver of this.#receivers) receiver.stop();
  }
}
