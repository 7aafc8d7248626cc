/**
 * The game's backend: a different answer to each player, 30 times a second.
 *
 *   a player says       the backend does
 *   input {seq,dx,dy}   steers; a later input takes the place of one that waits
 *   name {name}         renames
 */
import type { PipeClient } from 'standpipe';
import { Game } from './game';

const HZ = 30;
/** Ticks between two lists of the best. */
const SCORES_EVERY = 15;

/** Runs a game until `stop()`. */
export async function play(client: PipeClient): Promise<{ game: Game; stop(): void }> {
  const game = new Game();
  const field = client.channel('field');

  client.subscribe(['socket_existence']);
  client.subscribe(['socket_message'], { events: ['name'] });
  // The last of a player's inputs counts, should several of them wait.
  client.subscribe(['socket_message'], { events: ['input'], conflate: true });
  client.sockets.on('open', (socketId) => game.join(socketId));
  client.sockets.on('close', (socketId) => game.leave(socketId));
  client.sockets.on('event:input', (socketId, input) => game.steer(socketId, input));
  client.sockets.on('event:name', (socketId, data) => game.rename(socketId, data));
  client.on('error', (error) => {
    // A view that met nobody: its player had left a moment before.
    if (error.code !== 'refused') console.error(error);
  });
  await client.connect();
  await client.subscribed();

  // All that a run triggers leaves in one frame.
  const ticking = client.tick(HZ, ({ number, dtMs }) => {
    for (const catcher of game.tick(dtMs / 1_000)) {
      // An effect: too late it is of no use, so players who are behind miss it.
      const caught = { by: catcher.number, name: catcher.name };
      field.trigger('caught', caught, { volatile: true });
    }
    for (const player of game.players()) {
      // A state: a player who is behind gets the latest one as soon as there is room for it.
      client.socket(player.id).trigger('view', game.viewOf(player), { latest: true });
    }
    if (number % SCORES_EVERY === 0) {
      field.trigger('scores', { players: game.size, best: game.best() }, { latest: true });
    }
  });

  return { game, stop: () => ticking.stop() };
}
