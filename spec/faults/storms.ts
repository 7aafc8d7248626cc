import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { createTestGateway, type FakeBrowser, type TestGateway } from '../../lib/testing';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { startChild } from '../support/processes';
import { SECRET } from '../support/start-gateway';
import type { CrowdOrder, CrowdState } from './children/crowd';
import { until } from '../support/until';

export interface StormReport {
  faults: Fault[];
  /** Sockets that the backend believes open, and those that are. */
  believed: number;
  open: number;
  /** Closes that were told for the sockets that went. */
  closes: number;
  /** From the last one gone to all of them back and subscribed. */
  backMs: number;
  /** From the first one gone to the last close told. */
  closedMs: number;
  /** Attempts to connect that failed, and were made again. */
  refused: number;
}

/** Browsers that come and go together. */
interface Crowd {
  come(): Promise<void>;
  go(): void;
  /** Attempts that failed. */
  refused(): number;
}

/** A crowd of browsers: in this process without a network, or in one of its own with real sockets. */
export type CrowdKind = 'fake' | 'real';

/** All sockets of a gateway go at once and come back at once, while another one speaks on. */
export async function storm(
  t: Test,
  sockets: number,
  kind: CrowdKind = 'fake',
): Promise<StormReport> {
  const gateway = await createTestGateway({
    apps: [{ id: '1', key: 'key', secret: SECRET }],
    limits: { maxBackChannelEventsPerSecond: 1e6 },
  });
  t.teardown(() => gateway.close());
  const client = createClient<{ say: { n: number } }>(gateway.client);
  t.teardown(() => client.disconnect());
  const believed = new Set<string>();
  const lines: Line[] = [];
  let closes = 0;
  client.subscribe(['socket_existence', 'socket_message']);
  client.sockets.on('open', (id) => void believed.add(id));
  client.sockets.on('close', (id) => {
    closes += 1;
    believed.delete(id);
  });
  client.sockets.on('event:say', (key, data, { redelivered }) => {
    const what = { process: 'backend', key, n: data.n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    lines.push({ type: 'ended', ...what });
  });
  await client.connect();
  const speaker = await gateway.browser();
  let n = 0;
  const speak = (): void => {
    const data = { n: (n += 1) };
    lines.push({ type: 'produced', key: speaker.id, n, sum: sumOf(JSON.stringify(data)) });
    speaker.send('say', data);
  };
  const speaking = setInterval(speak, 1);
  const crowd = await (kind === 'fake' ? fakeCrowd : realCrowd)(t, gateway, sockets);
  await crowd.come();
  const goneAt = performance.now();
  crowd.go();
  const backAt = performance.now();
  await crowd.come();
  const backMs = performance.now() - backAt;
  await until(() => closes === sockets);
  const closedMs = performance.now() - goneAt;
  clearInterval(speaking);
  await until(() => believed.size === sockets + 1);
  await until(() => lines.filter(({ type }) => type === 'ended').length === n);
  const open = gateway.gateway.socketCount;
  const [faults, refused] = [faultsOf(lines), crowd.refused()];
  return { faults, believed: believed.size, open, closes, backMs, closedMs, refused };
}

function fakeCrowd(_: Test, gateway: TestGateway, sockets: number): Promise<Crowd> {
  let browsers: FakeBrowser[] = [];
  return Promise.resolve({
    async come() {
      const all = Array.from({ length: sockets }, async (_, i) => {
        const browser = await gateway.browser();
        return browser.subscribe(`private-room-${i % 100}`);
      });
      browsers = await Promise.all(all);
    },
    go() {
      for (const browser of browsers) browser.close();
    },
    refused: () => 0,
  });
}

async function realCrowd(t: Test, gateway: TestGateway, sockets: number): Promise<Crowd> {
  const { child } = await startChild(t, 'crowd', { port: gateway.client.port });
  const order = (what: CrowdOrder): Promise<void> =>
    new Promise((resolve) => {
      child.once('message', (state) => {
        ({ refused } = state as CrowdState);
        resolve();
      });
      child.send(what);
    });
  let refused = 0;
  let gone = Promise.resolve();
  return {
    come: () => gone.then(() => order({ come: sockets })),
    go: () => void (gone = order({ go: true })),
    refused: () => refused,
  };
}
