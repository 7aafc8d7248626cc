import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createClient, type PipeOptions, type StandpipeError } from '../../lib';
import { SECRET, startGateway } from '../support/start-gateway';
import { type Certificate, certificate } from '../support/tls';

const backoff = { baseMs: 5, maxMs: 20 };

/** Tries to connect until it has failed so many times; resolves with what `error` told. */
async function failures(
  t: Test,
  port: number,
  count: number,
  options: Partial<PipeOptions>,
): Promise<StandpipeError[]> {
  const client = createClient({ appId: 1, key: 'key', secret: SECRET, port, backoff, ...options });
  t.teardown(() => client.disconnect());
  const errors: StandpipeError[] = [];
  const enough = new Promise<void>((resolve) =>
    client.on('error', (error) => {
      errors.push(error);
      if (errors.length === count) resolve();
    }),
  );
  client.on('connected', () => t.fail('it must not connect'));
  void client.connect();
  await enough;
  t.equal(
    client.state,
    'waiting',
    'the certificate may be set right meanwhile, so it goes on trying',
  );
  return errors;
}

t.test('a certificate that nobody vouches for is told at every attempt', async (t) => {
  const tls = await certificate();
  const { tlsPort = 0 } = await startGateway(t, { tls: { port: 0, ...tls } });
  const errors = await failures(t, tlsPort, 3, { useTLS: true });
  for (const error of errors) {
    t.match(error, { code: 'connect_failed', message: /self-signed certificate/ });
    t.match(error.cause, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  }
});

t.test('a certificate of another name is told', async (t) => {
  const tls = await certificate();
  const { tlsPort = 0 } = await startGateway(t, { tls: { port: 0, ...tls } });
  const trusting = { ca: tls.cert, servername: 'gateway.example' };
  const [error] = await failures(t, tlsPort, 1, { useTLS: true, tls: trusting });
  t.match(error, { code: 'connect_failed', message: /gateway\.example/ });
  t.match(error?.cause, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

t.test('a server that is not trusted hears nothing, credentials least of all', async (t) => {
  const tls: Certificate = await certificate();
  let heard = 0;
  const impostor = createServer(tls, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => (heard += bytes.length));
  });
  impostor.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
  t.teardown(() => impostor.close());
  const { port } = impostor.address() as AddressInfo;
  await failures(t, port, 2, { useTLS: true });
  t.equal(heard, 0);
});

t.test('a client that was told whom to trust connects, by address and by name', async (t) => {
  const tls = await certificate();
  const { tlsPort: port = 0 } = await startGateway(t, { tls: { port: 0, ...tls } });
  for (const host of ['127.0.0.1', 'localhost']) {
    const app = { appId: 1, key: 'key', secret: SECRET };
    const client = createClient({ ...app, host, port, useTLS: true, tls: { ca: tls.cert } });
    await client.connect();
    t.equal(client.state, 'open', host);
    await client.disconnect();
  }
});

t.test('TLS on the plain port, and the other way round, is told and tried again', async (t) => {
  const tls = await certificate();
  const { port, tlsPort = 0 } = await startGateway(t, { tls: { port: 0, ...tls } });
  const [secured] = await failures(t, port, 1, { useTLS: true, tls: { ca: tls.cert } });
  t.match(secured, { code: 'connect_failed', cause: Error });
  const [plain] = await failures(t, tlsPort, 1, { useTLS: false });
  t.match(plain, { code: 'connect_failed', cause: Error });
});
