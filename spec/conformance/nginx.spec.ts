import PusherSdk from 'pusher';
import Pusher from 'pusher-js';
import t, { type Test } from 'tap';
import { WebSocket } from 'ws';
import { createClient } from '../../lib';
import type { Gateway } from '../../lib/gateway/gateway';
import { signedRequest } from '../support/api-client';
import { ask, LineReader, messagesOf } from '../support/fallback-client';
import { hasNginx, startNginx } from '../support/nginx';
import { RawSocket } from '../support/raw-socket';
import { SECRET, startGateway, type StartOptions } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';
import { until } from '../support/until';

interface Proxied {
  /** Gateways by the prefix at which nginx has them. */
  gateways: Map<string, Gateway>;
  port: number;
  tlsPort: number;
  ca: string;
}

/** Two gateways behind one nginx: it keeps the prefix of one and takes away that of the other. */
async function behindNginx(t: Test, more = '', options: StartOptions = {}): Promise<Proxied> {
  const trusted = { trustedProxies: ['127.0.0.1'], ...options };
  const kept = await startGateway(t, { ...trusted, path: '/kept' });
  const stripped = await startGateway(t, { ...trusted, path: '/stripped' });
  const tls = await certificate();
  const locations = `
    ${more}
    location /kept/ { proxy_pass http://127.0.0.1:${kept.port}; }
    location /stripped/ { proxy_pass http://127.0.0.1:${stripped.port}/; }`;
  const ports = await startNginx(t, { locations, tls });
  const gateways = new Map([
    ['/kept', kept],
    ['/stripped', stripped],
  ]);
  return { gateways, ...ports, ca: tls.cert };
}

t.test('nginx with its default settings', async (t) => {
  if (!hasNginx(t)) return;
  const { gateways, port, tlsPort, ca } = await behindNginx(t);

  for (const [prefix, gateway] of gateways) {
    await t.test(`${prefix}: pusher-js, the Pipe and the HTTP SDK meet`, async (t) => {
      const pusher = new Pusher('key', {
        ...{ wsHost: '127.0.0.1', wsPort: port, wsPath: prefix, cluster: '' },
        ...{ forceTLS: false, enabledTransports: ['ws'] },
      });
      t.teardown(() => pusher.disconnect());
      const heard: unknown[] = [];
      const room = pusher.subscribe('room').bind('said', (data: unknown) => heard.push(data));
      await until(() => room.subscribed);
      const client = createClient({ appId: '1', key: 'key', secret: SECRET, port, path: prefix });
      t.teardown(() => client.disconnect());
      await client.connect();
      client.channel('room').trigger('said', 'by the Pipe');
      await until(() => heard.length === 1);
      const sdk = new PusherSdk({
        ...{ appId: '1', key: 'key', secret: SECRET },
        ...{ host: '127.0.0.1', port: String(gateway.port), useTLS: false },
      });
      await sdk.trigger('room', 'said', 'by the SDK');
      const { target, body } = signedRequest({
        ...{ method: 'POST', path: '/events' },
        body: { name: 'said', channel: 'room', data: '"by nginx"' },
      });
      t.equal((await ask(port, prefix + target, { body })).status, 200);
      await until(() => heard.length === 3);
      t.strictSame(heard, ['by the Pipe', 'by the SDK', 'by nginx']);
      t.equal((await fetch(`http://127.0.0.1:${port}${prefix}/readyz`)).status, 200);
    });

    await t.test(`${prefix}: TLS ends at nginx`, async (t) => {
      const url = `wss://127.0.0.1:${tlsPort}${prefix}/app/key?protocol=7`;
      const socket = new WebSocket(url, { ca });
      t.teardown(() => socket.terminate());
      const [text] = await new Promise<[Buffer]>((resolve, reject) => {
        socket.once('message', (...message) => resolve(message as unknown as [Buffer]));
        socket.once('error', reject);
      });
      t.match(JSON.parse(text.toString()), { event: 'pusher:connection_established' });
    });

    await t.test(`${prefix}: 16 KB of cookies pass`, async (t) => {
      // nginx takes 32 KB of headers, 8 KB each.
      const cookies = `a=${'x'.repeat(7_900)}\r\nCookie: b=${'x'.repeat(7_900)}`;
      const raw = await RawSocket.upgrade(port, `${prefix}/app/key?protocol=7`, {
        Cookie: cookies,
      });
      t.teardown(() => raw.destroy());
      t.equal(raw.status, 101);
    });

    await t.test(
      `${prefix}: the fallback streams 1 MB that nginx does not hold back`,
      async (t) => {
        const base = `${prefix}/pusher/app/key/1/throughnginx${prefix.length}`;
        const query = '?protocol=7&client=js&version=8.6.0';
        let reader = new LineReader(port, `${base}/xhr_streaming${query}`);
        const told: string[] = [];
        const line = async (): Promise<string> => {
          for (;;) {
            const next = await reader.next();
            if (next?.startsWith('a') === true) return next;
            if (next === undefined) throw new Error('the stream has ended');
          }
        };
        // As pusher-js does: a stream of more than 256 KiB is left for the next one.
        const rotate = (): void => {
          if (reader.length <= 256 * 1024) return;
          reader.abort();
          reader = new LineReader(port, `${base}/xhr_streaming${query}`);
        };
        t.teardown(() => reader.abort());
        t.match(messagesOf(await line()), [{ event: 'pusher:connection_established' }]);
        const subscribe = { event: 'pusher:subscribe', data: { channel: 'room' } };
        const body = JSON.stringify([JSON.stringify(subscribe)]);
        t.equal((await ask(port, `${base}/xhr_send${query}`, { body })).status, 204);
        t.match(messagesOf(await line()), [{ event: 'pusher_internal:subscription_succeeded' }]);
        for (let n = 0; n < 105; n++) {
          const data = `${n} `.padEnd(10_000, '.');
          const { target, body } = signedRequest({
            ...{ method: 'POST', path: '/events' },
            body: { name: 'e', channel: 'room', data },
          });
          t.equal((await ask(gateway.port, target, { body })).status, 200);
          rotate();
          told.push(...messagesOf(await line()).map((each) => String(each.data)));
          if (told[n] !== data) t.fail(`${n}: ${told[n]}`);
        }
        t.equal(told.length, 105);
      },
    );
  }

  await t.test('an upgrade to another protocol is ignored', async (t) => {
    const [gateway] = gateways.values();
    const head =
      'GET /kept/livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n' +
      'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n';
    for (const each of [gateway?.port, port]) {
      const raw = await RawSocket.tcp(each as number);
      t.teardown(() => raw.destroy());
      raw.write(head);
      await until(() => raw.head.includes('ok\n') || raw.status >= 400);
      t.equal(raw.status, 200);
    }
  });
});

t.test('a connection that nginx would cut when idle is kept by pings', async (t) => {
  if (!hasNginx(t)) return;
  // A sixtieth of nginx's own time, and of the gateway's.
  const limits = { pingMs: 500 };
  const { port, gateways } = await behindNginx(t, 'proxy_read_timeout 2s; proxy_send_timeout 2s;', {
    limits,
  });
  const idle = await TestSocket.connect(t, port, { path: '/kept/app/' });
  const frames: number[] = [];
  const reading = idle.closed();
  void reading.then(({ code }) => frames.push(code));
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  t.strictSame(frames, [], 'idle for twice the time');
  t.equal(gateways.get('/kept')?.socketCount, 1);
  idle.drop();
  await reading;
});
