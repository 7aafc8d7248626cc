import { later, type Eventual } from '../../../../brokers/eventual';
import { isObject, parseJson } from '../../../../pusher/json';
import type { Timer } from '../../../../util/timers';
import { RuleKind } from '../../../../wire/frames';
import type { NodeMessage } from '../../../core/cluster/nodes';
import type { Decision, DecisionRequest, Decisions } from '../../../core/decisions';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import type { Deciders } from '../deciders';

/** Longest time that another node may take: brokers wait 10 s for an answer. */
const MAX_MS = 9_000;
/** Wait for one node before the next is asked as well: one that has died does not answer, and is known to be dead later. */
const PATIENCE_MS = 1_000;
/** Reasons why this node has no decision, though another one may have. */
const ELSEWHERE: ReadonlySet<Decision> = new Set(['nobody', 'busy']);
const REASONS: ReadonlySet<unknown> = new Set(['failed', 'nobody', 'busy', 'timeout']);

/**
 * Asks the backends of this node first. When none of them decides a request, or all have too many open, the other nodes are
 * asked one after the other, until one has a backend that decides it.
 */
export class ClusterDecisions implements Decisions {
  readonly #context: PipeContext;
  readonly #own: Deciders;
  #asked = 0;

  constructor(context: PipeContext, own: Deciders) {
    this.#context = context;
    this.#own = own;
    context.hub.nodes.on('decide', (app, message) => this.#decide(app, message));
  }

  ask(app: App, request: DecisionRequest, done: (decision: Decision) => void): void {
    const { clock, limits, hub } = this.#context;
    if (hub.nodes.isAlone) return this.#own.ask(app, request, done);
    const endsAt = clock.now() + limits.authTimeoutMs;
    this.#own.ask(app, request, (decision) => {
      if (ELSEWHERE.has(decision)) this.#askOthers(app, request, decision, endsAt, done);
      else done(decision);
    });
  }

  #askOthers(
    app: App,
    { kind, channel, params }: DecisionRequest,
    own: Decision,
    endsAt: number,
    done: (decision: Decision) => void,
  ): void {
    const { clock, hub } = this.#context;
    const nodes = inTurn(hub.nodes.others(), this.#asked++);
    let decision = own;
    let open = 0;
    let isOver = false;
    let timer: Timer | undefined;
    const end = (last: Decision): void => {
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      isOver = true;
      done(last);
    };
    const answered = (found: Decision): void => {
      open--;
      if (isOver) return;
      // A node with too many requests open is remembered: somebody does decide this.
      if (found === 'busy') decision = found;
      if (ELSEWHERE.has(found)) next();
      else end(found);
    };
    const next = (): void => {
      if (timer !== undefined) clock.clearTimeout(timer);
      const leftMs = endsAt - clock.now();
      if (leftMs <= 0) return end('timeout');
      const node = nodes.shift();
      if (node === undefined && open === 0) return end(decision);
      timer = clock.setTimeout(next, node === undefined ? leftMs : Math.min(leftMs, PATIENCE_MS));
      if (node === undefined) return;
      open++;
      const withinMs = Math.min(leftMs, MAX_MS);
      const message: NodeMessage = { type: 'decide', kind, channel, params, withinMs };
      void later(hub.nodes.send(app, node, message), (answer) => answered(readDecision(answer)));
    };
    next();
  }

  /** Another node asks: the backends of this one answer, or nobody does. */
  #decide(app: App, message: NodeMessage): Eventual<string> {
    const { kind, channel, params, withinMs } = message;
    const isKnown = kind === RuleKind.AUTHORIZE || kind === RuleKind.AUTHENTICATE;
    const isRequest = isKnown && typeof params === 'string' && typeof withinMs === 'number';
    if (!isRequest || (channel !== undefined && typeof channel !== 'string')) return '';
    const decided = new Promise<Decision>((resolve) =>
      this.#own.ask(app, { kind, channel, params }, resolve, Math.min(withinMs, MAX_MS)),
    );
    return later(decided, (decision) => JSON.stringify(decision));
  }
}

/** A list from another place of it on each time, so that its entries share the work. */
function inTurn<T>(list: readonly T[], turn: number): T[] {
  const first = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/** The answer of another node; 'nobody' from one that is gone or knows nothing of the app. */
function readDecision(answer: string | undefined): Decision {
  const decision = parseJson(answer ?? '');
  if (REASONS.has(decision)) return decision as Decision;
  const result = isObject(decision) ? decision.result : undefined;
  return typeof result === 'string' ? { result } : 'nobody';
}
