import { WebSocketServer, type WebSocket } from 'ws';
import { answerParent, optionsOf } from '../support/answer';

/** `plant`: loses an event of each ten, or exchanges it with the next, so that a spec sees it found. */
const { port, plant } = optionsOf<{ port: number; plant?: 'lose' | 'swap' }>();
const rooms = new Map<string, Set<WebSocket>>();
let events = 0;
let held: string | undefined;
const server = new WebSocketServer({
  host: '127.0.0.1',
  port,
  backlog: 4096,
  perMessageDeflate: false,
});

server.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const text = (data as Buffer).toString();
    if (text.startsWith('?')) return socket.send(text);
    if (text.startsWith('+')) return join(text.slice(1), socket);
    const end = text.indexOf('\n');
    publish(text.slice(0, end), text.slice(end + 1));
  });
});
server.on('listening', () => answerParent());

/** Rooms and sockets stay until the process ends. */
function join(name: string, socket: WebSocket): void {
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.send('+');
}

function publish(name: string, text: string): void {
  events += 1;
  if (plant !== undefined && events % 10 === 5) {
    held = plant === 'swap' ? text : undefined;
    return;
  }
  const texts = held === undefined ? [text] : [text, held];
  held = undefined;
  for (const each of texts) for (const socket of rooms.get(name) ?? []) socket.send(each);
}
