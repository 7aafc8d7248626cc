/**
 * Costs of the Pipe when faults occur. Prints figures; nothing passes or fails by time.
 * Run: node --expose-gc -r ts-node/register/transpile-only spec/bench/faults.ts
 */
import { until } from '../support/until';
import type { CarrierHandler } from '../../lib/gateway/core/fanout/carrier';
import { dialWebSocket } from '../../lib/net/web-socket';
import type { Dial, Socket } from '../../lib/net/dial';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import type { PipeOptions } from '../../lib/pipe/options';
import { AckFloor } from '../../lib/stream/ack-floor';
import { Budget } from '../../lib/stream/budget';
import { InFlight } from '../../lib/stream/in-flight';
import { Log } from '../../lib/stream/log';
import { createTestGateway, type TestGateway } from '../../lib/testing';
import { EventKind, type PipeEvent } from '../../lib/wire/frames';
import { nowhere } from './support/nowhere';

const SOCKETS = 100_000;
const LOG_EVENTS = 200_000;
const ACKED_A_SECOND = 500_000;
const GRACE_MS = 1_000;
/** A quarter of the credit, after which an acknowledgement goes alone. */
const ACK_EVERY = 8_192;

/** A way to the gateway that can be taken away, and counts what comes. */
class Line {
  away = false;
  bytes = 0;
  #sockets: Socket[] = [];

  readonly dial: Dial = (url, options, handlers) => {
    if (this.away) throw new Error('away');
    const socket = dialWebSocket(url, options, {
      ...handlers,
      message: (bytes) => {
        this.bytes += bytes.length;
        handlers.message(bytes);
      },
    });
    this.#sockets.push(socket);
    return socket;
  };

  cut(): void {
    this.away = true;
    for (const socket of this.#sockets.splice(0)) socket.terminate();
  }
}

function backend(gateway: TestGateway, line: Line, options: Partial<PipeOptions> = {}): PipeClient {
  const backoff = { baseMs: 1, maxMs: 5 };
  const client = createClient({ ...gateway.client, backoff, ...options }, { dial: line.dial });
  client.subscribe(['socket_existence', 'socket_message']);
  client.on('error', () => undefined);
  return client;
}

function tell(what: string, figure: string): void {
  console.log(`${what.padEnd(56)}${figure}`);
}

async function takeover(): Promise<void> {
  const limits = { pipeGraceMs: GRACE_MS, maxBackChannelEventsPerSecond: 1e9 };
  const gateway = await createTestGateway({ limits });
  const lines = [new Line(), new Line()] as const;
  const heard = [0, 0];
  const members = lines.map((line) => backend(gateway, line, { group: 'group' }));
  for (const [i, client] of members.entries()) {
    client.sockets.on('event', () => void (heard[i] = (heard[i] ?? 0) + 1));
    await client.connect();
  }
  const browsers = await Promise.all(Array.from({ length: 100 }, () => gateway.browser()));
  lines[0].cut();
  const sinceMs = performance.now();
  for (const browser of browsers) browser.send('say');
  await until(() => heard[1] === browsers.length);
  const tookMs = performance.now() - sinceMs - GRACE_MS;
  tell('keys of a dead member taken over, after the grace', `${tookMs.toFixed(1)} ms`);
  await Promise.all(members.map((client) => client.disconnect()));
  await gateway.close();
}

async function manyCloses(): Promise<void> {
  const limits = { maxConnections: 1e6, maxConnectionsPerApp: 1e6 };
  const gateway = await createTestGateway({ limits });
  const line = new Line();
  const client = backend(gateway, line);
  let opened = 0;
  let closed = 0;
  client.sockets.on('open', () => void (opened += 1));
  client.sockets.on('close', () => void (closed += 1));
  await client.connect();
  const sessions: CarrierHandler[] = [];
  const query = new URLSearchParams({ protocol: '7' });
  for (let i = 0; i < SOCKETS; i++) {
    const session = gateway.gateway.openSocket(gateway.client.key, query, nowhere());
    if (session !== undefined) sessions.push(session);
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => opened === SOCKETS);
  const before = line.bytes;
  const sinceMs = performance.now();
  for (const session of sessions) session.closed(1001, '');
  await until(() => closed === SOCKETS);
  const tookMs = performance.now() - sinceMs;
  const bytes = ((line.bytes - before) / SOCKETS).toFixed(1);
  tell(`${SOCKETS} closes at once, all reported`, `${tookMs.toFixed(0)} ms, ${bytes} bytes each`);
  await client.disconnect();
  await gateway.close();
}

function fullLog(): void {
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const log = new Log<PipeEvent>({
    epoch: 1,
    budget: new Budget({ maxEntries: LOG_EVENTS, maxBytes: 2 ** 30 }),
  });
  for (let i = 0; i < LOG_EVENTS; i++) {
    const data = JSON.stringify({ i, text: 'a'.repeat(80) });
    const socketId = `${i % 1_000}.123456`;
    log.append(
      { kind: EventKind.MESSAGE, socketId, event: 'say', data, time: 1.7e12 },
      data.length,
    );
  }
  const each = (heap() - before) / log.length;
  const all = (each * LOG_EVENTS) / 2 ** 20;
  tell(
    `log of ${LOG_EVENTS} events of 100 bytes`,
    `${all.toFixed(0)} MiB, ${each.toFixed(0)} bytes each`,
  );
}

/** Work of both ends for acknowledgements at a rate, as a share of one core. */
function acks(): void {
  const log = new Log<number>({
    epoch: 1,
    budget: new Budget({ maxEntries: ACKED_A_SECOND, maxBytes: 2 ** 30 }),
  });
  const flight = new InFlight();
  flight.grant({ messages: ACKED_A_SECOND, bytes: 2 ** 30 });
  log.attach(log.committed, flight);
  for (let i = 0; i < ACKED_A_SECOND; i++) log.append(i, 100);
  while (log.take(1_024, 65_536) !== undefined);
  const done = new AckFloor(0);
  const start = process.cpuUsage();
  for (let offset = 1; offset <= ACKED_A_SECOND; offset++) {
    done.start(offset);
    done.finish(offset);
    if (offset % ACK_EVERY === 0) log.ack({ epoch: 1, offset: done.done });
  }
  const { user, system } = process.cpuUsage(start);
  tell(
    `acknowledgements at ${ACKED_A_SECOND} events/s`,
    `${((user + system) / 10_000).toFixed(2)} % of a core`,
  );
}

async function main(): Promise<void> {
  await takeover();
  await manyCloses();
  fullLog();
  acks();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
