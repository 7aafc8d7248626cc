import { WebSocketServer } from 'ws';
import { answerParent, optionsOf } from '../support/answer';

const { port } = optionsOf<{ port: number }>();
const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });

/** A message that begins with a question mark is answered; any other goes to all other connections. */
server.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const text = (data as Buffer).toString();
    if (text.startsWith('?')) return socket.send(text);
    for (const other of server.clients) if (other !== socket) other.send(text);
  });
});
server.on('listening', () => answerParent());
