import cluster from 'node:cluster';
import { createGateway, hostEngine } from '../../../lib/gateway';
import { SECRET } from '../../support/start-gateway';

// A program whose primary process hosts the engine of its worker, and that has stdio of its own for it. The worker starts a
// gateway, another one after it, and says how that went.
const setUp = (): void =>
  cluster.setupPrimary({ stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'ignore'] });

if (cluster.isPrimary) {
  const isBefore = process.env['SET_UP'] === 'before';
  if (isBefore) setUp();
  hostEngine();
  if (!isBefore) setUp();
  const worker = cluster.fork();
  worker.on('message', (said) => process.send?.(said));
  worker.once('exit', () => process.disconnect());
} else {
  start()
    .then(
      () => 'started twice',
      (error: unknown) => String(error),
    )
    .then((said) => process.send?.(said, () => process.exit()))
    .catch(() => process.exit(1));
}

async function start(): Promise<void> {
  for (let times = 0; times < 2; times++) {
    const gateway = createGateway({ port: 0, apps: [{ id: '1', key: 'key', secret: SECRET }] });
    await gateway.start();
    await gateway.stop();
  }
}
