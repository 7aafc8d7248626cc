import type * as Api from '@opentelemetry/api';
import { ATTRIBUTES, SYSTEM } from './semantics';
import { readTraceParent, traceParentOf } from './trace-parent';

export type Span = Api.Span;
export type Attributes = Record<string, string | number | boolean>;

/** Extent and place of a span that begins. */
export interface SpanStart {
  name: string;
  kind: 'server' | 'internal' | 'producer' | 'consumer';
  attributes: Attributes;
  /** `traceparent` of the context that the span belongs to. Without one it belongs to the active context. */
  parent?: string | undefined;
}

/**
 * Spans of OpenTelemetry, through its API alone: the program chooses and registers the SDK. Without one nothing is
 * recorded, and contexts of others are passed on as they are.
 */
export class Tracing {
  readonly #api: typeof Api;

  constructor(api: typeof Api) {
    this.#api = api;
  }

  /** Begins a span, which the caller ends. */
  start({ name, kind, attributes, parent }: SpanStart): Span {
    const { trace, ROOT_CONTEXT, SpanKind, context } = this.#api;
    const remote = readTraceParent(parent);
    const kinds = {
      server: SpanKind.SERVER,
      internal: SpanKind.INTERNAL,
      producer: SpanKind.PRODUCER,
      consumer: SpanKind.CONSUMER,
    };
    const within =
      remote === undefined
        ? context.active()
        : trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
    const links =
      kind === 'consumer' && remote !== undefined
        ? [{ context: { ...remote, isRemote: true } }]
        : [];
    // Asked each time: a program may register its SDK after it has made a client.
    return trace
      .getTracer(SYSTEM)
      .startSpan(
        name,
        { kind: kinds[kind], links, attributes: { [ATTRIBUTES.system]: SYSTEM, ...attributes } },
        within,
      );
  }

  /** Calls a function in which a span is the active one. */
  within<T>(span: Span, run: () => T): T {
    const { context, trace } = this.#api;
    return context.with(trace.setSpan(context.active(), span), run);
  }

  /** Ends a span; with the code of an error, as failed. */
  end(span: Span, errorType?: string): void {
    if (errorType !== undefined) this.#mark(span, errorType);
    span.end();
  }

  /** Marks the active span as failed, where there is one. */
  failed(errorType: string): void {
    this.#mark(this.#api.trace.getActiveSpan(), errorType);
  }

  /** Fields of log lines by which they are found from a trace; none while no span is active. */
  logFields(): Record<string, string> {
    const active = this.#api.trace.getActiveSpan()?.spanContext();
    if (active === undefined || !this.#api.isSpanContextValid(active)) return {};
    const flags = active.traceFlags.toString(16).padStart(2, '0');
    return { trace_id: active.traceId, span_id: active.spanId, trace_flags: flags };
  }

  #mark(span: Span | undefined, errorType: string): void {
    span?.setAttribute(ATTRIBUTES.errorType, errorType);
    span?.setStatus({ code: this.#api.SpanStatusCode.ERROR });
  }
}

/** The `traceparent` of a span, for those who go on with its trace; undefined when it is not sampled. */
export function contextOf(span: Span): string | undefined {
  return traceParentOf(span.spanContext());
}
