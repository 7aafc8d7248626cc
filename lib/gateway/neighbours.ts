import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as ask,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { StandpipeError } from '../errors';
import { hash32 } from '../util/hash';
import { sendRefusal } from './http/answer';
import { readBody } from './http/body';
import type { Exchange } from './http/exchange';
import { forgetHead } from './http/unanswered-requests';
import type { Limits } from './options/options';

/** Variable of the workers' environment that tells each its place: number, count and folder of the sockets. */
const PLACE = 'STANDPIPE_NEIGHBOURS';
/** Header of a passed request: address of its client. */
const CLIENT = 'standpipe-client';
/** Headers that sessions over HTTP read. */
const PASSED = new Set(['origin', 'content-encoding']);
/** Room in a head for what is added to it. */
const ADDED_BYTES = 1_024;
/** Headers of a connection, which each of both connections has of its own. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Environment that gives a worker its place among the workers of one port. */
export function placeOf(number: number, count: number, folder: string): Record<string, string> {
  return { [PLACE]: JSON.stringify([process.pid, number, count, folder]) };
}

export type Serve = (
  request: IncomingMessage,
  response: ServerResponse,
  remoteAddress: string,
) => void;

/** Neighbours of this process, where its parent gave it a place among them; undefined elsewhere. */
export function neighboursHere(limits: Limits): Neighbours | undefined {
  if (!cluster.isWorker || process.env[PLACE] === undefined) return undefined;
  const [parent, number, count, folder] = JSON.parse(process.env[PLACE]) as [
    ...[number, number, number],
    string,
  ];
  // A variable that was inherited over several processes says nothing of this one.
  return parent === process.ppid ? new Neighbours({ number, count, folder }, limits) : undefined;
}

/**
 * Workers of one port. The kernel gives each connection to any of them, so the requests of one session over HTTP come to
 * several: the session's id says which of them owns it, and the others pass its requests on, over a socket of the owner
 * in a folder that only this user may enter. Nothing is asked or kept about it, also when a worker was replaced.
 */
export class Neighbours {
  readonly #place: { number: number; count: number; folder: string };
  readonly #limits: Limits;
  readonly #server: Server;
  #serve: Serve = (_, response) => void response.writeHead(503).end();

  /** @param place numbers count from 1 */
  constructor(place: { number: number; count: number; folder: string }, limits: Limits) {
    this.#place = place;
    this.#limits = limits;
    this.#server = createServer({ maxHeaderSize: limits.maxHeaderBytes + ADDED_BYTES });
    this.#server.on('request', (request, response) =>
      this.#serve(request, response, String(request.headers[CLIENT])),
    );
  }

  /**
   * Serves requests that others pass on.
   * @throws StandpipeError `listen_failed`
   */
  start(serve: Serve): Promise<void> {
    const path = this.#pathOf(this.#place.number);
    // The process before this one may have been killed.
    rmSync(path, { force: true });
    this.#serve = serve;
    return new Promise((resolve, reject) => {
      this.#server.on('error', (cause) =>
        reject(new StandpipeError('listen_failed', `cannot listen on ${path}`, { cause })),
      );
      // Exclusive: otherwise all workers would share what the first one listens at.
      this.#server.listen({ path, exclusive: true }, resolve);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * Passes a request on to the owner of its session. False where this worker is the owner.
   * @param lasts the answer may go on for long, and the request has no body
   */
  passOn(session: string, exchange: Exchange, { lasts }: { lasts: boolean }): boolean {
    const owner = 1 + (hash32(session) % this.#place.count);
    if (owner === this.#place.number) return false;
    const { request } = exchange;
    const { maxMessageBytes: maxBytes } = this.#limits;
    const headers = {
      ...only(request, (name) => PASSED.has(name)),
      [CLIENT]: exchange.remoteAddress,
    };
    const passed = { socketPath: this.#pathOf(owner), path: request.url ?? '/', headers };
    if (lasts) {
      this.#pass(passed, exchange).end();
      request.resume();
      forgetHead(exchange.response);
      return true;
    }
    // In one piece with the head: an owner that answers at the head ends the connection under what follows.
    const post = (body: Buffer): void => void this.#pass(passed, exchange).end(body);
    readBody(request, { maxBytes }, post, ({ status }) =>
      // Any body that the owner refuses alike: it also ends the session of one that is too large.
      post(Buffer.alloc(status === 413 ? maxBytes + 1 : 1)),
    );
    return true;
  }

  #pass(passed: RequestOptions, exchange: Exchange): ClientRequest {
    const { request, response } = exchange;
    const { socket } = request;
    // A connection for each: on a kept one a request could cross the owner's end of it.
    const asked = ask({ ...passed, method: 'POST', agent: false });
    const gone = (): void => void asked.destroy();
    // Requests that wait on one connection are bounded elsewhere.
    socket.setMaxListeners(0);
    // A response that waits behind another one of its connection does not hear that the connection is lost.
    socket.once('close', gone);
    asked.once('close', () => socket.off('close', gone));
    asked.on('response', (answer) => {
      // The rest of a body that was refused is not worth reading.
      if (!request.complete) response.shouldKeepAlive = false;
      response.writeHead(
        answer.statusCode ?? 502,
        only(answer, (name) => !OF_CONNECTION.has(name)),
      );
      pipeline(answer, response, () => undefined);
    });
    asked.on('error', () => {
      if (response.headersSent || socket.destroyed) return void response.destroy();
      response.setHeader('Retry-After', '1');
      sendRefusal(exchange, 503, 'The worker that has this session is not there');
    });
    return asked;
  }

  #pathOf(number: number): string {
    return join(this.#place.folder, `${number}`);
  }
}

/** Headers of some names. */
function only(
  { headers }: IncomingMessage,
  isKept: (name: string) => boolean,
): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));
}
