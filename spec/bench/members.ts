/**
 * Figures of backends that come, go and meet much at once. Prints them; nothing passes or fails by time.
 * Run: node --expose-gc -r ts-node/register/transpile-only spec/bench/members.ts
 */
import type { CarrierHandler } from '../../lib/gateway/core/fanout/carrier';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import type { PipeOptions } from '../../lib/pipe/options';
import { createTestGateway, type FakeBrowser, type TestGateway } from '../../lib/testing';
import { ChaosProxy } from '../support/chaos-proxy';
import { until } from '../support/until';
import { nowhere } from './support/nowhere';

const RESTART_MS = 1_000;
const BROWSERS = 100;
const SHORT_MS = 5;
const CLOSES = 15_000;
const LINE_BYTES_PER_MS = 4_000;
const SNAPSHOT = { sockets: 1_000, channelsEach: 50 };
/** Limits of a stream by default. */
const STREAM = { events: 200_000, bytes: 64 * 2 ** 20 };

/** Things to close when a measurement is over, the last first. */
class Ends {
  readonly #ends: Array<() => unknown> = [];

  teardown(end: () => unknown): void {
    this.#ends.unshift(end);
  }

  async all(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

function tell(what: string, figure: string): void {
  console.log(`${what.padEnd(62)}${figure}`);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function startGateway(ends: Ends, limits: object = {}): Promise<TestGateway> {
  const many = { maxConnections: 1e6, maxConnectionsPerApp: 1e6 };
  const gateway = await createTestGateway({
    limits: { maxBackChannelEventsPerSecond: 1e9, ...many, ...limits },
  });
  ends.teardown(() => gateway.close());
  return gateway;
}

function backend(ends: Ends, options: PipeOptions): PipeClient {
  const client = createClient({ backoff: { baseMs: 1, maxMs: 5 }, ...options });
  client.subscribe(['socket_existence', 'socket_message']);
  client.on('error', () => undefined);
  ends.teardown(() => client.disconnect());
  return client;
}

/** A member that ends without a word is started again under its name by a supervisor. */
async function restarted(ends: Ends): Promise<void> {
  const gateway = await startGateway(ends);
  const identity = { ...gateway.client, group: 'group' };
  const line = await ChaosProxy.start(ends, gateway.client.port);
  const first = backend(ends, { ...identity, name: 'first', port: line.port });
  const other = backend(ends, { ...identity, name: 'other' });
  const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => gateway.browser()));
  const heard = new Set<string>();
  for (const client of [first, other])
    client.sockets.on('event', (_name, id) => void heard.add(id));
  await Promise.all([first.connect(), other.connect()]);
  for (const browser of browsers) browser.send('say');
  await until(() => heard.size === BROWSERS);
  heard.clear();
  line.hold();
  const sinceMs = performance.now();
  for (const browser of browsers) browser.send('say');
  await pause(RESTART_MS);
  const again = backend(ends, { ...identity, name: 'first' });
  again.sockets.on('event', (_name, id) => void heard.add(id));
  await again.connect();
  await until(() => heard.size === BROWSERS);
  const tookMs = performance.now() - sinceMs;
  tell('events of a member that was started again after 1 s', `${tookMs.toFixed(0)} ms`);
}

/** A third member joins two whose handlers are short, while browsers speak. */
async function joined(ends: Ends): Promise<void> {
  const gateway = await startGateway(ends);
  let again = 0;
  let handled = 0;
  const member = (name: string, heard: () => void): PipeClient => {
    const client = backend(ends, { ...gateway.client, group: 'group', name });
    client.sockets.on('event', async (_name, _id, _data, { redelivered }) => {
      heard();
      handled += 1;
      if (redelivered) again += 1;
      await pause(SHORT_MS);
    });
    return client;
  };
  await Promise.all(['a', 'b'].map((name) => member(name, () => undefined).connect()));
  const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => gateway.browser()));
  let said = 0;
  const speaking = setInterval(() => {
    for (const browser of browsers) browser.send('say');
    said += BROWSERS;
  }, 20);
  await pause(200);
  const sinceMs = performance.now();
  let firstMs = 0;
  await member('c', () => (firstMs ||= performance.now() - sinceMs)).connect();
  await until(() => firstMs > 0);
  await pause(500);
  clearInterval(speaking);
  await until(() => handled >= said);
  const figures = `${firstMs.toFixed(0)} ms, ${again} of ${handled} handled twice`;
  tell('a member that joins, until it handles its first event', figures);
}

/** Events of one browser go on while very many others close at once. */
async function closesBeside(ends: Ends): Promise<void> {
  const gateway = await startGateway(ends);
  const client = backend(ends, gateway.client);
  let [opened, closed] = [0, 0];
  const tookMs: number[] = [];
  client.sockets.on('open', () => void (opened += 1));
  client.sockets.on('close', () => void (closed += 1));
  client.sockets.on('event:at', (_id, data) => {
    tookMs.push(performance.now() - (data as { ms: number }).ms);
  });
  await client.connect();
  const browser: FakeBrowser = await gateway.browser();
  const sessions = open(gateway, CLOSES);
  await until(() => opened > CLOSES);
  const speaking = setInterval(() => browser.send('at', { ms: performance.now() }), 2);
  for (const session of sessions) session.closed(1001, '');
  await until(() => closed === CLOSES);
  await pause(100);
  clearInterval(speaking);
  const p99 = tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? NaN;
  tell(`${CLOSES} closes at once: other events, p99`, `${p99.toFixed(0)} ms`);
}

/** The state of many channels and sockets goes to a backend over a slow line. */
async function snapshot(ends: Ends): Promise<void> {
  const gateway = await startGateway(ends, { maxChannelsPerSocket: 1_000 });
  const sessions = open(gateway, SNAPSHOT.sockets);
  for (const [s, session] of sessions.entries()) {
    for (let c = 0; c < SNAPSHOT.channelsEach; c++) {
      const data = { channel: `channel-with-an-ordinary-name-${s}-${c}` };
      session.text(JSON.stringify({ event: 'pusher:subscribe', data }));
    }
    if (s % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const line = await ChaosProxy.start(ends, gateway.client.port, {
    bytesPerMs: LINE_BYTES_PER_MS,
  });
  const client = backend(ends, { ...gateway.client, port: line.port });
  client.subscribe(['channel_existence']);
  let [sockets, channels, cuts] = [0, 0, 0];
  client.sockets.on('open', () => void (sockets += 1));
  client.channels.on('occupied', () => void (channels += 1));
  client.on('disconnected', () => void (cuts += 1));
  const sinceMs = performance.now();
  await client.connect();
  const all = SNAPSHOT.sockets * SNAPSHOT.channelsEach;
  await until(() => sockets === SNAPSHOT.sockets && channels === all);
  const tookMs = performance.now() - sinceMs;
  tell(
    `snapshot of ${sockets} sockets and ${channels} channels over 4 MB/s`,
    `${tookMs.toFixed(0)} ms, ${cuts} cuts`,
  );
}

/** A stream that is full, with events of the size at which both its limits are reached. First of all: RSS shrinks late. */
async function fullStream(ends: Ends): Promise<void> {
  const gateway = await startGateway(ends);
  const line = await ChaosProxy.start(ends, gateway.client.port);
  const client = backend(ends, {
    ...gateway.client,
    ...{ port: line.port, group: 'group', name: 'one' },
  });
  await client.connect();
  const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => gateway.browser()));
  const gc = globalThis.gc ?? ((): void => undefined);
  gc();
  const before = process.memoryUsage().rss;
  line.hold();
  const text = 'a'.repeat(Math.floor(STREAM.bytes / STREAM.events) - 64);
  for (let i = 0; i < STREAM.events; i++) {
    browsers[i % BROWSERS]?.send('say', { i, text });
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  gc();
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  tell('RSS of a full stream: 200 000 events, 64 MiB of data', `${grown.toFixed(0)} MiB`);
}

function open(gateway: TestGateway, count: number): CarrierHandler[] {
  const query = new URLSearchParams({ protocol: '7' });
  return Array.from({ length: count }, () => {
    const session = gateway.gateway.openSocket(gateway.client.key, query, nowhere());
    if (session === undefined) throw new Error('the gateway takes no more sockets');
    return session;
  });
}

async function main(): Promise<void> {
  for (const measure of [fullStream, restarted, joined, closesBeside, snapshot]) {
    const ends = new Ends();
    await measure(ends);
    await ends.all();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
