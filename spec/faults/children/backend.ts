import { createClient } from '../../../lib/pipe/client';
import type { PipeOptions } from '../../../lib/pipe/options';
import { sumOf, type Outcome } from '../../support/ledger';
import { LedgerFile } from '../../support/ledger-file';

export interface BackendOptions {
  name: string;
  ledger: string;
  client: PipeOptions;
  /** Kills itself, as `kill -9` would, inside the handler of its so many-th event; 0 for never. */
  diesAt: number;
  /** Stops itself there, until it is continued from outside; never unless given. */
  stopsAt?: number;
  /** True when the backend answers each handled event, with that event as the cause. */
  answers?: boolean;
}

/** Data of the event with which it answers: the so many-th answer of that process. */
export interface Answer {
  process: string;
  n: number;
}

/** A member of a group that writes down what it handles, and takes its time for it. */
const {
  name,
  ledger,
  client: options,
  diesAt,
  stopsAt,
  answers,
} = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as BackendOptions;
const file = new LedgerFile(ledger);
const client = createClient<{ say: { n: number }; answer: Answer }>(options);
let handled = 0;
let answered = 0;

client.subscribe(['socket_message']);
client.sockets.on('event:say', async (key, data, meta) => {
  const { n } = data;
  const sum = sumOf(JSON.stringify(data));
  file.write({ type: 'began', process: name, key, n, sum, redelivered: meta.redelivered });
  handled += 1;
  if (handled === diesAt) process.kill(process.pid, 'SIGKILL');
  if (handled === stopsAt) process.kill(process.pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, n % 3));
  if (answers === true) {
    const number = (answered += 1);
    file.write({ type: 'sent', process: name, n: number, browsers: [key] });
    const settled = (outcome: Outcome): void =>
      file.write({ type: 'settled', process: name, n: number, outcome });
    client
      .socket(key)
      .publish('answer', { process: name, n: number }, { cause: meta })
      .then(
        () => settled('ok'),
        ({ code }: { code: string }) => settled(code === 'refused' ? 'refused' : 'unknown'),
      );
  }
  file.write({ type: 'ended', process: name, key, n });
});
client.on('gap', ({ count }) => file.write({ type: 'announced', process: name, count }));
client.on('reset', () => file.write({ type: 'announced', process: name, count: undefined }));
client.on('error', () => undefined);

void client.connect().then(() => process.send?.({ name }));
process.on('disconnect', () => process.exit());
