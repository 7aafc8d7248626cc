import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Journal } from '../../lib/gateway/core/journal';
import { readBody } from '../../lib/gateway/http/body';
import { Neighbours } from '../../lib/gateway/neighbours';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { silent } from '../../lib/util/logger';
import { ask, LineReader } from '../support/fallback-client';
import { SECRET, startGateway } from '../support/start-gateway';
import { until } from '../support/until';

/** A session of the second of two workers. */
const OF_SECOND = 'key/2/abcdefgh';
const { limits } = checkGatewayOptions({ apps: [{ id: '1', key: 'key', secret: SECRET }] });

interface Served {
  request: IncomingMessage;
  response: ServerResponse;
  remoteAddress: string;
}

/** Two workers: requests come to the first one, and all sessions in them are those of the second one. */
async function twoWorkers(
  t: Test,
  { isThere = true, lasts = true } = {},
): Promise<{ port: number; served: Served[]; owner: Neighbours }> {
  const gateway = await startGateway(t);
  const folder = mkdtempSync(join(tmpdir(), 'neighbours-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [first, owner] = [1, 2].map(
    (number) => new Neighbours({ number, count: 2, folder }, limits),
  ) as [Neighbours, Neighbours];
  const served: Served[] = [];
  if (isThere) {
    await owner.start((request, response, remoteAddress) => {
      served.push({ request, response, remoteAddress });
    });
    t.teardown(() => owner.stop());
  }
  const journal = new Journal(silent, gateway.metrics);
  const server = createServer((request, response) => {
    const target = { path: '', query: '', signable: [] };
    const exchange = { ...target, request, response, remoteAddress: '192.0.2.7', journal };
    t.ok(first.passOn(OF_SECOND, { ...exchange, entrance: 'fallback' }, { lasts }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, served, owner };
}

t.test(
  'a request is passed on with the address of its client, its origin and its body',
  async (t) => {
    const { port, served } = await twoWorkers(t, { lasts: false });
    const headers = {
      Origin: 'https://app.example',
      Cookie: 'secret',
      'Standpipe-Client': 'forged',
    };
    const answer = ask(port, '/pusher/x?n=1', { body: '["a"]', headers });
    await until(() => served.length === 1);
    const [{ request, response, remoteAddress }] = served as [Served];
    t.equal(remoteAddress, '192.0.2.7');
    t.match(request, { method: 'POST', url: '/pusher/x?n=1' });
    t.match(request.headers, { origin: 'https://app.example', cookie: undefined });
    readBody(
      request,
      { maxBytes: 100 },
      (body) => response.writeHead(200, { 'X-Own': 'yes' }).end(`got ${body.toString()}`),
      () => t.fail(),
    );
    const { status, text, headers: own } = await answer;
    t.strictSame([status, text, own['x-own']], [200, 'got ["a"]', 'yes']);
  },
);

t.test('an owner that refuses a post at its head is heard', async (t) => {
  const { port, served } = await twoWorkers(t, { lasts: false });
  for (let i = 0; i < 20; i++) {
    const answer = ask(port, '/', { body: JSON.stringify(['x'.repeat(9_000)]) });
    await until(() => served.length > i);
    served[i]?.response.writeHead(404, { Connection: 'close' }).end('unknown');
    t.match(await answer, { status: 404, text: 'unknown' });
  }
});

t.test(
  'a body that is too large is too large for the owner, and an encoded one is encoded',
  async (t) => {
    const { port, served } = await twoWorkers(t, { lasts: false });
    const { maxMessageBytes } = limits;
    const refused: unknown[] = [];
    const asked = [
      { body: 'x'.repeat(maxMessageBytes + 1) },
      { body: 'x', headers: { 'Content-Encoding': 'gzip' } },
    ];
    for (const [i, asking] of asked.entries()) {
      const answer = ask(port, '/', asking);
      await until(() => served.length > i);
      const [request, response] = [served[i]?.request, served[i]?.response] as [
        never,
        ServerResponse,
      ];
      const refuse = (why: { status: number }): void => {
        refused.push(why.status);
        response.writeHead(why.status).end();
      };
      readBody(request, { maxBytes: maxMessageBytes }, () => refuse({ status: 200 }), refuse);
      await answer;
    }
    t.strictSame(refused, [413, 415]);
  },
);

t.test('a client that goes away is gone for the owner', async (t) => {
  const { port, served } = await twoWorkers(t);
  const reader = new LineReader(port, '/');
  const early = new LineReader(port, '/');
  await until(() => served.length === 2);
  let gone = 0;
  for (const { response } of served) response.once('close', () => gone++);
  served[0]?.response.write('line\n');
  // An answer has begun, and another one waits.
  t.equal(await Promise.race([reader.next(), early.next()]), 'line');
  reader.abort();
  early.abort();
  await until(() => gone === 2);
});

t.test('many requests that wait on one connection are passed on without a warning', async (t) => {
  const { port, served } = await twoWorkers(t);
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  t.teardown(() => process.off('warning', warned));
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'.repeat(20));
  await until(() => served.length === 20);
  t.strictSame(warnings, []);
});

t.test('an answer that breaks off at the owner breaks off at the client', async (t) => {
  const { port, served } = await twoWorkers(t);
  const reader = new LineReader(port, '/');
  await until(() => served.length === 1);
  served[0]?.response.write('line\n');
  t.equal(await reader.next(), 'line');
  served[0]?.response.destroy();
  t.equal(await reader.next(), undefined);
  t.notOk((await reader.head()).complete);
});

t.test('requests for an owner that is not there are refused for now', async (t) => {
  const { port } = await twoWorkers(t, { isThere: false });
  const { status, headers, text } = await ask(port, '/');
  t.strictSame([status, headers['retry-after']], [503, '1']);
  t.match(text, /worker/);
});
