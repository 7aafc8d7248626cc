import type { Test } from 'tap';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import type { Gateway } from '../../lib/gateway/gateway';
import { createTestGateway } from '../../lib/testing';
import { deferred } from '../../lib/util/deferred';
import { ManualClock } from '../support/manual-clock';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { Opcode } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { WebhookEndpoint } from '../support/webhook-endpoint';
import { turns, until } from '../support/until';
import { Unsent } from './unsent';

/** Data of one event, below the limit of 10 KB. */
const DATA = 'x'.repeat(8_000);
/** Events that are published before anybody looks whether they came. */
const BURST = 16;
/** Bytes that a turn may write beyond a connection's limit before the next write finds it too slow. */
const TURN_BYTES = 300 * 1024;

export interface StalledReport {
  faults: Fault[];
  published: number;
  /** Sockets the gateway cut, and the codes of their closes as a backend hears them. */
  cut: number;
  codes: number[];
  /** The highest sum of unsent bytes, and what it may be. */
  unsentBytes: number;
  capBytes: number;
  /**
   * By how much the gateway's clock was turned from the first unsent byte to the last cut; 0 when the bytes ran out
   * first.
   */
  cutAfterMs: number;
}

export interface StalledOptions {
  readers: number;
  stalled: number;
  /** The limit that ends the patience with slow browsers. */
  by: 'bytes' | 'time';
  /** Events published when all of them are gone, for the others. */
  after: number;
}

/** Some browsers stop reading while a backend publishes to all; keeps the ledger of the others. */
export async function stalledBrowsers(
  t: Test,
  { readers, stalled, by, after }: StalledOptions,
): Promise<StalledReport> {
  const unsent = new Unsent(t);
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  // With the larger one the bytes never run out.
  const maxUnsentBytes = by === 'bytes' ? 256 * 1024 : 64 * 1024 * 1024;
  const gateway = await startGateway(t, { limits: { maxUnsentBytes }, clock });
  unsent.watch(gateway.port);
  const codes: number[] = [];
  const client = await clientOf(t, gateway, codes);
  const lines: Line[] = [];
  const seen = new Map<string, number>();
  for (let i = 0; i < readers; i++) {
    const name = `reader ${i}`;
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('room');
    seen.set(name, 0);
    void read(socket, ({ n }) => {
      lines.push({ type: 'seen', browser: name, process: 'backend', n });
      seen.set(name, n);
    });
  }
  for (let i = 0; i < stalled; i++) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('room');
    socket.raw.stream.pause();
  }

  let published = 0;
  const publish = async (): Promise<void> => {
    const settled: Array<Promise<unknown>> = [];
    for (let i = 0; i < BURST; i++) {
      const n = (published += 1);
      const settle = (outcome: 'ok' | 'unknown'): void =>
        void lines.push({ type: 'settled', process: 'backend', n, outcome });
      lines.push({ type: 'sent', process: 'backend', n, browsers: [...seen.keys()] });
      const done = client.channel('room').publish('say', { n, text: DATA });
      settled.push(
        done.then(
          () => settle('ok'),
          () => settle('unknown'),
        ),
      );
    }
    await Promise.all(settled);
    unsent.look();
    await until(() => [...seen.values()].every((n) => n === published));
    unsent.look();
  };
  const isOver = (): boolean =>
    by === 'bytes' ? gateway.metrics.socketsCut === stalled : unsent.waiting === stalled;
  while (!isOver()) await publish();
  let cutAfterMs = 0;
  while (gateway.metrics.socketsCut < stalled) {
    clock.advance(500);
    cutAfterMs += 500;
    await publish();
  }
  await until(() => unsent.look() === 0);
  for (let i = 0; i < after; i += BURST) await publish();
  await until(() => codes.length === stalled);
  return {
    faults: faultsOf(lines),
    published,
    cut: gateway.metrics.socketsCut,
    codes,
    unsentBytes: unsent.most,
    capBytes: stalled * (maxUnsentBytes + TURN_BYTES) + readers * TURN_BYTES,
    cutAfterMs,
  };
}

/** A backend that notes with which codes sockets close. */
async function clientOf(t: Test, { port }: Gateway, codes: number[]): Promise<PipeClient> {
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port });
  t.teardown(() => client.disconnect());
  client.subscribe(['socket_existence']);
  client.sockets.on('close', (_, { code }) => void codes.push(code ?? NaN));
  await client.connect();
  return client;
}

/** Reads what is published until the connection ends. */
async function read(socket: TestSocket, said: (data: { n: number }) => void): Promise<void> {
  for (;;) {
    const frame = await socket.raw.next();
    if (frame === undefined) return;
    if (frame.opcode !== Opcode.TEXT) continue;
    const { event, data } = JSON.parse(frame.payload.toString()) as { event: string; data: string };
    if (event === 'say') said(JSON.parse(data) as { n: number });
  }
}

export interface SlowHandlerReport {
  faults: Fault[];
  /** Events of the slow key that were handled when all of the others were. */
  slowHandled: number;
  handled: number;
}

/**
 * The handlers of one browser take ten times as long as the others', counted in events; all browsers send alike.
 */
export async function slowHandler(
  t: Test,
  { browsers, messages, group }: { browsers: number; messages: number; group?: string },
): Promise<SlowHandlerReport> {
  const gateway = await createTestGateway({ limits: { maxBackChannelEventsPerSecond: 1e6 } });
  t.teardown(() => gateway.close());
  const client = createClient<{ say: { n: number } }>({ ...gateway.client, group });
  t.teardown(() => client.disconnect());
  const all = await Promise.all(Array.from({ length: browsers }, () => gateway.browser()));
  const slow = all[0]?.id;
  const lines: Line[] = [];
  let others = 0;
  let slowHandled = 0;
  let slowThen = NaN;
  let due = 0;
  let another = deferred<void>();
  const most = messages * (browsers - 1);
  client.subscribe(['socket_message']);
  client.sockets.on('event:say', async (key, data, { redelivered }) => {
    const what = { process: 'backend', key, n: data.n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    if (key === slow) {
      due = Math.min(due + 10 * (browsers - 1), most);
      while (others < due) await another.promise;
      slowHandled += 1;
    } else {
      others += 1;
      if (others === most) slowThen = slowHandled;
      another.resolve();
      another = deferred<void>();
    }
    lines.push({ type: 'ended', ...what });
  });
  await client.connect();
  for (let n = 1; n <= messages; n++) {
    for (const browser of all) {
      const data = { n };
      lines.push({ type: 'produced', key: browser.id, n, sum: sumOf(JSON.stringify(data)) });
      browser.send('say', data);
    }
    if (n % 50 === 0) await turns(1);
  }
  await until(() => slowHandled === messages && others === most);
  return { faults: faultsOf(lines), slowHandled: slowThen, handled: slowHandled + others };
}

export interface TarpitReport {
  /** Events that came to the endpoint that answers, and deliveries to a browser. */
  taken: number;
  delivered: number;
  /** Events that wait for the tarpit, and those given up because no more may wait. */
  waiting: number;
  dropped: number;
}

/** The first of two webhook endpoints takes requests and never answers while channels come and a backend publishes. */
export async function webhookTarpit(
  t: Test,
  { channels, maxWebhookEvents }: { channels: number; maxWebhookEvents: number },
): Promise<TarpitReport> {
  const good = await WebhookEndpoint.start(t);
  const tarpit = await WebhookEndpoint.start(t);
  tarpit.answer = () => undefined;
  const webhooks = [good, tarpit].map(({ url }) => ({
    url,
    batch: true,
    events: ['channel_occupied' as const],
  }));
  const gateway = await startGateway(t, {
    app: { webhooks },
    webhookAllow: ['127.0.0.1'],
    limits: { maxWebhookEvents, maxChannelsPerSocket: channels, maxSubscriptionsPerSecond: 1e6 },
  });
  const client = await clientOf(t, gateway, []);
  const socket = await TestSocket.connect(t, gateway.port);
  // When the gateway knows that they were taken, they do not wait any more.
  const taken = (): number => gateway.metrics.webhookEventsSent;
  let delivered = 0;
  for (let i = 0; i < channels; i++) {
    await socket.subscribe(`room-${i}`);
    await client.channel(`room-${i}`).publish('say', i);
    await socket.next();
    delivered += 1;
    // No more at once than the endpoint that answers may have waiting.
    if (i % maxWebhookEvents === maxWebhookEvents - 1) await until(() => taken() > i);
  }
  await until(() => taken() === channels && tarpit.webhooks.length > 0);
  const { webhookEventsWaiting: waiting, webhookEventsDropped: dropped } = gateway.metrics;
  return { taken: good.events.length, delivered, waiting, dropped };
}
