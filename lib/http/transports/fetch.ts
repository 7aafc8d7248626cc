import { type Fetch, MAX_ANSWER_BYTES, type Transport, timedOut, tooLong } from './transport';

/** Requests by `fetch`, wherever there is one. */
export function fetchTransport(fetch: Fetch): Transport {
  return {
    async send({ method, url, headers, body }, timeoutMs) {
      const controller = new AbortController();
      const timer =
        timeoutMs === 0
          ? undefined
          : setTimeout(() => controller.abort(timedOut(timeoutMs)), timeoutMs);
      try {
        const { signal } = controller;
        const init = { method, headers: { ...headers }, signal };
        const response = await fetch(url, body === undefined ? init : { ...init, body });
        if (Number(response.headers.get('content-length')) > MAX_ANSWER_BYTES) throw tooLong();
        const text = await response.text();
        return { status: response.status, headers: () => response.headers, body: text };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
