import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import type { Gateway } from '../../lib/gateway/gateway';
import { ChaosProxy } from '../support/chaos-proxy';
import { ManualClock } from '../support/manual-clock';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';
import { Unsent } from './unsent';

const STEP_MS = 1_000;
const LIVE = 3;
/** The gateway's defaults. */
const ACTIVITY_MS = 120_000;
const PONG_MS = 30_000;

export interface HalfOpenReport {
  faults: Fault[];
  /** From the last sign of life on the Pipe to each end noticing. */
  clientNoticedMs: number;
  gatewayNoticedMs: number;
  /** True when the session went on after packets came through again. */
  resumed: boolean;
  /** Codes of the closes told for browsers that vanished, and how many of the others were told to have gone. */
  codes: number[];
  wrongCloses: number;
  /** Connections the gateway still holds in the end, and those it should. */
  connections: number;
  live: number;
}

/**
 * The packets of a backend vanish for a while, then those of some browsers for good, and no connection ever says so.
 * Time is turned by hand, at the gateway and at the backend.
 */
export async function halfOpen(
  t: Test,
  { vanishing }: { vanishing: number },
): Promise<HalfOpenReport> {
  const unsent = new Unsent(t);
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  unsent.watch(gateway.port);
  const pipeLine = await ChaosProxy.start(t, gateway.port);
  const browserLine = await ChaosProxy.start(t, gateway.port);
  const options = { appId: '1', key: 'key', secret: SECRET, port: pipeLine.port };
  const client = createClient<{ say: { n: number } }>(options, { clock });
  t.teardown(async () => {
    const turning = setInterval(() => clock.advance(100), 1);
    await client.disconnect();
    clearInterval(turning);
  });
  const lines: Line[] = [];
  const closes = new Map<string, number[]>();
  const sessions: string[] = [];
  client.subscribe(['socket_existence', 'socket_message']);
  client.sockets.on('event:say', (key, data, { redelivered }) => {
    const what = { process: 'backend', key, n: data.n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    lines.push({ type: 'ended', ...what });
  });
  client.sockets.on('close', (id, { code }) => {
    closes.set(id, [...(closes.get(id) ?? []), code ?? NaN]);
  });
  client.on('connected', ({ session }) => sessions.push(session));
  client.on('gap', ({ count }) => lines.push({ type: 'announced', process: 'backend', count }));
  client.on('error', () => undefined);
  await client.connect();
  const live = await Promise.all(
    Array.from({ length: LIVE }, () => TestSocket.connect(t, gateway.port)),
  );
  const gone = await Promise.all(
    Array.from({ length: vanishing }, () => TestSocket.connect(t, browserLine.port)),
  );
  let n = 0;
  const handled = (): boolean =>
    lines.filter(({ type }) => type === 'ended').length === n * live.length;
  /** Live connections speak and are answered, so that only dead ones wait for time. */
  const step = async (): Promise<void> => {
    n += 1;
    for (const socket of live) {
      const data = { n };
      lines.push({ type: 'produced', key: socket.id, n, sum: sumOf(JSON.stringify(data)) });
      socket.send({ event: 'say', data });
    }
    await Promise.all(live.map((socket) => socket.settled()));
    clock.advance(STEP_MS);
  };

  await step();
  await until(handled);
  pipeLine.hold();
  const heldMs = clock.now();
  let [clientNoticedMs, gatewayNoticedMs] = [NaN, NaN];
  while (Number.isNaN(clientNoticedMs) || Number.isNaN(gatewayNoticedMs)) {
    await step();
    const sinceMs = clock.now() - heldMs;
    if (client.state !== 'open') clientNoticedMs ||= sinceMs;
    if ((await pipesOf(gateway)) === 0) gatewayNoticedMs ||= sinceMs;
  }
  pipeLine.release();
  while (client.state !== 'open') await step();
  await until(handled);

  browserLine.hold();
  for (let ms = 0; ms < ACTIVITY_MS + PONG_MS + STEP_MS; ms += STEP_MS) await step();
  // Dead connections have been sent a close and do not answer: their end takes some seconds of real time.
  await until(() => closes.size >= vanishing && unsent.connections <= LIVE + 1);
  await until(handled);
  const ids = gone.map(({ id }) => id);
  return {
    faults: faultsOf(lines),
    clientNoticedMs,
    gatewayNoticedMs,
    resumed: sessions.slice(1).every((session) => session === 'resumed') && sessions.length > 1,
    codes: ids.flatMap((id) => closes.get(id) ?? []),
    wrongCloses: [...closes.keys()].filter((id) => !ids.includes(id)).length,
    connections: unsent.connections,
    live: LIVE + 1,
  };
}

/** Backends that the gateway takes for connected. */
export async function pipesOf({ metrics }: Gateway): Promise<number> {
  const { values } = (await metrics.registry.getSingleMetric('standpipe_pipes')?.get()) ?? {};
  return values?.[0]?.value ?? NaN;
}
