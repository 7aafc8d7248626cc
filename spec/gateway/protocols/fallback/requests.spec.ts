import { Agent } from 'node:http';
import t from 'tap';
import { ask, FallbackClient, messagesOf } from '../../../support/fallback-client';
import { ManualClock } from '../../../support/manual-clock';
import { RawSocket } from '../../../support/raw-socket';
import { startGateway } from '../../../support/start-gateway';
import { until } from '../../../support/until';

const ACTIONS = ['xhr', 'xhr_streaming', 'xhr_send'] as const;

t.test('a preflight is answered on all three paths', async (t) => {
  const { port } = await startGateway(t);
  for (const action of ACTIONS) {
    const headers = {
      Origin: 'https://page.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    };
    const path = `/pusher/app/key/1/abcdefgh/${action}?t=1&n=2`;
    const answer = await ask(port, path, { method: 'OPTIONS', headers });
    t.strictSame([answer.status, answer.text], [204, '']);
    t.match(answer.headers, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type',
    });
    t.notOk('access-control-allow-credentials' in answer.headers);
  }
});

t.test('other methods are refused with the ones there are', async (t) => {
  const { port } = await startGateway(t);
  for (const action of ACTIONS) {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await ask(port, `/pusher/app/key/1/abcdefgh/${action}`, {
        method,
      });
      t.strictSame([status, headers.allow], [405, 'POST, OPTIONS'], `${method} ${action}`);
    }
  }
});

t.test('a body in pieces is read to its end', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  const raw = await RawSocket.tcp(port);
  t.teardown(() => raw.destroy());
  const ping = JSON.stringify([JSON.stringify({ event: 'pusher:ping', x: 'ü' })]);
  const bytes = Buffer.from(ping);
  raw.write(
    `POST ${client.base}/xhr_send HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (const byte of bytes) raw.write(Buffer.from([0x31, 0x0d, 0x0a, byte, 0x0d, 0x0a]));
  raw.write('0\r\n\r\n');
  t.match(messagesOf((await client.poll())[0]), [{ event: 'pusher:pong' }]);
});

t.test('requests share connections, and receivers do not mind what came before', async (t) => {
  const { port } = await startGateway(t);
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  t.teardown(() => process.off('warning', warned));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  for (let i = 0; i < 15; i++) {
    const path = `/pusher/app/key/1/session${i}`;
    const first = await ask(port, `${path}/xhr?protocol=7`, {}, agent);
    t.match(first.text, /^o\na/);
    const sent = await ask(port, `${path}/xhr_send`, { body: '["{}"]' }, agent);
    t.equal(sent.status, 204);
  }
  t.strictSame(warnings, [], 'more than ten listeners left on the connection would be warned of');
});

t.test('a receiver behind another one of its connection goes with the connection', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const raw = await RawSocket.tcp(gateway.port);
  const head = (name: string): string =>
    `POST /pusher/app/key/1/${name}/xhr_streaming?protocol=7 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  raw.write(head('session1') + head('session2'));
  await until(() => gateway.socketCount >= 2);
  raw.destroy();
  let seconds = 0;
  while (gateway.socketCount > 0 && seconds < 100) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
    seconds++;
  }
  t.equal(gateway.socketCount, 0, `after ${seconds} s`);
});

t.test('the query of a further receiver is not looked at', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  await client.send({ event: 'pusher:ping' });
  const { text } = await client.post('xhr?protocol=99');
  t.match(messagesOf(text.trim()), [{ event: 'pusher:pong' }]);
});
