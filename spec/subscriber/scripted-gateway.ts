import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Client, LIBRARIES } from './libraries';

type Library = (typeof LIBRARIES)[keyof typeof LIBRARIES];

interface Frame {
  event: string;
  data: { channel?: string };
}

/** A gateway that greets, subscribes to whatever it is asked for, and else says what a spec makes it say. */
export interface ScriptedGateway {
  /** Frames of the client since its last connection. */
  received: Frame[];
  /** Sends a text as it is. */
  say(text: string): void;
  socket(): WebSocket;
  client(library: Library, options?: object): Promise<Client>;
  /** Resolves when the client has handled all that was said before. */
  handled(client: Client): Promise<void>;
}

export async function scriptedGateway(t: Test): Promise<ScriptedGateway> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  let latest: WebSocket | undefined;
  let ids = 0;
  let marks = 0;
  const gateway: ScriptedGateway = {
    received: [],
    say: (text) => gateway.socket().send(text),
    socket() {
      if (latest === undefined) throw new Error('nobody is connected');
      return latest;
    },
    async client(library, options = {}) {
      const all = {
        cluster: '',
        wsHost: '127.0.0.1',
        wsPort: (server.address() as AddressInfo).port,
        forceTLS: false,
        enabledTransports: ['ws'],
        ...options,
      };
      const client = new library('key', all as never);
      t.teardown(() => client.disconnect());
      await new Promise<void>((resolve) => client.connection.bind('connected', () => resolve()));
      return client;
    },
    async handled(client) {
      const mark = `mark-${++marks}`;
      const heard = new Promise<void>((resolve) => client.bind(mark, () => resolve()));
      gateway.say(JSON.stringify({ event: mark }));
      await heard;
    },
  };
  server.on('connection', (socket) => {
    latest = socket;
    gateway.received = [];
    const data = JSON.stringify({ socket_id: `${++ids}.1`, activity_timeout: 120 });
    socket.send(JSON.stringify({ event: 'pusher:connection_established', data }));
    socket.on('message', (message: Buffer) => {
      const frame = JSON.parse(message.toString()) as Frame;
      gateway.received.push(frame);
      if (frame.event !== 'pusher:subscribe') return;
      const event = 'pusher_internal:subscription_succeeded';
      socket.send(JSON.stringify({ event, channel: frame.data.channel, data: '{}' }));
    });
  });
  return gateway;
}
