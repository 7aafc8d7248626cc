/** The application with Socket.IO. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { POSITION, USERS, type Running, type Visitor } from './conversation';

export async function startBefore(): Promise<Running> {
  const server = createServer();
  const sockets = new Server(server);

  sockets.use((socket, next) => {
    const user = USERS.get(socket.handshake.auth['token']);
    if (user === undefined) return next(new Error('not allowed'));
    socket.data.user = user;
    next();
  });
  sockets.on('connection', (socket) => {
    socket.on('join', async (room, done) => {
      await socket.join(room);
      done();
    });
    socket.on('say', (room, text) => {
      sockets.to(room).emit('said', `${socket.data.user}: ${text}`);
    });
    socket.on('add', ({ a, b }, answer) => answer(a + b));
  });

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    visit: (token) => visit(port, token),
    positions: () => sockets.timeout(4_000).emitWithAck('position'),
    stop: async () => void (await sockets.close()),
  };
}

/** The page's part. */
async function visit(port: number, token: string): Promise<Visitor> {
  const socket = io(`http://127.0.0.1:${port}`, { auth: { token }, transports: ['websocket'] });
  const heard: string[] = [];
  socket.on('said', (text: string) => heard.push(text));
  socket.on('position', (answer: (position: number) => void) => answer(POSITION));
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
  return {
    heard,
    join: (room) => socket.emitWithAck('join', room) as Promise<void>,
    say: (room, text) => void socket.emit('say', room, text),
    add: (a, b) => socket.emitWithAck('add', { a, b }) as Promise<number>,
    leave: () => void socket.close(),
  };
}
