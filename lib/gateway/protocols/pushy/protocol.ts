import type { PushyCommand, PushyCommands, PushyOptions } from '../../options/pushy';
import type { UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import type { App, Apps, AppsChange } from '../../core/model/app';
import type { Parts } from '../../core/parts';
import type { Exchange } from '../../http/exchange';
import type { SockJsCarriers } from '../../sockjs/carriers';
import type { Protocol } from '../protocol';
import { ChannelMembers } from './channels';
import { Endpoint } from './endpoint';
import { Triggers } from './trigger';

/**
 * pushy 1.0, for apps that are configured for it: clients over SockJS, triggers over HTTP with a secret of their own. The
 * channels are those of the app, so that events come from and go to the other protocols as well.
 */
export class Pushy implements Protocol {
  readonly entrance = 'pushy';
  readonly #parts: Parts & { carriers: SockJsCarriers };
  readonly #commands: ReadonlyMap<string, PushyCommand>;
  readonly #endpoints = new Map<App, Endpoint>();
  readonly #triggers: Triggers;

  constructor(parts: Parts & { carriers: SockJsCarriers }, apps: Apps, commands: PushyCommands) {
    this.#parts = parts;
    const named = Object.entries(commands).map(([name, run]) => [name.toLowerCase(), run] as const);
    this.#commands = new Map(named);
    this.#triggers = new Triggers(parts, () =>
      [...this.#endpoints.values()].map(({ context }) => context),
    );
    this.reload({ added: [...apps.all()], removed: [], changed: [] });
  }

  /** Clients of an app that serves pushy no more are closed like those of an app that is gone. */
  reload({ added, removed, changed }: AppsChange): void {
    const ending = [...removed, ...changed.filter(({ options }) => options.pushy === undefined)];
    for (const app of ending) {
      this.#endpoints.get(app)?.end();
      this.#endpoints.delete(app);
    }
    for (const app of [...added, ...changed]) {
      const { pushy: options } = app.options;
      if (options === undefined) continue;
      const endpoint = this.#endpoints.get(app);
      if (endpoint !== undefined) endpoint.change(options);
      else this.#endpoints.set(app, this.#endpoint(app, options));
    }
  }

  upgrade(request: UpgradeRequest): UpgradeDecision | undefined {
    for (const endpoint of this.#endpoints.values()) {
      const decision = endpoint.upgrade(request);
      if (decision !== undefined) return decision;
    }
    return undefined;
  }

  request(exchange: Exchange): boolean {
    if (this.#endpoints.size === 0) return false;
    if (this.#triggers.request(exchange)) return true;
    for (const endpoint of this.#endpoints.values()) if (endpoint.request(exchange)) return true;
    return false;
  }

  drain(): void {
    for (const endpoint of this.#endpoints.values()) endpoint.drain();
  }

  stop(): void {
    this.drain();
  }

  #endpoint(app: App, options: PushyOptions): Endpoint {
    const channels = new ChannelMembers(this.#parts.hub.turn);
    const context = { parts: this.#parts, app, options, channels, commands: this.#commands };
    return new Endpoint(context, this.#parts.carriers);
  }
}
