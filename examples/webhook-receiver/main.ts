/**
 * Prints the webhooks of a gateway while a visitor comes and goes.
 *
 *     node -r ts-node/register/transpile-only examples/webhook-receiver/main.ts
 *
 * The example is about one thing: a receiver checks webhooks with the SDK. Gateway, receiver and visitor
 * share this process, and so `webhookAllow` has to name this machine: private addresses are refused otherwise. A
 * visitor who is back within 3 s was never gone; this one stays away for 4.
 */
import type { AddressInfo } from 'node:net';
import Pusher from 'pusher-js';
import { createGateway } from 'standpipe/gateway';
import { app, credentials, fail, onCtrlC } from '../start-gateway';
import { createReceiver } from './receiver';

const STAYS_MS = 2_000;
const AWAY_MS = 4_000;

async function main(): Promise<void> {
  const receiver = createReceiver(credentials, ({ name, channel, ...about }, time) => {
    console.log(time.toLocaleTimeString('en-GB'), name, channel, about);
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  const { port } = receiver.address() as AddressInfo;

  const webhooks = [{ url: `http://127.0.0.1:${port}/webhooks` }];
  const gateway = createGateway({
    port: 0,
    apps: [{ ...app, subscriptionCount: true, webhooks }],
    webhookAllow: ['127.0.0.1'],
  });
  await gateway.start();

  const visitor = new Pusher(app.key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: gateway.port,
    forceTLS: false,
    enabledTransports: ['ws'],
  });
  let timer: NodeJS.Timeout;
  const come = (): void => {
    visitor.subscribe('room');
    timer = setTimeout(go, STAYS_MS);
  };
  const go = (): void => {
    visitor.unsubscribe('room');
    timer = setTimeout(come, AWAY_MS);
  };
  come();
  console.log('A visitor comes and goes. Ctrl-C ends it.');

  onCtrlC(async () => {
    clearTimeout(timer);
    visitor.disconnect();
    // Webhooks of events so far still arrive.
    await gateway.drain();
    receiver.close();
  });
}

main().catch(fail);
