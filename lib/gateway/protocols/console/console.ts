import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { later } from '../../../brokers/eventual';
import { parseJson } from '../../../pusher/json';
import { hasBody, readBody } from '../../http/body';
import { Progress } from '../../core/console/progress';
import { Recorder } from '../../core/console/recorder';
import { SAMPLE_S, Series } from '../../core/console/series';
import { groupsOf } from '../../core/console/progress';
import type { Parts } from '../../core/parts';
import type { ConsoleOptions } from '../../options/console';
import { Assets } from './assets';
import type { Fault } from './api';
import type { ConsoleContext, ConsoleSources, Viewer } from './context';
import { Refusal } from './fault';
import { foreign, GUARD_HEADERS } from './guard';
import { actWhereItIs, answer, answerOthers } from './look';
import { Streams } from './live/stream';
import { Taps } from './live/taps';
import { Tokens } from './tokens';

const { version } = require('../../../../package.json') as { version: string };

const MAX_BODY_BYTES = 64 * 1024;
/** Bytes of the token that is made at the start where none is configured. */
const TOKEN_BYTES = 24;

/** Parts of the console's own. */
export interface ConsoleParts
  extends Omit<Parts, 'admission' | 'memory'>, Omit<ConsoleSources, 'version'> {}

/** A request for the console, from one of its entrances. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Target of the request behind the path of the console; begins with a slash. */
  readonly target: string;
  /** Address of the client. */
  readonly remoteAddress: string;
}

/**
 * The page for people who look after the gateway, and its API. It reads what the gateway has anyway and what the recorder
 * keeps of rare things; events are looked at only while somebody asks for them, by a tap of the router.
 */
export class Console {
  readonly options: ConsoleOptions;
  /** Token that was made here, where none is configured: for the one who has started the gateway. */
  readonly ownToken: string | undefined;
  readonly #context: ConsoleContext;
  readonly #tokens: Tokens;
  readonly #ownNames: ReadonlySet<string>;
  readonly #assets = new Assets();
  readonly #streams: Streams;
  #seconds = 0;
  #lateMs = 0;
  #tickedMs: number | undefined;

  constructor(options: ConsoleOptions, parts: ConsoleParts) {
    const { clock, journal, overload, router } = parts;
    const recorder = new Recorder(clock);
    journal.recorder = recorder;
    this.options = options;
    this.#context = {
      ...parts,
      version,
      recorder,
      progress: new Progress(),
      series: new Series(),
      startedAt: clock.wall(),
      node: () => (parts.hub.nodes.own === 0 ? 'alone' : String(parts.hub.nodes.own)),
    };
    const { host, hosts, tokens } = options;
    this.ownToken = tokens.length > 0 ? undefined : randomBytes(TOKEN_BYTES).toString('base64url');
    const local = { name: 'local', role: 'operator', apps: ['*'] } as const;
    const known =
      this.ownToken === undefined ? tokens : [{ ...local, apps: ['*'], token: this.ownToken }];
    this.#tokens = new Tokens(known, clock);
    this.#ownNames = new Set([host, ...hosts].map((name) => name.toLowerCase()));
    this.#streams = new Streams(this.#context, new Taps(router));
    overload.each(() => this.#tick());
    answerOthers(this.#context);
  }

  /** Ends all streams. */
  stop(): void {
    this.#streams.stop();
  }

  serve(visit: Visit): void {
    this.#guarded(visit, () => this.#served(visit));
  }

  #served(visit: Visit): void {
    const { request, response, target, remoteAddress } = visit;
    for (const [name, value] of Object.entries(GUARD_HEADERS)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    const fault = foreign(request, this.#ownNames);
    if (fault !== undefined) return this.#turnAway(visit, fault);
    const [path = '/'] = target.split('?', 1);
    if (!path.startsWith('/api/')) return this.#asset(visit, path);
    const viewer = this.#tokens.admit(request.headers.authorization, remoteAddress);
    if (typeof viewer === 'number') return this.#turnAway(visit, REFUSALS[viewer]);
    const { method } = request;
    if (method === 'GET') return this.#answer(visit, () => answer(this.#context, viewer, target));
    if (method === 'POST') return this.#post(visit, viewer);
    this.#refuse(visit, { status: 405, message: 'only GET and POST' });
  }

  #post(visit: Visit, viewer: Viewer): void {
    const { request, target } = visit;
    readBody(
      request,
      { maxBytes: MAX_BODY_BYTES },
      (bytes) => {
        const body = parseJson(bytes.toString());
        if (target === '/api/stream') return this.#stream(visit, viewer, body);
        this.#answer(visit, () => actWhereItIs(this.#context, viewer, target, body));
      },
      ({ status }) => this.#refuse(visit, { status, message: 'the body is too long, or encoded' }),
    );
  }

  #stream(visit: Visit, viewer: Viewer, body: unknown): void {
    this.#guarded(visit, () => {
      this.#streams.open(viewer, body, visit.response);
      this.#context.journal.answered(ENTRANCE, 200);
    });
  }

  #asset(visit: Visit, path: string): void {
    const { request, response } = visit;
    const { method, headers } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      return this.#refuse(visit, { status: 405, message: 'only GET' });
    }
    const asset = this.#assets.get(path);
    if (asset === undefined) return this.#refuse(visit, { status: 404, message: 'no such page' });
    const { type, etag, body, gzipped } = asset;
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('ETag', etag);
    if (headers['if-none-match'] === etag) return this.#end(visit, 304);
    const isGzipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    if (isGzipped) response.setHeader('Content-Encoding', 'gzip');
    const bytes = isGzipped ? gzipped : body;
    response.setHeader('Content-Type', type);
    response.setHeader('Content-Length', bytes.length);
    response.setHeader('Vary', 'Accept-Encoding');
    this.#end(visit, 200, method === 'HEAD' ? undefined : bytes);
  }

  #answer(visit: Visit, make: () => unknown): void {
    this.#guarded(visit, () => {
      const done = (found: unknown): void =>
        found === undefined
          ? this.#refuse(visit, { status: 404, message: 'nothing is known of it' })
          : this.#send(visit, 200, found);
      const answered = later(make(), done);
      if (answered instanceof Promise) answered.catch((error) => this.#failed(visit, error));
    });
  }

  #guarded(visit: Visit, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failed(visit, error);
    }
  }

  #failed(visit: Visit, error: unknown): void {
    if (error instanceof Refusal) return this.#refuse(visit, error.fault);
    this.#context.metrics.failures++;
    this.#context.log.error({ err: error }, 'console');
    this.#refuse(visit, { status: 500, message: 'the gateway failed; its log says why' });
  }

  /** Refuses somebody who may not look: counted and noted, as other entrances do. */
  #turnAway(visit: Visit, fault: Fault): void {
    const { request, target, remoteAddress } = visit;
    const about = { method: request.method, path: target, remoteAddress };
    this.#context.journal.refused({ entrance: ENTRANCE, ...fault }, about);
    this.#refuse(visit, fault);
  }

  #refuse(visit: Visit, fault: Fault): void {
    if (fault.status === 401) visit.response.setHeader('WWW-Authenticate', 'Bearer');
    this.#send(visit, fault.status, { error: fault });
  }

  #send(visit: Visit, status: number, body: unknown): void {
    const { response } = visit;
    if (response.headersSent) return;
    const bytes = Buffer.from(JSON.stringify(body));
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Content-Length', bytes.length);
    this.#end(visit, status, bytes);
  }

  #end({ request, response }: Visit, status: number, bytes?: Buffer): void {
    // The rest of a body that nobody reads ends with the connection.
    if (hasBody(request) && !request.complete) response.setHeader('Connection', 'close');
    const sent = bytes?.length ?? 0;
    this.#context.journal.answered(ENTRANCE, status, { received: 0, sent });
    response.writeHead(status).end(bytes);
  }

  /** A second has gone by. */
  #tick(): void {
    const { clock, recorder, progress, apps } = this.#context;
    recorder.tick();
    progress.look(apps.all(), clock.wall());
    const nowMs = clock.now();
    if (this.#tickedMs !== undefined) {
      this.#lateMs = Math.max(this.#lateMs, nowMs - this.#tickedMs - 1_000);
    }
    this.#tickedMs = nowMs;
    if (this.#seconds++ % SAMPLE_S === 0) this.#sample();
  }

  #sample(): void {
    const { clock, metrics, apps, series } = this.#context;
    let sockets = 0;
    let waiting = 0;
    for (const app of apps.all()) {
      sockets += app.sockets.size;
      for (const group of groupsOf(app)) waiting += group.lag.events;
    }
    series.add({
      ...{ at: clock.wall(), sockets, waiting },
      received: metrics.messagesReceived,
      accepted: metrics.eventsAccepted,
      delivered: metrics.deliveries,
      toBackends: metrics.pipeEvents,
      commands: metrics.pipeCommands,
      cut: metrics.socketsCut,
      failures: metrics.failures,
      gaps: [...metrics.pipeGaps.values()].reduce((sum, count) => sum + count, 0),
      cpuMs: clock.cpuMs?.() ?? 0,
      rssBytes: process.memoryUsage.rss(),
      lateMs: this.#lateMs,
    });
    this.#lateMs = 0;
  }
}

const ENTRANCE = 'console';

const REFUSALS = {
  401: { status: 401, message: 'a token of the console is needed: Authorization: Bearer <token>' },
  429: { status: 429, message: 'too many wrong tokens: wait a minute' },
} as const;
