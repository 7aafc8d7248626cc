import t from 'tap';
import { createClient } from '../../lib';
import { bodyMd5, signRequest } from '../../lib/pusher/request-signature';
import { ApiClient, signedRequest } from '../support/api-client';
import { askAuth } from '../support/auth-request';
import { ask } from '../support/fallback-client';
import { RawSocket } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';

t.test('a path holds for every entrance, and may be left out by a proxy', async (t) => {
  const gateway = await startGateway(t, { path: '/ws' });
  const { port, url } = gateway;
  const api = new ApiClient(t, gateway);
  for (const prefix of ['/ws', '']) {
    const socket = await TestSocket.connect(t, port, { path: `${prefix}/app/` });
    t.match(await socket.subscribe('room'), { event: 'pusher_internal:subscription_succeeded' });
    const poll = await ask(
      port,
      `${prefix}/pusher/app/key/1/abcdefg${prefix.length}/xhr?protocol=7`,
    );
    t.match(poll.text, /^o\n/, `${prefix} fallback`);
    for (const path of ['/livez', '/readyz']) {
      const health = await fetch(url + prefix + path);
      t.strictSame([health.status, await health.text()], [200, 'ok\n'], prefix + path);
    }
    const auth = await askAuth(gateway, { path: `${prefix}/pusher/auth` });
    t.equal(auth.status, 503, `${prefix} asks, and no backend is there`);
    const client = createClient({ appId: '1', key: 'key', secret: SECRET, port, path: prefix });
    await client.connect();
    client.channel('room').trigger('e', 1);
    t.match(await socket.next(), { event: 'e' }, `${prefix} Pipe`);
    await client.disconnect();
    socket.drop();
  }
  const event = { name: 'e', channel: 'room', data: 'd' };
  t.equal((await api.post('/events', event)).status, 200, 'an SDK without the prefix');
  const signed = signedRequest({ method: 'POST', path: '/events', body: event });
  const asked = { body: signed.body };
  t.equal((await ask(port, `/ws${signed.target}`, asked)).status, 200, 'added by a proxy');
  const body = Buffer.from(JSON.stringify(event));
  const query = signRequest({
    ...{ method: 'POST', path: '/ws/apps/1/events', query: [], bodyMd5: bodyMd5(body) },
    ...{ key: 'key', secret: SECRET, timestamp: Math.floor(Date.now() / 1_000) },
  });
  for (const prefix of ['/ws', '']) {
    const { status } = await ask(port, `${prefix}/apps/1/events?${query}`, { body });
    t.equal(status, 200, `signed with the prefix, received as ${prefix}/apps`);
  }
  t.equal((await fetch(`${url}/other/livez`)).status, 404);
});

t.test('clients behind a trusted proxy are known by their own addresses', async (t) => {
  const gateway = await startGateway(t, {
    trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'],
    limits: { maxConnectionsPerAddress: 1 },
  });
  const open = (forwarded: string): Promise<RawSocket> =>
    RawSocket.upgrade(gateway.port, undefined, { 'X-Forwarded-For': forwarded });
  const rows = [
    ['192.0.2.1', 101],
    ['192.0.2.2', 101],
    ['192.0.2.1', 503],
    // A client makes up what stands left of its own address.
    ['192.0.2.9, 192.0.2.1', 503],
    ['192.0.2.3, 10.1.2.3', 101],
    ['192.0.2.3:4711', 503],
    ['192.0.2.4, nonsense, 192.0.2.5', 101],
    ['192.0.2.5', 503],
    ['[2001:db8::1]:443', 101],
    ['2001:db8::1', 503],
    // Another address of the same line.
    ['2001:db8::2', 503],
    ['2001:db8:0:1::1', 101],
  ] as const;
  for (const [forwarded, status] of rows) {
    const raw = await open(forwarded);
    t.teardown(() => raw.destroy());
    t.equal(raw.status, status, forwarded);
  }
});

t.test('X-Forwarded-For of others is not believed', async (t) => {
  for (const trustedProxies of [[], ['192.0.2.0/24']]) {
    const { port } = await startGateway(t, {
      trustedProxies,
      limits: { maxConnectionsPerAddress: 1 },
    });
    const first = await RawSocket.upgrade(port, undefined, { 'X-Forwarded-For': '192.0.2.1' });
    t.teardown(() => first.destroy());
    const second = await RawSocket.upgrade(port, undefined, { 'X-Forwarded-For': '198.51.100.2' });
    t.strictSame([first.status, second.status], [101, 503]);
  }
});

t.test('the backend that decides is told the address of the browser', async (t) => {
  const { port } = await startGateway(t, { trustedProxies: ['127.0.0.1'] });
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port });
  t.teardown(() => client.disconnect());
  const addresses: unknown[] = [];
  client.authorize('*', ({ remoteAddress }) => {
    addresses.push(remoteAddress);
    return true;
  });
  await client.connect();
  const headers = { 'X-Forwarded-For': '192.0.2.7', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ socket_id: '1.2', channel_name: 'private-a' });
  t.equal((await ask(port, '/pusher/auth', { body, headers })).status, 200);
  t.strictSame(addresses, ['192.0.2.7']);
});

t.test('a head holds 32 KiB of cookies, or as much as is set', async (t) => {
  const { port } = await startGateway(t);
  const status = async (gatewayPort: number, bytes: number): Promise<number> => {
    const headers = { Cookie: `a=${'b'.repeat(bytes)}` };
    const raw = await RawSocket.upgrade(gatewayPort, undefined, headers);
    raw.destroy();
    return raw.status;
  };
  t.equal(await status(port, 30_000), 101);
  t.equal(await status(port, 34_000), 431);
  const small = await startGateway(t, { limits: { maxHeaderBytes: 4_096 } });
  t.equal(await status(small.port, 5_000), 431);
});

t.test('targets in absolute form and a slash behind the key are understood', async (t) => {
  const { port } = await startGateway(t);
  const absolute = 'GET http://any.example/livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  t.match((await RawSocket.exchange(t, port, absolute)).head, /^HTTP\/1\.1 200 /);
  await TestSocket.connect(t, port, { key: 'key/' });
});

t.test('health is told at the limit of connections, below a prefix too', async (t) => {
  const gateway = await startGateway(t, { path: '/live', limits: { maxConnections: 1 } });
  const first = await RawSocket.tcp(gateway.port);
  t.teardown(() => first.destroy());
  first.write('GET /live/livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => first.status === 200);
  const status = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${gateway.port}${path}`)).status;
  for (const path of ['/live/livez', '/live/readyz', '/readyz', '/live/readyz?verbose']) {
    t.equal(await status(path), 200, path);
  }
  for (const path of ['/live/apps/1/channels', '/live/app/key/livez', '/other/readyz']) {
    t.equal(await status(path), 503, `${path} is no health check`);
  }
});
