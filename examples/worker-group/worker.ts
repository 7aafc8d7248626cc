/**
 * A backend of which several run at once: a member of a group. Each browser is with one of them at a time.
 *
 *     WORKER=1 node -r ts-node/register/transpile-only examples/worker-group/worker.ts
 *
 * The process manager numbers the workers (`ecosystem.config.cjs`, `worker@.service`). The number makes the name, and the name is
 * what a worker that is started again goes on by, at once.
 */
import { createClient } from 'standpipe';

const number = process.env['WORKER'] ?? process.env['NODE_APP_INSTANCE'] ?? '0';
const name = `worker-${number}`;
const client = createClient({
  appId: process.env['STANDPIPE_APP_ID'] ?? '1',
  key: process.env['STANDPIPE_KEY'] ?? 'standpipe-dev-key',
  secret: process.env['STANDPIPE_SECRET'] ?? 'standpipe-dev-secret',
  port: Number(process.env['STANDPIPE_PORT'] ?? 6001),
  group: 'workers',
  name,
});

client.subscribe(['socket_message']);
client.sockets.on('event:work', async (socketId, job, meta) => {
  const result = await work(job);
  // With `cause`, the gateway refuses the answer of a worker that was given up meanwhile: another one answers.
  client.socket(socketId).trigger('done', { job, result, by: name }, { cause: meta });
});

async function work(job: unknown): Promise<string> {
  return `${String(job)}, done`;
}

// Process managers send SIGTERM or SIGINT, and wait. Handlers that run end first, then other workers get the browsers.
let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void client.disconnect().then(() => process.exit(0));
  });
}

client.connect().then(
  () => {
    console.log(`${name} is ready`);
    // pm2 with `wait_ready` starts the next one now.
    process.send?.('ready');
  },
  (error: unknown) => {
    // A final error, such as a wrong secret. Others are tried again without an end.
    console.error(error);
    process.exit(1);
  },
);
