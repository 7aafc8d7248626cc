/**
 * A price ticker: ten prices that change 20 times a second.
 *
 *     node -r ts-node/register/transpile-only examples/price-ticker/server.ts
 *
 * The example is about one thing: latest only. A browser on a slow line gets fewer changes and never an old one, and no
 * queue grows for it. PORT chooses the page's port; Ctrl-C ends it.
 */
import { createClient } from 'standpipe';
import { servePage } from '../serve-page';
import { app, credentials, fail, onCtrlC, startGateway } from '../start-gateway';
import { startTicker } from './ticker';

const HZ = 20;

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port });
  const ticker = await startTicker(client, HZ);
  const page = await servePage({
    folder: __dirname,
    config: { key: app.key, port: gateway.port, hz: HZ },
    port: Number(process.env['PORT'] ?? 8030),
    tryNext: process.env['PORT'] === undefined,
  });
  console.log(`Open ${page.url}. Ctrl-C ends it.`);

  onCtrlC(async () => {
    ticker.stop();
    await page.stop();
    await client.disconnect();
    await gateway.stop();
  });
}

main().catch(fail);
