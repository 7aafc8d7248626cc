/**
 * A game server: 60 players send input, the server ticks at 30 Hz and answers each player with what that player sees.
 *
 *     node -r ts-node/register/transpile-only examples/game-server/server.ts
 *
 * The example is about one thing: a different answer to each socket, 30 times a second, also to players on slow lines. The
 * players here are bots (`bots.ts`), each with a stock pusher-js of its own; the field is drawn in the terminal. Ctrl-C ends
 * it.
 */
import { createClient } from 'standpipe';
import { app, credentials, fail, onCtrlC, startGateway } from '../start-gateway';
import type { Bot } from './bots';
import { startBot } from './bots';
import { Game } from './game';
import { draw } from './screen';

const HZ = 30;
const DRAW_MS = process.stdout.isTTY ? 100 : 1_000;
const BOTS = 60;

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port });
  const game = new Game();
  let answers = 0;

  client.subscribe(['socket_existence']);
  // The last of a player's inputs counts, should several of them wait.
  client.subscribe(['socket_message'], { events: ['input'], conflate: true });
  client.sockets.on('open', (socketId) => game.join(socketId));
  client.sockets.on('close', (socketId) => game.leave(socketId));
  client.sockets.on('event:input', (socketId, input) => game.steer(socketId, input));
  await client.connect();

  // All that a run triggers leaves in one frame.
  const ticking = client.tick(HZ, ({ dtMs }) => {
    for (const catcher of game.tick(dtMs / 1_000)) {
      // An effect: too late it is of no use, so players who are behind miss it.
      client.channel('field').trigger('caught', { by: catcher.score }, { volatile: true });
    }
    for (const { id } of game.players()) {
      // A state: a player who is behind gets the latest one as soon as there is room for it.
      client.socket(id).trigger('view', game.viewOf(id), { latest: true });
      answers += 1;
    }
  });

  const bots: Bot[] = [];
  for (let i = 0; i < BOTS; i += 1) bots.push(startBot(app.key, gateway.port));

  const drawing = setInterval(() => {
    draw(game, { answersPerSecond: (answers * 1_000) / DRAW_MS, lagMs: slowest(bots) });
    answers = 0;
  }, DRAW_MS);

  onCtrlC(async () => {
    ticking.stop();
    clearInterval(drawing);
    for (const bot of bots) bot.stop();
    await client.disconnect();
    await gateway.stop();
  });
}

function slowest(bots: Bot[]): number {
  return Math.max(...bots.map((bot) => bot.lagMs()));
}

main().catch(fail);
