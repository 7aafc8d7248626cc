/**
 * A chat with sign-in, a presence list and a history. Gateway, backend and page are one process.
 *
 *     node -r ts-node/register/transpile-only examples/chat/server.ts
 *
 * The example is about one thing: to one or to all. A line goes to the channel, so that every browser hears it; the lines
 * before go to one socket, so that only the newcomer hears them. `backend.ts` is all of the backend. PORT chooses the
 * page's port; Ctrl-C ends it.
 */
import { createClient } from 'standpipe';
import { servePage } from '../serve-page';
import { app, credentials, fail, onCtrlC, startGateway } from '../start-gateway';
import { startChat } from './backend';

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port, name: 'chat' });
  await startChat(client);
  const page = await servePage({
    folder: __dirname,
    config: { key: app.key, port: gateway.port },
    port: Number(process.env['PORT'] ?? 8010),
    tryNext: process.env['PORT'] === undefined,
  });
  console.log(`Open ${page.url} in two tabs. Ctrl-C ends it.`);

  onCtrlC(async () => {
    await client.disconnect();
    await page.stop();
    await gateway.stop();
  });
}

main().catch(fail);
