import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { answerParent, optionsOf } from '../support/answer';
import { EVENT } from '../support/peers';

const { port } = optionsOf<{ port: number }>();
const http = createServer();
const server = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 600_000,
});

server.on('connection', (socket) => {
  void socket.join(['bench', 'private-bench']);
  socket.on('publish', (data) => socket.broadcast.emit(EVENT, data));
  socket.on('echo', (data) => socket.emit('echo', data));
});
http.listen(port, '127.0.0.1', () => answerParent());
