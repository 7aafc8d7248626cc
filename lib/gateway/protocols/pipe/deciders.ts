import type { Timer } from '../../../util/timers';
import { REFUSAL_CODES } from '../../../wire/close-codes';
import { RuleKind, type ReplyFrame, type Rule } from '../../../wire/frames';
import type { App } from '../../core/model/app';
import type { Decision, DecisionRequest, Decisions } from '../../core/decisions';
import { Rules } from '../../core/streams/rules';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';

/** A connection with the rules that say what its backend decides. */
export interface DecidingLink extends BackendLink {
  readonly rules: readonly Rule[];
}

/** A request without an answer yet. */
interface Open {
  readonly id: number;
  readonly app: App;
  readonly request: DecisionRequest;
  readonly endsAt: number;
  readonly deadline: Timer;
  readonly done: (decision: Decision) => void;
  /** Connections that were asked and cannot answer any more. */
  readonly tried: Set<DecidingLink>;
  /** The connection that is asked now. */
  link: DecidingLink | undefined;
}

/** Requests for decisions that one connection has open. */
interface OpenRequests {
  readonly open: Map<number, Open>;
  /** Open requests that are still to be written. */
  readonly unsent: Set<Open>;
  /** Bytes of the params of all open requests. */
  bytes: number;
  awake: boolean;
}

/**
 * Asks the deciding backends, in turn. A request goes to the next backend when the first one's connection is lost or it
 * does not know the request. The requests of a turn are written together, after the events.
 */
export class Deciders implements Decisions {
  readonly #context: PipeContext;
  readonly #links = new Set<DecidingLink>();
  readonly #byLink = new Map<DecidingLink, OpenRequests>();
  /** Lists of rules never change; a backend replaces its own by another one. */
  readonly #ready = new WeakMap<readonly Rule[], Rules>();
  #asked = 0;
  /** Runs on over all connections: an answer that comes on another one fits no request. */
  #lastId = 0;

  constructor(context: PipeContext) {
    this.#context = context;
  }

  /** @param withinMs time for an answer; that of the gateway's limits unless another node has less */
  ask(
    app: App,
    request: DecisionRequest,
    done: (decision: Decision) => void,
    withinMs = this.#context.limits.authTimeoutMs,
  ): void {
    const { clock } = this.#context;
    const open: Open = {
      id: (this.#lastId = (this.#lastId % 0xffff_ffff) + 1),
      app,
      request,
      endsAt: clock.now() + withinMs,
      deadline: clock.setTimeout(() => this.#end(open, 'timeout'), withinMs),
      done,
      tried: new Set(),
      link: undefined,
    };
    this.#hand(open);
  }

  answered(link: DecidingLink, { id, result, error }: ReplyFrame): void {
    const open = this.#byLink.get(link)?.open.get(id);
    // A late answer, or an answer without a request.
    if (open === undefined) return;
    if (error === undefined) return this.#end(open, { result });
    if (error.code !== REFUSAL_CODES.unknown_method.code) return this.#end(open, 'failed');
    this.#take(open);
    this.#hand(open);
  }

  /** A backend is there to be asked. */
  opened(link: DecidingLink): void {
    this.#links.add(link);
  }

  /** A connection is gone: its open requests are asked elsewhere. */
  closed(link: DecidingLink): void {
    this.#links.delete(link);
    for (const open of [...(this.#byLink.get(link)?.open.values() ?? [])]) {
      this.#take(open);
      this.#hand(open);
    }
    this.#byLink.delete(link);
  }

  #hand(open: Open): void {
    const links = [...this.#links].filter((link) => this.#decides(link, open));
    if (links.length === 0) return this.#end(open, 'nobody');
    const free = links.filter((link) => this.#hasRoom(link));
    const link = free[this.#asked++ % free.length];
    if (link === undefined) return this.#end(open, 'busy');
    const requests = this.#requestsOf(link);
    open.link = link;
    requests.open.set(open.id, open);
    requests.unsent.add(open);
    requests.bytes += open.request.params.length;
    if (requests.awake) return;
    requests.awake = true;
    this.#context.hub.turn.whenWritten(() => this.#write(link, requests));
  }

  #decides(link: DecidingLink, { app, request: { kind, channel }, tried }: Open): boolean {
    if (link.app !== app || tried.has(link)) return false;
    const { rules } = link;
    let ready = this.#ready.get(rules);
    if (ready === undefined) this.#ready.set(rules, (ready = new Rules(rules)));
    return ready.has(kind, channel, undefined);
  }

  #hasRoom(link: DecidingLink): boolean {
    const { maxOpenAuthRequests, maxOpenAuthBytes } = this.#context.limits;
    const requests = this.#byLink.get(link);
    return (
      requests === undefined ||
      (requests.open.size < maxOpenAuthRequests && requests.bytes < maxOpenAuthBytes)
    );
  }

  #requestsOf(link: DecidingLink): OpenRequests {
    let requests = this.#byLink.get(link);
    if (requests === undefined) {
      requests = { open: new Map(), unsent: new Set(), bytes: 0, awake: false };
      this.#byLink.set(link, requests);
    }
    return requests;
  }

  #write(link: DecidingLink, requests: OpenRequests): void {
    const now = this.#context.clock.now();
    for (const open of requests.unsent) {
      if (!link.writable) return link.onDrain(() => this.#write(link, requests));
      requests.unsent.delete(open);
      const { kind, params } = open.request;
      link.send({
        type: 'query',
        id: open.id,
        method: kind === RuleKind.AUTHORIZE ? 'authorize' : 'authenticate',
        params,
        deadlineMs: Math.max(1, Math.ceil(open.endsAt - now)),
      });
    }
    requests.awake = false;
  }

  #end(open: Open, decision: Decision): void {
    this.#take(open);
    this.#context.clock.clearTimeout(open.deadline);
    open.done(decision);
  }

  /** Takes a request from the connection that is asked, if any. */
  #take(open: Open): void {
    const { link } = open;
    const requests = link && this.#byLink.get(link);
    if (link === undefined || requests === undefined) return;
    open.link = undefined;
    open.tried.add(link);
    requests.open.delete(open.id);
    requests.unsent.delete(open);
    requests.bytes -= open.request.params.length;
  }
}
