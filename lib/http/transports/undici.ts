import type { Dispatcher } from 'undici';
import {
  MAX_ANSWER_BYTES,
  type Transport,
  type TransportAnswer,
  type TransportOptions,
  timedOut,
  tooLong,
} from './transport';

type Connected = Pick<Dispatcher, 'dispatch'>;

/**
 * Requests of Node, over a pool of connections that stay open. undici's `dispatch` takes a fifth of the CPU of `fetch`
 * and two thirds of that of node:http. It is loaded with the first request: signing needs none of it.
 */
export function undiciTransport(options: TransportOptions): Transport {
  let pool: Promise<Connected> | undefined;
  let ready: Connected | undefined;
  return {
    async send(request, timeoutMs) {
      if (ready === undefined) ready = await (pool ??= connect(options));
      const { method, url, headers, body } = request;
      const path = url.slice(options.origin.length);
      // The origin decides where a request through a proxy ends.
      const call = {
        origin: options.origin,
        method: method,
        path,
        headers,
      };
      return exchange(ready, { ...call, body: body ?? null }, timeoutMs);
    },
  };
}

async function connect({
  origin,
  keepAlive,
  maxConnections,
  proxy,
}: TransportOptions): Promise<Connected> {
  const { Pool, ProxyAgent } = await import('undici');
  const limits = { connections: maxConnections, pipelining: keepAlive ? 1 : 0 };
  // The client's own timer is the only time limit.
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
  return proxy === undefined
    ? new Pool(origin, { ...limits, ...timeouts })
    : new ProxyAgent({ uri: proxy, ...limits, ...timeouts });
}

function exchange(
  pool: Connected,
  call: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    let abort: ((reason: Error) => void) | undefined;
    let late: Error | undefined;
    const timer =
      timeoutMs === 0
        ? undefined
        : setTimeout(() => {
            late = timedOut(timeoutMs);
            abort?.(late);
            // A request that still waits for its connection is given up when it gets there.
            reject(late);
          }, timeoutMs);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    let headers: Record<string, string | string[] | undefined> = {};
    pool.dispatch(call, {
      onRequestStart(controller) {
        abort = (reason) => controller.abort(reason);
        if (late !== undefined) abort(late);
      },
      onResponseStart(_controller, statusCode, received) {
        status = statusCode;
        headers = received;
      },
      onResponseData(controller, chunk) {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) controller.abort(tooLong());
        else chunks.push(chunk);
      },
      onResponseEnd() {
        clearTimeout(timer);
        const body = chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString();
        resolve({ status, headers: () => webHeaders(headers), body });
      },
      onResponseError(_controller, error) {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
}

/** Headers of Node as those of `fetch`. */
export function webHeaders(headers: Record<string, string | string[] | undefined>): Headers {
  const web = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const each of [value ?? []].flat()) web.append(name, each);
  }
  return web;
}
