/**
 * Rate of publishing over the HTTP API on one core, single events and batches of 10: first the API itself, called
 * without a network, then the whole gateway beside a bare node:http server that reads the same bodies. Prints figures;
 * nothing passes or fails by time.
 * Run: node -r ts-node/register/transpile-only spec/bench/http-publish.ts
 */
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import { Gateway } from '../../lib/gateway/gateway';
import { Apps } from '../../lib/gateway/core/model/app';
import { Hub } from '../../lib/gateway/core/hub';
import { Journal } from '../../lib/gateway/core/journal';
import { Metrics } from '../../lib/gateway/core/metrics';
import { Router } from '../../lib/gateway/core/router';
import { Turn } from '../../lib/gateway/core/fanout/turn';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { parseTarget } from '../../lib/gateway/http/target';
import { RestApi } from '../../lib/gateway/protocols/rest/api';
import { silent } from '../../lib/util/logger';
import { systemClock } from '../../lib/util/timers';
import { type ApiRequest, rawRequest, signedRequest } from '../support/api-client';

const WARM_MS = 1_500;
const ROUND_MS = 2_000;
const CONNECTIONS = 16;
const OWN_CALLS = 100_000;
const secret = 'a-secret-of-the-specs';
const data = JSON.stringify({ x: 1234, y: 5678, text: 'a'.repeat(100) }).slice(0, 98) + '"}';

type Kind = 'gateway' | 'bare';

/** The measured process: tells its port, and its CPU time so far whenever it is asked. */
async function serve(kind: Kind): Promise<void> {
  process.on('message', () => process.send?.({ cpuUs: cpuUs() }));
  process.on('disconnect', () => process.exit());
  const port = kind === 'bare' ? await bare() : await gateway();
  process.send?.({ port });
}

async function gateway(): Promise<number> {
  const started = new Gateway({ port: 0, apps: [{ id: '1', key: 'key', secret }] });
  return (await started.start()).port;
}

function bare(): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
      response.end('{}');
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** CPU of one request within the API: from its head to its answer, without sockets and HTTP. */
function own(request: ApiRequest): number {
  const { apps, limits } = checkGatewayOptions({ apps: [{ id: '1', key: 'key', secret }] });
  const clock = systemClock;
  const metrics = new Metrics();
  const journal = new Journal(silent, metrics);
  const turn = new Turn((run) => clock.endOfTurn(run));
  const broker = new MemoryEngine({ clock, limits, isAlone: true }).join();
  const hub = new Hub({ turn, clock, limits, journal, metrics, broker });
  const none = (): number => 0;
  const router = new Router(hub, metrics, journal);
  const parts = { hub, router, metrics, journal, limits, clock, log: silent };
  const api = new RestApi(parts, new Apps(apps, (app) => hub.attach(app)));
  const { method, target, body } = signedRequest(request);
  const headers = { 'content-length': String(body.length) };
  const call = (): void => {
    const incoming = Object.assign(new EventEmitter(), { method, url: target, headers });
    const response = { writeHead: none, end: none };
    const [{ path, query, signable }] = parseTarget(target, '');
    api.request({
      path,
      query,
      signable,
      request: incoming as IncomingMessage,
      response: response as unknown as ServerResponse,
      remoteAddress: '127.0.0.1',
      entrance: 'http_api',
      journal,
    });
    incoming.emit('data', body);
    incoming.emit('end');
  };
  for (let i = 0; i < OWN_CALLS / 10; i++) call();
  const before = cpuUs();
  for (let i = 0; i < OWN_CALLS; i++) call();
  return (cpuUs() - before) / OWN_CALLS;
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function ask(child: ChildProcess): Promise<{ port: number; cpuUs: number }> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as { port: number; cpuUs: number }));
  });
}

/** A connection that always has `window` requests on their way. All answers are equally long, so bytes are counted. */
class Loader {
  answers = 0;
  readonly #socket: Socket;
  #bytes = 0;

  constructor(port: number, text: string, window: number, answerBytes: number) {
    const one = Buffer.from(text);
    this.#socket = connect(port, '127.0.0.1', () => {
      this.#socket.setNoDelay();
      this.#socket.write(Buffer.concat(Array<Buffer>(window).fill(one)));
    });
    this.#socket.on('data', (chunk) => {
      this.#bytes += chunk.length;
      const done = Math.floor(this.#bytes / answerBytes);
      this.#bytes -= done * answerBytes;
      this.answers += done;
      if (done > 0) this.#socket.write(Buffer.concat(Array<Buffer>(done).fill(one)));
    });
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** Length of one answer; throws when it is no 200. */
function probe(port: number, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.once('data', (bytes) => {
      socket.destroy();
      const answer = bytes.toString();
      if (answer.startsWith('HTTP/1.1 200')) resolve(bytes.length);
      else reject(new Error(answer));
    });
  });
}

async function measure(
  kind: Kind,
  text: string,
  window: number,
): Promise<[rate: number, us: number]> {
  const child = fork(__filename, [kind]);
  const { port } = await ask(child);
  const answerBytes = await probe(port, text);
  const loaders = Array.from(
    { length: CONNECTIONS },
    () => new Loader(port, text, window, answerBytes),
  );
  const answers = (): number => loaders.reduce((sum, each) => sum + each.answers, 0);
  const cpu = async (): Promise<number> => {
    child.send('cpu');
    return (await ask(child)).cpuUs;
  };
  await pause(WARM_MS);
  const [before, usedBefore, start] = [answers(), await cpu(), performance.now()];
  await pause(ROUND_MS);
  const count = answers() - before;
  const used = (await cpu()) - usedBefore;
  const seconds = (performance.now() - start) / 1_000;
  for (const loader of loaders) loader.end();
  child.disconnect();
  return [count / seconds, used / count];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function main(): Promise<void> {
  const event = { name: 'move', channel: 'game-1', data };
  const batch = Array.from({ length: 10 }, (_, i) => ({ ...event, channel: `game-${i}` }));
  const cases = [
    { name: 'single', events: 1, request: { method: 'POST', path: '/events', body: event } },
    {
      name: 'batch of 10',
      events: 10,
      request: { method: 'POST', path: '/batch_events', body: { batch } },
    },
  ];
  for (const { name, events, request } of cases) {
    const us = own(request);
    console.log(
      `${name}: the API's own ${us.toFixed(1)} µs, ${(us / events).toFixed(1)} µs an event`,
    );
  }
  console.log(`${CONNECTIONS} kept-alive connections, ${data.length} bytes of data:`);
  for (const window of [1, 8]) {
    for (const { name, events, request } of cases) {
      const text = rawRequest(request);
      const [floorRate, floor] = await measure('bare', text, window);
      const [rate, us] = await measure('gateway', text, window);
      console.log(
        `${name}, ${window} in flight: ${Math.round(rate * events)} events/s, ${us.toFixed(1)} µs a request; ` +
          `bare node:http ${Math.round(floorRate)} requests/s, ${floor.toFixed(1)} µs`,
      );
    }
  }
}

const [, , kind] = process.argv;
void (kind === 'bare' || kind === 'gateway' ? serve(kind) : main());
