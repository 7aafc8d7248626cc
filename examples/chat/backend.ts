/**
 * The backend of the chat. It says who may come in, keeps the last lines, and sends each to those who are to hear it.
 *
 *   a tab says        on                    the backend does
 *   sign-in {name}    back channel          remembers the user                  → token    to that tab alone
 *   (it subscribes)   `presence-room`       knows the token, or refuses
 *   history {}        `presence-room`       gives what was said                 → history  to that tab alone
 *   say {text}        `presence-room`       keeps the line                      → said     to all
 *   typing {}         `presence-room`       passes it on                        → typing   to all others
 */
import type { PipeClient } from 'standpipe';
import { Lines, nameOf, textOf } from './lines';
import { Users } from './users';

const ROOM = 'presence-room';

export async function startChat(client: PipeClient): Promise<void> {
  const room = client.channel(ROOM);
  const users = new Users();
  const lines = new Lines();

  client.subscribe(['socket_message']);

  client.sockets.on('event:sign-in', (socketId, data) => {
    const name = nameOf(fieldOf(data, 'name'));
    if (name !== undefined) client.socket(socketId).trigger('token', users.signIn(name));
  });

  // The gateway asks this before it lets a tab onto the channel; pusher-js sends the token along.
  client.authorize(ROOM, ({ body }) => {
    const user = users.of(body.get('token'));
    return user && { userId: user.id, userInfo: { name: user.name, hue: user.hue } };
  });

  room.on('event:history', (socketId) => {
    client.socket(socketId).trigger('history', lines.all());
  });

  // The gateway says who it is: a tab cannot speak in the name of another one.
  room.on('event:say', (_socketId, data, { userId }) => {
    const user = users.byId(userId);
    const text = textOf(fieldOf(data, 'text'));
    if (user === undefined || text === undefined) return;
    const line = { userId: user.id, from: user.name, hue: user.hue, text, at: Date.now() };
    lines.add(line);
    room.trigger('said', line);
  });

  room.on('event:typing', (socketId, _data, { userId }) => {
    const user = users.byId(userId);
    if (user !== undefined) room.trigger('typing', { from: user.name }, { except: socketId });
  });

  await client.connect();
  await client.subscribed();
}

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null
    ? (data as Record<string, unknown>)[name]
    : undefined;
}
