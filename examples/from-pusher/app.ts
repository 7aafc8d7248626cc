/** An application as there are many: it signs subscriptions, triggers events, and is told by webhooks. It stays as it is. */
import express from 'express';
import type Pusher from 'pusher';

export interface Heard {
  name: string;
  channel: string;
}

export function createApp(pusher: Pusher, onWebhook: (event: Heard) => void): express.Express {
  const app = express();

  app.post('/pusher/auth', express.urlencoded(), (request, response) => {
    const { socket_id: socketId, channel_name: channel } = request.body;
    const member = channel.startsWith('presence-') ? { user_id: 'ada' } : undefined;
    response.json(pusher.authorizeChannel(socketId, channel, member));
  });

  app.post('/orders', async (_request, response) => {
    await pusher.trigger('private-orders', 'placed', { id: 1 });
    response.sendStatus(201);
  });

  app.post('/webhooks', express.text({ type: 'application/json' }), (request, response) => {
    const webhook = pusher.webhook({ headers: request.headers, rawBody: request.body });
    if (!webhook.isValid()) return void response.sendStatus(401);
    for (const { name, channel } of webhook.getEvents()) onWebhook({ name, channel });
    response.sendStatus(200);
  });

  return app;
}
