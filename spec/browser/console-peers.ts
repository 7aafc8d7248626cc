import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import Pusher from 'pusher';
import type { Test } from 'tap';
import type { Gateway } from '../../lib/gateway/gateway';
import { createClient, type PipeClient } from '../../lib/index';
import type { List, SocketRow } from '../../lib/gateway/protocols/console/api';
import { ConsoleVisitor } from '../support/console-visitor';
import { SECRET } from '../support/start-gateway';
import { untilAnswered } from '../support/until';

const PUSHER_JS = readFileSync(require.resolve('pusher-js/dist/web/pusher.min.js'), 'utf8');

/** A page as users of an app have it: stock pusher-js, and an endpoint that signs. */
const PAGE = `<!doctype html><title>app</title><script>${PUSHER_JS}</script><script>
const ask = (path) => fetch(path).then((answer) => answer.json());
const query = new URLSearchParams(location.search);
window.pusher = new Pusher('key', {
  wsHost: '127.0.0.1', wsPort: Number(query.get('port')), forceTLS: false, cluster: 'x', enabledTransports: ['ws'],
  channelAuthorization: { customHandler: ({ socketId, channelName }, done) =>
    ask('/auth?' + new URLSearchParams({ socketId, channelName, user: query.get('user') })).then((auth) => done(null, auth)) },
  userAuthentication: { customHandler: ({ socketId }, done) =>
    ask('/user?' + new URLSearchParams({ socketId, user: query.get('user') })).then((auth) => done(null, auth)) },
});
pusher.signin();
</script>`;

/** Tabs of users, backends and a reader who does not read, around one gateway. */
export class Peers {
  readonly #t: Pick<Test, 'teardown'>;
  readonly #gateway: Gateway;
  readonly server: Pusher;
  readonly #url: string;

  private constructor(t: Pick<Test, 'teardown'>, gateway: Gateway, server: Pusher, url: string) {
    this.#t = t;
    this.#gateway = gateway;
    this.server = server;
    this.#url = url;
  }

  static async start(t: Pick<Test, 'teardown'>, gateway: Gateway): Promise<Peers> {
    const address = { host: '127.0.0.1', port: String(gateway.port), useTLS: false };
    const sdk = new Pusher({ appId: '1', key: 'key', secret: SECRET, ...address });
    const http = createServer((request, response) => {
      const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://x');
      const [socketId = '', channel = '', user = ''] = ['socketId', 'channelName', 'user'].map(
        (name) => query.get(name) ?? '',
      );
      const signed = (): object => {
        if (pathname === '/user') return sdk.authenticateUser(socketId, { id: user });
        if (channel === 'private-forbidden') return { auth: 'key:0000' };
        const isPresence = channel.startsWith('presence-');
        return sdk.authorizeChannel(socketId, channel, isPresence ? { user_id: user } : undefined);
      };
      if (!['/', '/auth', '/user'].includes(pathname)) return void response.writeHead(404).end();
      const isPage = pathname === '/';
      response.setHeader('Content-Type', isPage ? 'text/html' : 'application/json');
      response.end(isPage ? PAGE : JSON.stringify(signed()));
    });
    await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
    t.teardown(() => {
      http.close();
      http.closeAllConnections();
    });
    const { port } = http.address() as AddressInfo;
    return new Peers(t, gateway, sdk, `http://127.0.0.1:${port}/?port=${gateway.port}`);
  }

  /** Opens a tab of a user, on some channels; resolves with its page and socket id when it is on the last one. */
  async tab(
    browser: Browser,
    user: string,
    channels: readonly string[],
  ): Promise<{ page: Page; id: string }> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${this.#url}&user=${encodeURIComponent(user)}`);
    const id = await page.evaluate<string>(`new Promise((done) => {
      const names = ${JSON.stringify(channels)};
      pusher.bind('pusher:signin_success', () => undefined);
      for (const name of names) pusher.subscribe(name);
      pusher.channel(names.at(-1)).bind('pusher:subscription_succeeded', () => done(pusher.connection.socket_id));
    })`);
    return { page, id };
  }

  async backend(
    name: string,
    group: string,
    handle: (data: unknown) => unknown,
  ): Promise<PipeClient> {
    const { port } = this.#gateway;
    const address = { appId: '1', key: 'key', secret: SECRET, host: '127.0.0.1', port };
    const client = createClient({ ...address, name, group });
    this.#t.teardown(() => client.disconnect());
    client.subscribe(['socket_message']);
    client.channels.on('event:client-move', (_name, _id, data) => handle(data));
    await client.connect();
    return client;
  }

  /** A connection subscribes to a channel and reads nothing, until bytes for it wait in the gateway. */
  async flood(channel: string): Promise<void> {
    await this.#slowReader(channel);
    const { consoleUrl } = this.#gateway;
    const visitor = new ConsoleVisitor({ consoleUrl });
    await untilAnswered(async () => {
      const data = 'x'.repeat(9_000);
      const event = { channel, name: 'more', data };
      await this.server.triggerBatch(Array.from({ length: 10 }, () => event));
      const { body } = await visitor.get<List<SocketRow>>('/api/apps/1/sockets?sort=unsent');
      return (body.items[0]?.unsentBytes ?? 0) > 0;
    });
  }

  async #slowReader(channel: string): Promise<Socket> {
    const slow = connect(this.#gateway.port, '127.0.0.1');
    this.#t.teardown(() => slow.destroy());
    slow.write(
      'GET /app/key?protocol=7 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n' +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await new Promise((resolve) => slow.once('data', resolve));
    slow.pause();
    const text = JSON.stringify({ event: 'pusher:subscribe', data: { channel } });
    const head = Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]);
    slow.write(Buffer.concat([head, Buffer.from(text)]));
    return slow;
  }
}
