import type { PushyCommand, PushyCommands } from '../../options/pushy';
import type { UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import type { Apps } from '../../core/model/app';
import type { Parts } from '../../core/parts';
import type { Exchange } from '../../http/exchange';
import type { SockJsCarriers } from '../../sockjs/carriers';
import type { Protocol } from '../protocol';
import { ChannelMembers } from './channels';
import type { PushyContext } from './context';
import { Endpoint } from './endpoint';
import { Triggers } from './trigger';

/**
 * pushy 1.0, for apps that are configured for it: clients over SockJS, triggers over HTTP with a secret of their own. The
 * channels are those of the app, so that events come from and go to the other protocols as well.
 */
export class Pushy implements Protocol {
  readonly entrance = 'pushy';
  readonly #endpoints: readonly Endpoint[];
  readonly #triggers: Triggers;

  constructor(parts: Parts & { carriers: SockJsCarriers }, apps: Apps, commands: PushyCommands) {
    const byName = new Map<string, PushyCommand>();
    for (const [name, command] of Object.entries(commands)) byName.set(name.toLowerCase(), command);
    const contexts: PushyContext[] = [];
    for (const app of apps.all()) {
      const { pushy: options } = app.options;
      if (options === undefined) continue;
      const channels = new ChannelMembers(parts.hub.turn);
      contexts.push({ parts, app, options, channels, commands: byName });
    }
    this.#endpoints = contexts.map((context) => new Endpoint(context, parts.carriers));
    this.#triggers = new Triggers(parts, contexts);
  }

  upgrade(request: UpgradeRequest): UpgradeDecision | undefined {
    for (const endpoint of this.#endpoints) {
      const decision = endpoint.upgrade(request);
      if (decision !== undefined) return decision;
    }
    return undefined;
  }

  request(exchange: Exchange): boolean {
    if (this.#endpoints.length === 0) return false;
    if (this.#triggers.request(exchange)) return true;
    return this.#endpoints.some((endpoint) => endpoint.request(exchange));
  }

  drain(): void {
    for (const endpoint of this.#endpoints) endpoint.drain();
  }

  stop(): void {
    this.drain();
  }
}
