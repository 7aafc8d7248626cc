import type { IncomingMessage, ServerResponse } from 'node:http';
import { later } from '../../../brokers/eventual';
import { parseJson } from '../../../pusher/json';
import { readBody } from '../../http/body';
import { ClientAddress } from '../../http/client-address';
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

const MAX_BODY_BYTES = 64 * 1024;

/** Parts of the console's own. */
export interface ConsoleParts extends Omit<Parts, 'admission' | 'memory'>, ConsoleSources {}

/**
 * The page for people who look after the gateway, and its API. It reads what the gateway has anyway and what the recorder
 * keeps of rare things; events are looked at only while somebody asks for them, by a tap of the router.
 */
export class Console {
  readonly #context: ConsoleContext;
  readonly #tokens: Tokens;
  readonly #clients: ClientAddress;
  readonly #ownNames: ReadonlySet<string>;
  readonly #assets: Assets;
  readonly #streams: Streams;
  #seconds = 0;
  #lateMs = 0;
  #tickedMs: number | undefined;

  /** @param folder files of the page */
  constructor(options: ConsoleOptions, parts: ConsoleParts, folder: string) {
    const { clock, journal, overload, router } = parts;
    const recorder = new Recorder(clock);
    journal.recorder = recorder;
    this.#context = {
      ...parts,
      recorder,
      progress: new Progress(),
      series: new Series(),
      startedAt: clock.wall(),
      node: () => (parts.hub.nodes.own === 0 ? 'alone' : String(parts.hub.nodes.own)),
    };
    this.#tokens = new Tokens(options.tokens, clock);
    this.#clients = new ClientAddress(parts.settings().trustedProxies);
    const names = [options.host, ...options.hosts];
    this.#ownNames = new Set(names.map((name) => name.toLowerCase()));
    this.#assets = new Assets(folder);
    this.#streams = new Streams(this.#context, new Taps(router));
    overload.each(() => this.#tick());
    answerOthers(this.#context);
  }

  /** Streams that are open now. */
  get watchers(): number {
    return this.#streams.size;
  }

  stop(): void {
    this.#streams.stop();
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.#guarded(response, () => this.#serve(request, response));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(GUARD_HEADERS)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    const fault = foreign(request, this.#ownNames);
    if (fault !== undefined) return this.#refuse(response, fault);
    const { method, url = '/' } = request;
    const [path = '/'] = url.split('?', 1);
    if (!path.startsWith('/api/')) return this.#asset(request, response, path);
    const { authorization, 'x-forwarded-for': forwarded } = request.headers;
    const { remoteAddress } = request.socket;
    // All come from one address where a proxy is before it: wrong tokens of one would lock out the others.
    const address = this.#clients.of(remoteAddress, forwarded?.toString());
    const viewer = this.#tokens.admit(authorization, address);
    if (typeof viewer === 'number') return this.#refuse(response, REFUSALS[viewer]);
    if (method === 'GET') return this.#answer(response, () => answer(this.#context, viewer, url));
    if (method === 'POST') return this.#post(request, response, viewer);
    this.#refuse(response, { status: 405, message: 'only GET and POST' });
  }

  #post(request: IncomingMessage, response: ServerResponse, viewer: Viewer): void {
    const { url = '/' } = request;
    readBody(
      request,
      { maxBytes: MAX_BODY_BYTES },
      (bytes) => {
        const body = parseJson(bytes.toString());
        if (url === '/api/stream') return this.#stream(viewer, body, response);
        this.#answer(response, () => actWhereItIs(this.#context, viewer, url, body));
      },
      ({ status }) => {
        response.setHeader('Connection', 'close');
        this.#refuse(response, { status, message: 'the body is too long, or encoded' });
      },
    );
  }

  #stream(viewer: Viewer, body: unknown, response: ServerResponse): void {
    this.#guarded(response, () => {
      this.#streams.open(viewer, body, response);
    });
  }

  #asset({ method, headers }: IncomingMessage, response: ServerResponse, path: string): void {
    if (method !== 'GET' && method !== 'HEAD') {
      return this.#refuse(response, { status: 405, message: 'only GET' });
    }
    const asset = this.#assets.get(path);
    if (asset === undefined)
      return this.#refuse(response, { status: 404, message: 'no such page' });
    const { type, etag, body, gzipped } = asset;
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('ETag', etag);
    if (headers['if-none-match'] === etag) return void response.writeHead(304).end();
    const isGzipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    if (isGzipped) response.setHeader('Content-Encoding', 'gzip');
    const bytes = isGzipped ? gzipped : body;
    const about = { 'Content-Type': type, 'Content-Length': bytes.length, Vary: 'Accept-Encoding' };
    response.writeHead(200, about);
    response.end(method === 'HEAD' ? undefined : bytes);
  }

  #answer(response: ServerResponse, make: () => unknown): void {
    this.#guarded(response, () => {
      const done = (found: unknown): void =>
        found === undefined
          ? this.#refuse(response, { status: 404, message: 'nothing is known of it' })
          : this.#send(response, 200, found);
      const answered = later(make(), done);
      if (answered instanceof Promise) answered.catch((error) => this.#failed(response, error));
    });
  }

  #guarded(response: ServerResponse, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failed(response, error);
    }
  }

  #failed(response: ServerResponse, error: unknown): void {
    if (error instanceof Refusal) return this.#refuse(response, error.fault);
    this.#context.metrics.failures++;
    this.#context.log.error({ err: error }, 'console');
    this.#refuse(response, { status: 500, message: 'the gateway failed; its log says why' });
  }

  #refuse(response: ServerResponse, fault: Fault): void {
    if (fault.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    this.#send(response, fault.status, { error: fault });
  }

  #send(response: ServerResponse, status: number, body: unknown): void {
    if (response.headersSent) return;
    const text = JSON.stringify(body);
    const length = Buffer.byteLength(text);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': length });
    response.end(text);
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

const REFUSALS = {
  401: { status: 401, message: 'a token of the console is needed: Authorization: Bearer <token>' },
  429: { status: 429, message: 'too many wrong tokens: wait a minute' },
} as const;
