import { createClient } from '../../lib/pipe/client';
import type { PipeOptions } from '../../lib/pipe/options';
import type { TestGateway } from '../../lib/testing/test-gateway';
import { deferred } from '../../lib/util/deferred';
import { faultsOf, sumOf, type Fault, type Line, type Outcome } from './ledger';

/** Number of messages under way at once. */
const AHEAD = 3;

export interface ConversationOptions {
  messages: number;
  client: Partial<PipeOptions>;
  /** Once the backend is connected, before the first message. */
  connected?: () => void;
}

/**
 * A browser speaks, a backend answers each message, and both keep the ledger. Resolves with what was wrong when all has
 * been heard and answered, with what is missing when that takes too long.
 */
export async function converse(
  gateway: TestGateway,
  { messages, client: options, connected }: ConversationOptions,
): Promise<Fault[]> {
  const lines: Line[] = [];
  const client = createClient({
    ...gateway.client,
    backoff: { baseMs: 1, maxMs: 8 },
    ...options,
  });
  const browser = await gateway.browser();
  const all = deferred<void>();
  let sent = 0;
  let handled = 0;
  let answered = 0;
  const look = (): void => {
    if (answered === messages) return all.resolve();
    while (sent < messages && sent - handled < AHEAD) {
      sent += 1;
      const data = { n: sent };
      lines.push({ type: 'produced', key: 'one', n: sent, sum: sumOf(JSON.stringify(data)) });
      browser.send('say', data);
    }
  };

  client.subscribe(['socket_message']);
  client.sockets.on('event:say', async (socketId, data, { redelivered }) => {
    // There is one browser for each conversation, but all share the gateway.
    if (socketId !== browser.id) return;
    const { n } = data as { n: number };
    const what = { process: 'backend', key: 'one', n };
    lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered });
    lines.push({ type: 'sent', process: 'backend', n, browsers: ['browser'] });
    const settled = (outcome: Outcome): void => {
      lines.push({ type: 'settled', process: 'backend', n, outcome });
      answered += 1;
      look();
    };
    client
      .socket(socketId)
      .publish('answer', { n })
      .then(
        () => settled('ok'),
        () => settled('unknown'),
      );
    if (n % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    lines.push({ type: 'ended', ...what });
    handled += 1;
    look();
  });
  client.on('gap', ({ count }) => lines.push({ type: 'announced', process: 'backend', count }));
  client.on('reset', () => lines.push({ type: 'announced', process: 'backend', count: undefined }));
  client.on('error', () => undefined);
  browser.on('answer', (data) => {
    const { n } = data as { n: number };
    lines.push({ type: 'seen', browser: 'browser', process: 'backend', n });
  });

  await client.connect();
  connected?.();
  look();
  const late = setTimeout(() => all.resolve(), 5_000);
  await all.promise;
  clearTimeout(late);
  await new Promise((resolve) => setImmediate(resolve));
  await client.disconnect();
  browser.close();
  return faultsOf(lines);
}
