import { WebSocketServer } from 'ws';
import { answerParent, optionsOf } from '../support/answer';

/** `plant`: loses an event of each hundred, or exchanges it with the next, so that a spec sees it found. */
const { port, plant } = optionsOf<{ port: number; plant?: 'lose' | 'swap' }>();
let events = 0;
let held: string | undefined;
const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });

/** A message that begins with a question mark is answered; any other goes to all other connections. */
server.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const text = (data as Buffer).toString();
    if (text.startsWith('?')) return socket.send(text);
    events += 1;
    if (plant !== undefined && events % 100 === 50) {
      held = plant === 'swap' ? text : undefined;
      return;
    }
    const texts = held === undefined ? [text] : [text, held];
    held = undefined;
    for (const each of texts) {
      for (const other of server.clients) if (other !== socket) other.send(each);
    }
  });
});
server.on('listening', () => answerParent());
