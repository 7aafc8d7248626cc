import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { EVENT } from '../peers/peer';
import { answerParent, optionsOf } from '../support/answer';

const { port } = optionsOf<{ port: number }>();
const http = createServer();
const server = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 600_000,
});

server.on('connection', (socket) => {
  socket.on('join', (rooms: string[]) => {
    void socket.join(rooms);
    socket.emit('joined');
  });
  socket.on('publish', (room: string, data) => socket.to(room).emit(EVENT, data));
  socket.on('echo', (data) => socket.emit('echo', data));
});
http.listen(port, '127.0.0.1', 4096, () => answerParent());
