/** The application with Standpipe: rooms are channels, acknowledgements are requests, middleware is `authorize`. */
import Pusher from 'pusher-js';
import { createClient } from 'standpipe';
import { attachBackChannel } from 'standpipe/back-channel';
import { createGateway } from 'standpipe/gateway';
import { app, credentials } from '../start-gateway';
import { answer, askOver } from './ask';
import { POSITION, USERS, type Running, type Visitor } from './conversation';

export async function startAfter(): Promise<Running> {
  // In production `npx standpipe serve` is a process of its own, so that the backend restarts and nobody disconnects.
  const gateway = createGateway({ host: '127.0.0.1', port: 0, apps: [app] });
  await gateway.start();
  const client = createClient({ ...credentials, port: gateway.port });

  client.subscribe(['socket_message']);
  client.authorize('presence-*', ({ body }) => {
    const user = USERS.get(body.get('token') ?? '');
    return user !== undefined && { userId: user };
  });
  client.channels.on('event:say', (channel, _socketId, text, { userId }) => {
    client.channel(channel).trigger('said', `${userId}: ${String(text)}`);
  });
  answer(client, 'add', (data) => {
    const { a, b } = data as { a: number; b: number };
    return a + b;
  });
  await client.connect();
  await client.subscribed();

  return {
    port: gateway.port,
    visit: (token) => visit(gateway.port, token),
    positions: async () => {
      const sockets = await client.sockets.list();
      const asked = sockets.map(({ id }) => client.socket(id).request('position'));
      return (await Promise.all(asked)) as number[];
    },
    stop: async () => {
      await client.disconnect();
      await gateway.stop();
    },
  };
}

/** The page's part. */
async function visit(port: number, token: string): Promise<Visitor> {
  const pusher = attachBackChannel(
    new Pusher(app.key, {
      ...{ cluster: '', wsHost: '127.0.0.1', wsPort: port, forceTLS: false },
      enabledTransports: ['ws'],
      channelAuthorization: {
        transport: 'ajax',
        endpoint: `http://127.0.0.1:${port}/pusher/auth`,
        params: { token },
      },
    }),
  );
  const heard: string[] = [];
  const ask = askOver(pusher.back_channel);
  pusher.back_channel.onRequest('position', () => POSITION);
  await new Promise((resolve) => pusher.connection.bind('connected', resolve));
  return {
    heard,
    join: (room) =>
      new Promise((resolve, reject) => {
        const channel = pusher.subscribe(`presence-${room}`);
        channel.bind('said', (text: string) => heard.push(text));
        channel.bind('pusher:subscription_succeeded', () => resolve());
        channel.bind('pusher:subscription_error', () => reject(new Error('not allowed')));
      }),
    say: (room, text) => void pusher.send_event('say', text, `presence-${room}`),
    add: (a, b) => ask('add', { a, b }) as Promise<number>,
    leave: () => pusher.disconnect(),
  };
}
