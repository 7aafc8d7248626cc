/**
 * A game that you play in a browser, with 60 bots beside you.
 *
 *     node -r ts-node/register/transpile-only examples/game-server/server.ts
 *
 * The example is about one thing: a different answer to each socket, 30 times a second, also to players on slow lines.
 * `play.ts` is all of the backend, `game.ts` are the rules. Each bot (`bots.ts`) has a stock pusher-js of its own. BOTS tells
 * how many there are, PORT chooses the page's port; Ctrl-C ends it.
 */
import { createClient } from 'standpipe';
import { servePage } from '../serve-page';
import { app, credentials, fail, onCtrlC, startGateway } from '../start-gateway';
import { startBot } from './bots';
import { play } from './play';

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port });
  const playing = await play(client);
  const count = Number(process.env['BOTS'] ?? 60);
  const bots = Array.from({ length: count }, () => startBot(app.key, gateway.port));
  const page = await servePage({
    folder: __dirname,
    config: { key: app.key, port: gateway.port },
    port: Number(process.env['PORT'] ?? 8020),
    tryNext: process.env['PORT'] === undefined,
  });
  console.log(`Play at ${page.url}, in several tabs if you like. Ctrl-C ends it.`);

  onCtrlC(async () => {
    playing.stop();
    for (const bot of bots) bot.stop();
    await page.stop();
    await client.disconnect();
    await gateway.stop();
  });
}

main().catch(fail);
