import PusherJs from 'pusher-js';
import t from 'tap';
import { app } from '../../examples/start-gateway';
import { start as startExpress } from '../../examples/with-express/app';
import { start as startFastify } from '../../examples/with-fastify/app';
import { start as startNest } from '../../examples/with-nestjs/app';
import { built } from '../support/built';

built('index.js');

interface Running {
  port: number;
  wsPort: number;
  wsPath: string;
  stop(): Promise<void>;
}

/** Starts an application on a free port. */
const STARTS: Record<string, () => Promise<Running>> = {
  Express: async () => attached(await startExpress(0)),
  Fastify: async () => attached(await startFastify(0)),
  NestJS: async () => {
    const { gatewayPort: wsPort, ...running } = await startNest(0);
    return { ...running, wsPort, wsPath: '' };
  },
};

/** The gateway of an application that serves it from its own port. */
function attached(running: { port: number; stop(): Promise<void> }): Running {
  return { ...running, wsPort: running.port, wsPath: '/realtime' };
}

for (const [name, start] of Object.entries(STARTS)) {
  t.test(`a route of ${name} reaches all browsers, and a browser gets an answer`, async (t) => {
    const running = await start();
    const { wsPort, wsPath } = running;
    const page = new PusherJs(app.key, {
      ...{ cluster: '', wsHost: '127.0.0.1', wsPort, wsPath, forceTLS: false },
      enabledTransports: ['ws'],
    });
    const shop = page.subscribe('shop');
    const heard = (bind: PusherJs | typeof shop): Promise<unknown> =>
      new Promise((resolve) => bind.bind('stock', resolve));
    await new Promise((resolve) => shop.bind('pusher:subscription_succeeded', resolve));

    const order = (item: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${running.port}/orders/${item}`, { method: 'POST' });
    const first = heard(shop);
    const answer = await order('tea');
    t.equal(answer.status, 201);
    t.strictSame(await answer.json(), { left: 2 });
    t.strictSame(await first, { item: 'tea', left: 2 });
    t.equal((await order('coffee')).status, 409);

    const asked = heard(page);
    page.send_event('ask', 'tea');
    t.strictSame(await asked, { item: 'tea', left: 2 });
    page.disconnect();
    await running.stop();
  });
}
