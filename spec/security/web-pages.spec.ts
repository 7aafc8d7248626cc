import { type AddressInfo, createServer } from 'node:net';
import t from 'tap';
import { createGateway } from '../../lib/gateway';
import { DEVELOPMENT_APP } from '../../lib/cli/defaults';
import { signPipeRequest } from '../../lib/pusher/pipe-signature';
import { signedRequest } from '../support/api-client';
import { ask } from '../support/fallback-client';
import { RawSocket } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

/** A port that was free a moment ago: metrics take none that they choose themselves. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const EVIL = { Origin: 'https://evil.example' };

t.test('a Pipe is not opened for a web page, even with the right signature', async (t) => {
  const { port } = await startGateway(t);
  const timestampS = Math.floor(Date.now() / 1000);
  const query = signPipeRequest({ key: 'key', secret: SECRET, path: '/pipe/1', timestampS });
  const subprotocol = { 'Sec-WebSocket-Protocol': 'standpipe.v1' };
  const status = async (headers: object): Promise<number> => {
    const raw = await RawSocket.upgrade(port, `/pipe/1?${query}`, { ...subprotocol, ...headers });
    raw.destroy();
    return raw.status;
  };
  t.equal(await status({}), 101);
  t.equal(await status(EVIL), 403);
  t.equal(await status({ Origin: 'null' }), 403);
});

t.test('the HTTP API answers no web page, even with the right signature', async (t) => {
  const { port } = await startGateway(t);
  const body = JSON.stringify({ name: 'e', channel: 'room', data: 'd' });
  const { target } = signedRequest({ method: 'POST', path: '/events', body });
  t.equal((await ask(port, target, { body })).status, 200);
  t.match(await ask(port, target, { body, headers: EVIL }), { status: 403, text: /web pages/ });
});

t.test('the development app answers pages of this machine only', async (t) => {
  const app = { ...DEVELOPMENT_APP, allowedOrigins: [...DEVELOPMENT_APP.allowedOrigins] };
  const { port } = await startGateway(t, { apps: [app] });
  const rows = [
    [undefined, true],
    ['http://localhost:3000', true],
    ['http://127.0.0.1:8080', true],
    ['http://[::1]:8080', true],
    ['file://', true],
    ['https://evil.example', false],
    ['http://localhost.evil.example', false],
    ['null', false],
  ] as const;
  for (const [origin, allowed] of rows) {
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    const socket = await TestSocket.open(t, port, { key: DEVELOPMENT_APP.key, headers });
    const { event } = await socket.next();
    t.equal(event === 'pusher:connection_established', allowed, String(origin));
  }
});

t.test('metrics on a loopback address are told to requests by its own names', async (t) => {
  const probe = await freePort();
  const gateway = createGateway({
    port: 0,
    apps: [{ id: '1', key: 'key', secret: SECRET }],
    metrics: { port: probe },
  });
  await gateway.start();
  t.teardown(() => gateway.stop());
  for (const [host, status] of [
    ['localhost:1', 200],
    ['127.0.0.1', 200],
    ['[::1]:9100', 200],
    ['rebound.evil.example', 403],
    ['rebound.evil.example:9100', 403],
  ] as const) {
    const answer = await ask(probe, '/metrics', { method: 'GET', headers: { Host: host } });
    t.equal(answer.status, status, host);
  }
});
