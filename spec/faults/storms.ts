import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/pipe';
import type { FakeBrowser } from '../../lib/testing';
import { createTestGateway } from '../../lib/testing';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';

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
}

/** Waits for what events bring about; tap's own time limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** All sockets of a gateway go at once and come back at once, while another one speaks on. */
export async function storm(t: Test, sockets: number): Promise<StormReport> {
  const gateway = await createTestGateway({ limits: { maxBackChannelEventsPerSecond: 1e6 } });
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
  const come = (): Promise<FakeBrowser[]> =>
    Promise.all(
      Array.from({ length: sockets }, async (_, i) => {
        const browser = await gateway.browser();
        return browser.subscribe(`private-room-${i % 100}`);
      }),
    );

  const before = await come();
  const goneAt = performance.now();
  for (const browser of before) browser.close();
  const backAt = performance.now();
  await come();
  const backMs = performance.now() - backAt;
  await until(() => closes === sockets);
  const closedMs = performance.now() - goneAt;
  clearInterval(speaking);
  await until(() => believed.size === sockets + 1);
  await until(() => lines.filter(({ type }) => type === 'ended').length === n);
  const open = gateway.gateway.socketCount;
  return { faults: faultsOf(lines), believed: believed.size, open, closes, backMs, closedMs };
}
