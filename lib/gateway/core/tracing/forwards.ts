import { ATTRIBUTES, destinationOf } from '../../../tracing/semantics';
import { contextOf, type Span, type Tracing } from '../../../tracing/tracing';
import type { PipeEvent } from '../../../wire/frames';
import type { Partition } from '../streams/partition';

/** Spans of events that wait in one stream; beyond it the oldest one ends before its event is acknowledged. */
const MAX_OPEN = 1_000;

/** An event with a trace on its way to a backend. */
interface Forward {
  readonly span: Span;
  /** Place in the stream; undefined until it has one. */
  place: { partition: Partition; epoch: number; offset: number } | undefined;
}

/** Spans `forward`, of events of one group with a trace: from their place in the stream until they are acknowledged. */
export class Forwards {
  readonly #tracing: Tracing;
  readonly #group: string;
  /** By the context that the event carries on, which is that of its span. */
  readonly #open = new Map<string, Forward>();

  constructor(tracing: Tracing, group: string) {
    this.#tracing = tracing;
    this.#group = group;
  }

  /** Begins the span of an event; returns the event as the backend gets it, within that span. */
  begin(event: PipeEvent): PipeEvent {
    const span = this.#tracing.start({
      name: `forward ${this.#group || 'backend'}`,
      kind: 'internal',
      parent: event.trace,
      attributes: {
        [ATTRIBUTES.operation]: 'forward',
        [ATTRIBUTES.group]: this.#group,
        [ATTRIBUTES.event]: event.event ?? '',
        ...destinationOf(event),
      },
    });
    const trace = contextOf(span);
    if (trace === undefined) {
      span.end();
      return { ...event, trace };
    }
    if (this.#open.size >= MAX_OPEN) this.#end(this.#open.keys().next().value ?? '');
    this.#open.set(trace, { span, place: undefined });
    return { ...event, trace };
  }

  /** The event of a context has its place. */
  placed(trace: string, partition: Partition, offset: number): void {
    const forward = this.#open.get(trace);
    if (forward === undefined) return;
    forward.place = { partition, epoch: partition.log.epoch, offset };
    forward.span.setAttribute(ATTRIBUTES.partition, String(partition.number));
    forward.span.setAttribute(ATTRIBUTES.offset, offset);
  }

  /** Ends the spans of events that are finished, lost or replaced. Asked after each acknowledgement. */
  settle(): void {
    for (const [trace, { place }] of this.#open) {
      if (place?.partition.log.at(place)?.trace !== trace) this.#end(trace);
    }
  }

  /** Ends all spans: the stream is given up. */
  dispose(): void {
    for (const trace of this.#open.keys()) this.#end(trace);
  }

  #end(trace: string): void {
    const forward = this.#open.get(trace);
    this.#open.delete(trace);
    forward?.span.end();
  }
}
