import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { ChaosProxy } from '../support/chaos-proxy';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import type { LineOptions } from '../support/slow-line';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { listen } from './listen';
import { until } from '../support/until';
import { Unsent } from './unsent';

export interface SlowLinkReport {
  faults: Fault[];
  messages: number;
  answers: number;
  /** Connections that the backend, or a browser, lost. */
  lost: number;
  /** The highest sum of unsent bytes of the gateway, and what it may be. */
  unsentBytes: number;
  capBytes: number;
}

const BROWSERS = 4;
const MAX_UNSENT_BYTES = 256 * 1024;

/** A backend and browsers, each behind a slow line, talk: every message is answered to all of them. */
export async function slowLink(
  t: Test,
  line: LineOptions,
  { messages, dataBytes }: { messages: number; dataBytes: number },
): Promise<SlowLinkReport> {
  const unsent = new Unsent(t);
  const gateway = await startGateway(t, {
    limits: { maxUnsentBytes: MAX_UNSENT_BYTES, maxBackChannelEventsPerSecond: 1e6 },
  });
  unsent.watch(gateway.port);
  const proxy = await ChaosProxy.start(t, gateway.port, line);
  const client = createClient<{ say: { n: number }; answer: { n: number; text: string } }>({
    ...{ appId: '1', key: 'key', secret: SECRET, port: proxy.port },
    backoff: { baseMs: 10, maxMs: 100 },
  });
  t.teardown(() => client.disconnect());
  const lines: Line[] = [];
  const names = Array.from({ length: BROWSERS }, (_, i) => `browser ${i}`);
  let [lost, handled, settled, seen] = [0, 0, 0, 0];
  client.subscribe(['socket_message']);
  client.sockets.on('event:say', (key, data, { redelivered }) => {
    const what = { process: 'backend', key, n: data.n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    const n = (handled += 1);
    lines.push({ type: 'sent', process: 'backend', n, browsers: names });
    const settle = (outcome: 'ok' | 'unknown'): void => {
      lines.push({ type: 'settled', process: 'backend', n, outcome });
      settled += 1;
    };
    const text = 'x'.repeat(dataBytes);
    client
      .channel('room')
      .publish('answer', { n, text })
      .then(
        () => settle('ok'),
        () => settle('unknown'),
      );
    lines.push({ type: 'ended', ...what });
  });
  client.on('disconnected', () => void (lost += 1));
  client.on('error', () => undefined);
  await client.connect();
  const sockets = await Promise.all(
    names.map(async (browser) => {
      const socket = await TestSocket.connect(t, proxy.port);
      await socket.subscribe('room');
      void listen<{ n: number }>(socket, 'answer', ({ n }) => {
        lines.push({ type: 'seen', browser, process: 'backend', n });
        seen += 1;
      });
      return socket;
    }),
  );
  for (let n = 1; n <= messages; n++) {
    for (const socket of sockets) {
      const data = { n };
      lines.push({ type: 'produced', key: socket.id, n, sum: sumOf(JSON.stringify(data)) });
      socket.send({ event: 'say', data });
    }
    unsent.look();
    // A slow line carries what it is given, not whatever one can think of.
    await until(() => seen >= (n - 3) * BROWSERS * BROWSERS);
  }
  const all = messages * BROWSERS;
  await until(() => handled === all && settled === all && seen === all * BROWSERS);
  lost += sockets.filter(({ raw }) => raw.stream.destroyed).length;
  const capBytes = (BROWSERS + 1) * MAX_UNSENT_BYTES;
  return {
    ...{ faults: faultsOf(lines), messages: all, answers: seen, lost },
    ...{ unsentBytes: unsent.most, capBytes },
  };
}
