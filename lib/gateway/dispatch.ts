import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UpgradeDecision, UpgradeRequest } from './core/fanout/carrier';
import type { Journal } from './core/journal';
import { type Answer, sendAnswer } from './http/answer';
import type { Exchange } from './http/exchange';
import { type Target, parseTarget } from './http/target';
import type { Protocol } from './protocols/protocol';
import type { Handlers } from './transport/listen';

/** Requests and upgrades of all ports, given to the first protocol that takes them. */
export class Dispatch implements Handlers {
  readonly #protocols: readonly Protocol[];
  readonly #path: string;
  readonly #journal: Journal;

  /** @param path the prefix of all paths; '' for none */
  constructor(protocols: readonly Protocol[], path: string, journal: Journal) {
    this.#protocols = protocols;
    this.#path = path;
    this.#journal = journal;
  }

  upgrade(text: string, rest: Omit<UpgradeRequest, keyof Target>): UpgradeDecision {
    const { remoteAddress } = rest;
    for (const target of parseTarget(text, this.#path)) {
      const request = { ...target, ...rest };
      for (const protocol of this.#protocols) {
        const decision = protocol.upgrade?.(request);
        if (decision === undefined) continue;
        const { entrance } = protocol;
        this.#journal.answered(entrance, 'refuse' in decision ? decision.refuse : 101);
        if ('refuse' in decision) {
          const { refuse: status, reason, app, body: message } = decision;
          const refusal = { entrance, reason, app, message, status };
          this.#journal.refused(refusal, { path: target.path, remoteAddress });
        }
        return decision;
      }
    }
    const body = 'Not found: WebSockets are at /app/<key> and /pipe/<app id>\n';
    this.#journal.answered('port', 404);
    this.refused({ status: 404, body }, remoteAddress);
    return { refuse: 404, body };
  }

  /** True when whoever asks for a WebSocket at this target takes any answer for final. */
  takesAnswersForFinal(text: string): boolean {
    return parseTarget(text, this.#path).some((target) =>
      this.#protocols.some((protocol) => protocol.takesAnswersForFinal?.(target) === true),
    );
  }

  /** True when a request for this target is answered however many connections there are. */
  answersWhenFull(text: string): boolean {
    return parseTarget(text, this.#path).some(({ path }) =>
      this.#protocols.some((protocol) => protocol.answersWhenFull?.(path) === true),
    );
  }

  request(request: IncomingMessage, response: ServerResponse, remoteAddress: string): void {
    // A peer that goes away in the middle of its answer tells so by the end of its connection as well.
    response.on('error', ignore);
    const targets = parseTarget(request.url ?? '/', this.#path);
    for (const target of targets) {
      const exchange = this.#exchange(target, request, response, remoteAddress);
      for (const protocol of this.#protocols) {
        exchange.entrance = protocol.entrance;
        if (protocol.request?.(exchange) === true) return;
      }
    }
    const exchange = this.#exchange(targets[0], request, response, remoteAddress);
    sendAnswer(exchange, { status: 404, body: 'Not found\n' });
  }

  /** Notes a refusal by a port itself. */
  refused({ status, body: message }: Answer, remoteAddress: string): void {
    this.#journal.refused({ entrance: 'port', message, status }, { remoteAddress });
  }

  #exchange(
    { path, query, signable }: Target,
    request: IncomingMessage,
    response: ServerResponse,
    remoteAddress: string,
  ): Exchange {
    const journal = this.#journal;
    // Field by field: a spread costs microseconds of every request.
    return { path, query, signable, request, response, remoteAddress, entrance: 'port', journal };
  }
}

function ignore(): void {
  // Nobody is left to be told.
}
