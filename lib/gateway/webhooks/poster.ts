import { Agent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { asError } from '../../errors';
import type { Clock } from '../../util/timers';

/** Outcome of an attempt: a 2xx, or the reason of the failure. */
export type PostOutcome = { ok: true } | { ok: false; why: string };

const TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** A connection that nothing was sent on for this long is closed. */
const IDLE_MS = 15_000;
/** Idle connections that are kept: as many as an endpoint has requests at a time. */
const MAX_FREE = 8;

/**
 * Sends one receiver its requests, over connections that are kept open. An attempt has 5 s from the first lookup to the
 * last byte. Only the status counts: of the answer at most 64 KiB are read, undecoded, and redirects are not followed.
 */
export class Poster {
  readonly #url: URL;
  readonly #lookup: LookupFunction;
  readonly #clock: Clock;
  readonly #agent: Agent;

  constructor(url: URL, lookup: LookupFunction, clock: Clock) {
    this.#url = url;
    this.#lookup = lookup;
    this.#clock = clock;
    const options = { keepAlive: true, maxFreeSockets: MAX_FREE, timeout: IDLE_MS };
    this.#agent = url.protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
  }

  /** Never throws; `done` is called once, in a later turn. */
  post(
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    done: (outcome: PostOutcome) => void,
  ): void {
    let request: ClientRequest;
    try {
      request = this.#request(headers, body.length);
    } catch (error) {
      const why = asError(error).message;
      this.#clock.endOfTurn(() => done({ ok: false, why }));
      return;
    }
    let outcome: PostOutcome | undefined;
    const timer = this.#clock.setTimeout(() => {
      request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`));
    }, TIMEOUT_MS);
    request.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      outcome =
        status >= 200 && status < 300 ? { ok: true } : { ok: false, why: `status ${status}` };
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) request.destroy();
      });
      // The status is known, so it does not matter how the rest ends.
      response.on('error', () => undefined);
    });
    request.on('error', (error) => {
      outcome ??= { ok: false, why: error.message };
    });
    request.on('close', () => {
      this.#clock.clearTimeout(timer);
      done(outcome ?? { ok: false, why: 'the connection ended without an answer' });
    });
    request.end(body);
  }

  /** Closes its connections, in use or not. */
  close(): void {
    this.#agent.destroy();
  }

  #request(headers: Readonly<Record<string, string>>, length: number): ClientRequest {
    const send = this.#url.protocol === 'https:' ? tlsRequest : httpRequest;
    return send(this.#url, {
      method: 'POST',
      agent: this.#agent,
      lookup: this.#lookup,
      headers: { ...headers, 'Content-Length': length, 'User-Agent': 'standpipe' },
    });
  }
}
