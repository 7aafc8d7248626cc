import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { readTraceParent } from '../../../tracing/trace-parent';

type Labels = Readonly<Record<string, string>>;

/** Values of a metric with labels, as they are at a scrape. */
export type Labelled = Iterable<readonly [labels: Labels, value: number]>;

/** Upper bounds of the buckets of times, in seconds. */
export const BUCKETS_S = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** A histogram of times. */
export interface Times {
  /** @param trace `traceparent` of a trace to which the time belongs */
  observe(seconds: number, trace?: string): void;
}

/** Labels of an exemplar, as OpenMetrics recommends; none without a sampled trace. */
function exemplarOf(trace: string | undefined): Record<string, string> {
  const parent = readTraceParent(trace);
  return parent === undefined ? {} : { trace_id: parent.traceId, span_id: parent.spanId };
}

/** Declares the metrics of a registry, all named `standpipe_…`. Their values are read when a scrape comes. */
export class Declarations {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  count(name: string, help: string, read: () => number): void {
    new Counter({
      ...this.#named(name, help),
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** A counter by one label, whose values are the keys. */
  countBy(
    name: string,
    help: string,
    label: string,
    read: () => Iterable<readonly [string, number]>,
  ): void {
    this.countByLabels(name, help, [label], () =>
      Array.from(read(), ([value, n]) => [{ [label]: value }, n] as const),
    );
  }

  countByLabels(name: string, help: string, labelNames: string[], read: () => Labelled): void {
    new Counter({
      ...{ ...this.#named(name, help), labelNames },
      collect() {
        this.reset();
        for (const [labels, n] of read()) this.inc(labels, n);
      },
    });
  }

  level(name: string, help: string, read: () => number = () => 0): void {
    new Gauge({
      ...this.#named(name, help),
      collect() {
        this.set(read());
      },
    });
  }

  levelByLabels(name: string, help: string, labelNames: string[], read: () => Labelled): void {
    new Gauge({
      ...{ ...this.#named(name, help), labelNames },
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  }

  /** A histogram of times in seconds. With exemplars it keeps for each bucket a trace of which one was measured. */
  times(name: string, help: string, exemplars = false): Times {
    const named = { ...this.#named(name, help), buckets: BUCKETS_S };
    if (!exemplars) {
      const histogram = new Histogram(named);
      return { observe: (seconds) => histogram.observe(seconds) };
    }
    const histogram = new Histogram<string>({ ...named, registers: [], enableExemplars: true });
    // Given to the registry here: the histogram itself refuses one of the text form, which leaves exemplars out.
    this.#registry.registerMetric(histogram);
    return {
      observe: (value, trace) =>
        histogram.observe({ labels: {}, value, exemplarLabels: exemplarOf(trace) }),
    };
  }

  #named(name: string, help: string): { name: string; help: string; registers: Registry[] } {
    return { name: `standpipe_${name}`, help, registers: [this.#registry] };
  }
}
