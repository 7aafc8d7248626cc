import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { Gateway } from '../../../lib/gateway/gateway';
import { SECRET } from '../../support/start-gateway';
import { certificate } from '../../support/tls';

t.test('a peer in the middle of its TLS handshake does not hold up a stop', async (t) => {
  const apps = [{ id: '1', key: 'key', secret: SECRET }];
  const tls = { port: 0, ...(await certificate()) };
  const gateway = await new Gateway({ port: 0, apps, tls }).start();
  const peer = connect(gateway.tlsPort ?? 0, '127.0.0.1');
  t.teardown(() => peer.destroy());
  peer.on('error', () => undefined);
  await once(peer, 'connect');
  const gone = once(peer, 'close');
  // The gateway takes connections in the order in which they came.
  const response = await fetch(gateway.url).catch(() => undefined);
  await response?.text();
  await gateway.stop();
  await gone;
  t.pass('it was cut');
});
