import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Options } from 'pusher-js';
import PusherServer from 'pusher';
import t, { type Test } from 'tap';
import { hasBrowser, startBrowser } from '../support/browser';
import { SECRET } from '../support/start-gateway';
import { certificate } from '../support/tls';
import { type Driver, makeDriver } from './fallback-driver';
import { holdFallback, type StartDriver, TRANSPORTS } from './fallback-promises';

/** The web server of an app: its page with pusher-js, and what signs its subscriptions. Another origin than the gateway. */
async function startSite(t: Test): Promise<string> {
  const pusherJs = readFileSync(require.resolve('pusher-js/dist/web/pusher.js'));
  const signer = new PusherServer({ appId: '1', key: 'key', secret: SECRET, cluster: '' });
  const server = createServer((request, response) => {
    if (request.url === '/pusher.js') response.end(pusherJs);
    else if (request.url !== '/auth') {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        '<!doctype html><link rel="icon" href="data:,"><script src="/pusher.js"></script>',
      );
    } else {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const form = new URLSearchParams(body);
        const channel = form.get('channel_name') ?? '';
        const member = channel.startsWith('presence-') ? { user_id: 'mine' } : undefined;
        const auth = signer.authorizeChannel(form.get('socket_id') ?? '', channel, member);
        response.end(JSON.stringify(auth));
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A driver in a page of its own; what its console complained of must be nothing in the end. */
async function startPage(t: Test, options: Options, complaints: string[]): Promise<Driver> {
  const site = await startSite(t);
  const browser = await startBrowser(t);
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(site);
  const authorization = { endpoint: '/auth', transport: 'ajax' };
  const all = JSON.stringify({ ...options, channelAuthorization: authorization });
  await page.evaluate(`var driver = (${makeDriver.toString()})(Pusher, 'key', ${all}); undefined`);
  const call =
    (method: string) =>
    (...args: unknown[]): Promise<unknown> => {
      const list = args.map((arg) => JSON.stringify(arg)).join();
      return page.evaluate(`driver.${method}(${list})`);
    };
  return new Proxy({} as Driver, {
    // A driver is not a promise, though it is returned through some.
    get: (_, method: string) => (method === 'then' ? undefined : call(method)),
  });
}

if (hasBrowser()) {
  for (const transport of TRANSPORTS) {
    for (const tls of [false, true]) {
      const way = tls ? `${transport} and TLS` : transport;
      t.test(`pusher-js in Chromium, over ${way} alone, from another origin`, async (t) => {
        const complaints: string[] = [];
        const start: StartDriver = (t, options) => startPage(t, options, complaints);
        await holdFallback(t, transport, start, tls ? await certificate() : undefined);
        t.strictSame(complaints, [], 'no complaint about CORS or anything else');
      });
    }
  }
}
