import { createClient } from '../../../lib/pipe/client';
import type { PipeOptions } from '../../../lib/pipe/options';
import { sumOf } from '../../support/ledger';
import { LedgerFile } from '../../support/ledger-file';

export interface WitnessOptions {
  /** This life of the backend, in the ledger. */
  process: string;
  ledger: string;
  client: PipeOptions;
}

/** Messages that a witness takes: leave gently, or say which sockets are open. */
export type Order = 'leave' | 'tell';

/** Open sockets, by what the handlers of a witness were told. */
export interface Belief {
  process: string;
  open: string[];
}

/** A backend that writes down what it handles and knows which sockets are open. Some handlers take a while. */
const {
  process: life,
  ledger,
  client: options,
} = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as WitnessOptions;
const file = new LedgerFile(ledger);
const client = createClient<{ say: { n: number } }>(options);
const open = new Set<string>();

client.subscribe(['socket_existence', 'socket_message']);
client.sockets.on('open', (id) => void open.add(id));
client.sockets.on('close', (id) => void open.delete(id));
client.sockets.on('moved', (id) => void open.delete(id));
client.sockets.on('event:say', async (key, data, { redelivered }) => {
  const { n } = data;
  const sum = sumOf(JSON.stringify(data));
  file.write({ type: 'began', process: life, key, n, sum, redelivered });
  await new Promise((resolve) => setTimeout(resolve, n % 25 === 0 ? 200 : n % 3));
  file.write({ type: 'ended', process: life, key, n });
});
client.on('gap', ({ count }) => file.write({ type: 'announced', process: life, count }));
client.on('reset', () => file.write({ type: 'announced', process: life, count: undefined }));
client.on('error', () => undefined);

process.on('message', (order: Order) => {
  if (order === 'leave') void client.disconnect().then(() => process.exit());
  else process.send?.({ process: life, open: [...open] } satisfies Belief);
});
process.on('disconnect', () => process.exit());
void client.connect().then(() => process.send?.('connected'));
