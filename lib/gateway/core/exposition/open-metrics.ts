import { type Metric, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';

type Values = MetricObjectWithValues<MetricValue<string>>;
interface Readable {
  readonly name: string;
  readonly type: string;
  get(): Promise<Values>;
}

const TYPE = 'application/openmetrics-text';
const VERSION = '1.0.0';

/**
 * The metrics of a registry as OpenMetrics, the form that carries exemplars. Counters go in by another name there; prom-client
 * would rename the counter itself, and so in the text form too.
 */
export function openMetrics(registry: Registry): Registry {
  const open = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as Readable[]) {
    open.registerMetric(asOpen(metric) as unknown as Metric);
  }
  return open as unknown as Registry;
}

function asOpen(metric: Readable): Readable {
  if (metric.type !== 'counter') return metric;
  const name = metric.name.replace(/_total$/, '');
  return {
    ...{ name, type: metric.type },
    get: async () => ({ ...(await metric.get()), name }),
  };
}

/** True when a scraper that sends this `Accept` would rather have OpenMetrics than the text form. */
export function prefersOpenMetrics(accept = ''): boolean {
  let open = 0;
  let text = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase());
    const param = (name: string): string | undefined =>
      params.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    const q = Number(param('q') ?? 1);
    if (type === TYPE && (param('version') ?? VERSION) === VERSION) open = Math.max(open, q);
    else if (type === 'text/plain') text = Math.max(text, q);
  }
  return open > 0 && open >= text;
}
