import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { faultsOf, type Fault, type Line } from '../support/ledger';
import { startChild } from '../support/processes';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { listen } from './listen';
import { turns, until } from '../support/until';

/** No machine publishes more events in a second to some browsers. */
const MAX_OFFERED = 1e6;

export interface RatesReport {
  faults: Fault[];
  /** Deliveries in a second: the most there were, and those with twice as much offered. */
  kneePerSecond: number;
  overPerSecond: number;
  /** The second one by the first one. Figures of a machine that the generator shares. */
  goodput: number;
  /** Browsers that were too slow, and told so. */
  cut: number;
}

/**
 * A backend offers twice as much each time, until browsers get less than nine tenths of it, twice: the most they got is
 * the knee. Then it offers twice that. Browsers share the process of the backend.
 */
export async function floodRates(
  t: Test,
  { browsers, seconds }: { browsers: number; seconds: number },
): Promise<RatesReport> {
  const faults: Fault[] = [];
  let cut = 0;
  const measure = async (offered: number): Promise<number> => {
    const result = await rate(t, { browsers, seconds, offered });
    faults.push(...result.faults);
    cut += result.cut;
    return result.perSecond;
  };
  let [knee, missed] = [0, 0];
  // Once may be the machine's fault.
  for (let offered = 500; offered <= MAX_OFFERED && missed < 2; offered *= 2) {
    const got = await measure(offered);
    knee = Math.max(knee, got);
    if (got < offered * 0.9) missed += 1;
  }
  const over = await measure(knee * 2);
  return {
    faults,
    kneePerSecond: Math.round(knee * browsers),
    overPerSecond: Math.round(over * browsers),
    goodput: over / knee,
    cut,
  };
}

/** Events in a second that every browser got, of those offered in a second. */
async function rate(
  t: Test,
  { browsers, seconds, offered }: Record<'browsers' | 'seconds' | 'offered', number>,
): Promise<{ faults: Fault[]; perSecond: number; cut: number }> {
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', {
    ...{ port: 0, apps: [{ id: '1', key: 'key', secret: SECRET }] },
  });
  const { port } = said;
  const options = { appId: '1', key: 'key', secret: SECRET, port };
  const client = createClient({ ...options, maxOutboxEvents: 1_000, whenFull: 'reject' });
  t.teardown(() => client.disconnect());
  await client.connect();
  const lines: Line[] = [];
  const names = Array.from({ length: browsers }, (_, i) => `browser ${i}`);
  /** Number of events seen, by browser; browsers that were cut are not there. */
  const read = new Map(names.map((name) => [name, 0]));
  let [n, seen, open] = [0, 0, 0];
  for (const browser of names) {
    const socket = await TestSocket.connect(t, port);
    await socket.subscribe('room');
    void listen<number>(socket, 'say', (n) => {
      lines.push({ type: 'seen', browser, process: 'backend', n });
      seen += 1;
      read.set(browser, (read.get(browser) ?? 0) + 1);
    }).then(() => read.delete(browser));
  }
  let accepted = 0;
  const publish = (): void => {
    const number = (n += 1);
    open += 1;
    lines.push({ type: 'sent', process: 'backend', n: number, browsers: names });
    const settle = (outcome: 'ok' | 'not_sent'): void => {
      open -= 1;
      if (outcome === 'ok') accepted += 1;
      lines.push({ type: 'settled', process: 'backend', n: number, outcome });
    };
    client
      .channel('room')
      .publish('say', number)
      .then(
        () => settle('ok'),
        () => settle('not_sent'),
      );
  };
  const startMs = performance.now();
  const elapsed = (): number => (performance.now() - startMs) / 1_000;
  while (elapsed() < seconds) {
    const due = Math.floor(elapsed() * offered);
    while (n < due) publish();
    await turns(1);
  }
  const perSecond = seen / browsers / elapsed();
  await until(() => open === 0 && [...read.values()].every((count) => count === accepted));
  const cut = names.filter((name) => !read.has(name));
  child.kill('SIGKILL');
  // A browser that was cut has been told so; the others must have seen all.
  const left = lines.map((line) =>
    line.type === 'sent' && cut.length > 0
      ? { ...line, browsers: names.filter((name) => !cut.includes(name)) }
      : line,
  );
  return { faults: faultsOf(left), perSecond, cut: cut.length };
}
