/**
 * A game server: players send input, the server ticks at 30 Hz and answers each player with what that player sees.
 *
 *     node -r ts-node/register/transpile-only examples/game-server/server.ts
 *
 * The example is about one thing: a different answer to each socket, 30 times a second. The players here are bots
 * (`bots.ts`), each with a stock pusher-js of its own; the field is drawn in the terminal. Ctrl-C ends it.
 */
import { createClient } from 'standpipe';
import { app, credentials, fail, onCtrlC, startGateway } from '../start-gateway';
import type { Bot } from './bots';
import { startBot } from './bots';
import { Game } from './game';
import { draw } from './screen';

const TICK_MS = 1_000 / 30;
const DRAW_MS = process.stdout.isTTY ? 100 : 1_000;
const BOTS = 5;

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port });
  const game = new Game();
  let answers = 0;

  /** Players whose connection does not keep up. A late view is of no use, so they get the next one. */
  const behind = new Set<string>();

  client.subscribe(['socket_existence', 'socket_backpressure']);
  // The last of a player's inputs counts, should several of them wait.
  client.subscribe(['socket_message'], { events: ['input'], conflate: true });
  client.sockets.on('open', (socketId) => game.join(socketId));
  client.sockets.on('close', (socketId) => {
    game.leave(socketId);
    behind.delete(socketId);
  });
  client.sockets.on('slow', (socketId) => void behind.add(socketId));
  client.sockets.on('drained', (socketId) => void behind.delete(socketId));
  client.sockets.on('event:input', (socketId, input) => game.steer(socketId, input));
  await client.connect();

  const ticking = setInterval(() => {
    game.tick(TICK_MS / 1_000);
    // All answers of one tick leave in one frame.
    for (const { id } of game.players()) {
      if (behind.has(id)) continue;
      client.socket(id).trigger('view', game.viewOf(id));
      answers += 1;
    }
  }, TICK_MS);

  const bots: Bot[] = [];
  for (let i = 0; i < BOTS; i += 1) bots.push(startBot(app.key, gateway.port));

  const drawing = setInterval(() => {
    draw(game, { answersPerSecond: (answers * 1_000) / DRAW_MS, lagMs: slowest(bots) });
    answers = 0;
  }, DRAW_MS);

  onCtrlC(async () => {
    clearInterval(ticking);
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
