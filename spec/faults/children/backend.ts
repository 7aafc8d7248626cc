import { createClient } from '../../../lib/pipe/pipe';
import type { PipeOptions } from '../../../lib/pipe/options';
import { sumOf } from '../../support/ledger';
import { LedgerFile } from '../../support/processes';

export interface BackendOptions {
  name: string;
  ledger: string;
  client: PipeOptions;
  /** Kills itself, as `kill -9` would, inside the handler of its so many-th event; 0 for never. */
  diesAt: number;
}

/** A member of a group that writes down what it handles, and takes its time for it. */
const {
  name,
  ledger,
  client: options,
  diesAt,
} = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as BackendOptions;
const file = new LedgerFile(ledger);
const client = createClient<{ say: { n: number } }>(options);
let handled = 0;

client.subscribe(['socket_message']);
client.sockets.on('event:say', async (key, data, { redelivered }) => {
  const { n } = data;
  const sum = sumOf(JSON.stringify(data));
  file.write({ type: 'began', process: name, key, n, sum, redelivered });
  handled += 1;
  if (handled === diesAt) process.kill(process.pid, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, n % 3));
  file.write({ type: 'ended', process: name, key, n });
});
client.on('gap', ({ count }) => file.write({ type: 'announced', process: name, count }));
client.on('reset', () => file.write({ type: 'announced', process: name, count: undefined }));
client.on('error', () => undefined);

void client.connect().then(() => process.send?.({ name }));
process.on('disconnect', () => process.exit());
