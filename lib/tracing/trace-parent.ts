/** The parts of a `traceparent` (W3C Trace Context, section 3.2). */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

const FORM = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})($|-)/;
/** Later versions of the form may be longer; a text beyond this is no context. */
const MAX_LENGTH = 128;
const SAMPLED = 1;

/** Reads a `traceparent` of a peer; undefined when it is none, or when its trace is not sampled. */
export function readTraceParent(text: unknown): TraceParent | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  const [, version, traceId, spanId, flags, more] = FORM.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && more !== '') return undefined;
  const traceFlags = Number.parseInt(flags ?? '', 16);
  return (traceFlags & SAMPLED) === 0 ? undefined : { traceId, spanId, traceFlags };
}

/** The `traceparent` of a span; undefined when its trace is not sampled, as nobody would see what follows. */
export function traceParentOf({ traceId, spanId, traceFlags }: TraceParent): string | undefined {
  return (traceFlags & SAMPLED) === 0 ? undefined : `00-${traceId}-${spanId}-01`;
}
