import { type Eventual, later } from '../../../brokers/eventual';
import {
  ATTRIBUTES,
  type Destination,
  destinationOf,
  templateOf,
} from '../../../tracing/semantics';
import { readTraceParent } from '../../../tracing/trace-parent';
import { loadTracing } from '../../../tracing/load-tracing';
import { contextOf, type Span, type Tracing } from '../../../tracing/tracing';
import type { Clock } from '../../../util/timers';
import type { Turn } from '../fanout/turn';
import type { Metrics } from '../metrics';
import type { App } from '../model/app';
import { TokenBucket } from '../timing/token-bucket';
import { Forwards } from './forwards';

/** Traces that browsers of an app may begin in a second: any page may mark its events as sampled. */
const BROWSER_TRACES_PER_S = 10;

/** Outcome of a publish: the sockets, or the code of its failure. */
type Reached = { sockets: number } | { code: number } | number | string;

/**
 * The gateway's part in traces. It begins none by itself: spans are made only for events whose sender passes on the context of a
 * sampled trace.
 */
export class GatewayTracing {
  readonly #tracing: Tracing;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #turn: Turn;
  readonly #fromBrowsers = new WeakMap<App, TokenBucket>();

  constructor(tracing: Tracing, clock: Clock, metrics: Metrics, turn: Turn) {
    this.#tracing = tracing;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#turn = turn;
  }

  /** The context of a browser's event; undefined when it is none, not sampled, or one too many in this second. */
  ofBrowser(app: App, trace: string): string | undefined {
    if (readTraceParent(trace) === undefined) return undefined;
    let bucket = this.#fromBrowsers.get(app);
    if (bucket === undefined) this.#fromBrowsers.set(app, (bucket = new TokenBucket()));
    const rate = BROWSER_TRACES_PER_S;
    return bucket.take(rate, rate, this.#clock.now()) ? trace : undefined;
  }

  /**
   * Publishes an event inside a span `fan-out`, which ends when the event is written to the sockets of this node; one that goes
   * over the broker of several gateways, when that has it.
   */
  fanOut<T extends Reached>(
    app: App,
    trace: string,
    event: Destination & { event?: string | undefined },
    publish: () => Eventual<T>,
  ): Eventual<T> {
    const span = this.#tracing.start({
      name: `fan-out ${templateOf(event)}`,
      kind: 'internal',
      parent: trace,
      attributes: {
        [ATTRIBUTES.operation]: 'fan-out',
        [ATTRIBUTES.event]: event.event ?? '',
        ...destinationOf(event),
      },
    });
    const isHere = app.broker.isAlone || (event.socketId !== undefined && !event.channel);
    // Events that come back from the broker are written in a later turn, beside those of others.
    if (isHere) this.#metrics.turnTrace = contextOf(span);
    return later(this.#run(span, publish), (reached) => {
      const sockets = socketsOf(reached);
      // The broker tells their number where a receipt was asked for.
      const isKnown = sockets !== undefined && (isHere || sockets > 0);
      if (isKnown) span.setAttribute(ATTRIBUTES.sockets, sockets);
      const end = (): void => this.#tracing.end(span, failureOf(reached));
      if (!isHere) void later(app.broker.settled(), end);
      else {
        this.#turn.whenWritten(() => {
          this.#metrics.turnTrace = undefined;
          end();
        });
      }
      return reached;
    });
  }

  /** Serves a request inside a span. `serve` gets the context for what it does. */
  request<T extends { status: number }>(
    { trace, method, route }: { trace: string; method: string; route: string },
    serve: (trace: string | undefined) => Eventual<T>,
  ): Eventual<T> {
    const span = this.#tracing.start({
      name: `${method} ${route}`,
      kind: 'server',
      parent: trace,
      attributes: { [ATTRIBUTES.method]: method, [ATTRIBUTES.route]: route },
    });
    return later(
      this.#run(span, () => serve(contextOf(span))),
      (answer) => {
        span.setAttribute(ATTRIBUTES.status, answer.status);
        this.#tracing.end(span, answer.status >= 500 ? String(answer.status) : undefined);
        return answer;
      },
    );
  }

  /** Spans of the events in one stream. */
  forwards(group: string): Forwards {
    return new Forwards(this.#tracing, group);
  }

  /** Runs a step in a span, which ends here when the step fails. */
  #run<T>(span: Span, step: () => Eventual<T>): Eventual<T> {
    const failed = (error: unknown): never => {
      this.#tracing.end(span, 'failed');
      throw error;
    };
    try {
      const result = this.#tracing.within(span, step);
      return result instanceof Promise ? result.catch(failed) : result;
    } catch (error) {
      return failed(error);
    }
  }
}

/** Undefined for a failure. */
function socketsOf(reached: Reached): number | undefined {
  if (typeof reached === 'number') return reached;
  return typeof reached === 'object' && 'sockets' in reached ? reached.sockets : undefined;
}

function failureOf(reached: Reached): string | undefined {
  if (typeof reached === 'string') return reached;
  return typeof reached === 'object' && 'code' in reached ? String(reached.code) : undefined;
}

/** Tracing of a gateway, where it is on. */
export function tracingOf(
  { tracing }: { tracing: boolean },
  ...parts: [Clock, Metrics, Turn]
): GatewayTracing | undefined {
  return tracing ? new GatewayTracing(loadTracing(), ...parts) : undefined;
}
