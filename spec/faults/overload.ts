import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { createTestGateway } from '../../lib/testing';
import { deferred } from '../../lib/util/deferred';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { listen } from './listen';
import { turns, until } from '../support/until';
import { Unsent } from './unsent';

const MAX_UNSENT_BYTES = 1024 * 1024;

export interface BacklogReport {
  faults: Fault[];
  produced: number;
  handled: number;
  /** Events that the backend was told are lost, and how often it was told. */
  announced: number;
  gaps: number;
  /** The most events that were produced and neither handled nor announced as lost, and how many may be. */
  waiting: number;
  cap: number;
}

/**
 * Browsers say in each round `factor` times what a backend handles in one. A round ends when the backend has handled as
 * much as it can, so that the rate at which it can is counted and not timed.
 */
export async function backlog(
  t: Test,
  { rounds, perRound, factor }: { rounds: number; perRound: number; factor: number },
): Promise<BacklogReport> {
  const maxPipeUnackedEvents = 4 * perRound;
  const limits = { maxPipeUnackedEvents, maxBackChannelEventsPerSecond: 1e6 };
  const gateway = await createTestGateway({ limits });
  t.teardown(() => gateway.close());
  const client = createClient<{ say: { n: number } }>({
    ...gateway.client,
    credit: { messages: perRound },
    concurrency: perRound,
  });
  t.teardown(() => client.disconnect());
  const lines: Line[] = [];
  let [produced, handled, announced, gaps, permits, waiting] = [0, 0, 0, 0, 0, 0];
  let permitted = deferred<void>();
  client.subscribe(['socket_message']);
  client.sockets.on('event:say', async (key, data, { redelivered }) => {
    const what = { process: 'backend', key, n: data.n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    while (permits === 0) await permitted.promise;
    permits -= 1;
    handled += 1;
    lines.push({ type: 'ended', ...what });
  });
  client.on('gap', ({ count }) => {
    gaps += 1;
    announced += count ?? NaN;
    lines.push({ type: 'announced', process: 'backend', count });
  });
  await client.connect();
  const browsers = await Promise.all(Array.from({ length: 10 }, () => gateway.browser()));
  const numbers = browsers.map(() => 0);
  const permit = async (): Promise<void> => {
    permits = perRound;
    permitted.resolve();
    permitted = deferred<void>();
    await until(() => permits === 0 || handled + announced === produced);
  };
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < perRound * factor; i++) {
      const which = i % browsers.length;
      const browser = browsers[which];
      const data = { n: (numbers[which] = (numbers[which] ?? 0) + 1) };
      const key = browser?.id ?? '';
      lines.push({ type: 'produced', key, n: data.n, sum: sumOf(JSON.stringify(data)) });
      browser?.send('say', data);
      produced += 1;
      // Some of the load comes while the backend is at work, not all of it before.
      if (i % 25 === 24) await turns(1);
    }
    await permit();
    waiting = Math.max(waiting, produced - handled - announced);
  }
  // Events still kept are handled when the load is over.
  while (handled + announced < produced) await permit();
  const faults = faultsOf(lines);
  // Dropped events that are not announced yet take no memory; they are one round's load at most.
  const cap = maxPipeUnackedEvents + perRound * (factor + 1);
  return { faults, produced, handled, announced, gaps, waiting, cap };
}

export interface FloodReport {
  faults: Fault[];
  offered: number;
  accepted: number;
  refused: number;
  /** The highest sum of unsent bytes of the gateway, and what it may be. */
  unsentBytes: number;
  capBytes: number;
}

/** A backend offers in each round `factor` times what its outbox holds, for browsers that read all they get. */
export async function flood(
  t: Test,
  { rounds, outbox, factor, browsers }: Record<'rounds' | 'outbox' | 'factor' | 'browsers', number>,
): Promise<FloodReport> {
  const unsent = new Unsent(t);
  const gateway = await startGateway(t, { limits: { maxUnsentBytes: MAX_UNSENT_BYTES } });
  unsent.watch(gateway.port);
  const client = createClient({
    appId: '1',
    key: 'key',
    secret: SECRET,
    port: gateway.port,
    maxOutboxEvents: outbox,
    whenFull: 'reject',
  });
  t.teardown(() => client.disconnect());
  await client.connect();
  const lines: Line[] = [];
  const names = Array.from({ length: browsers }, (_, i) => `browser ${i}`);
  const last = new Map<string, number>();
  for (const browser of names) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('room');
    void listen<number>(socket, 'say', (n) => {
      lines.push({ type: 'seen', browser, process: 'backend', n });
      last.set(browser, n);
    });
  }
  let [offered, accepted, refused] = [0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const settled: Array<Promise<void>> = [];
    let highest = 0;
    for (let i = 0; i < outbox * factor; i++) {
      const n = (offered += 1);
      lines.push({ type: 'sent', process: 'backend', n, browsers: names });
      settled.push(
        client
          .channel('room')
          .publish('say', n)
          .then(
            () => {
              accepted += 1;
              highest = Math.max(highest, n);
              lines.push({ type: 'settled', process: 'backend', n, outcome: 'ok' });
            },
            ({ code }: { code: string }) => {
              refused += 1;
              const outcome = code === 'outbox_full' ? 'not_sent' : 'unknown';
              lines.push({ type: 'settled', process: 'backend', n, outcome });
            },
          ),
      );
    }
    await Promise.all(settled);
    unsent.look();
    await until(() => names.every((name) => last.get(name) === highest));
  }
  const capBytes = (browsers + 1) * MAX_UNSENT_BYTES;
  return {
    faults: faultsOf(lines),
    offered,
    accepted,
    refused,
    unsentBytes: unsent.most,
    capBytes,
  };
}
