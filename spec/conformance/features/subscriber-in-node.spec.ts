import t from 'tap';
import { certificate } from '../../support/tls';
import { NodeTabs } from '../node-tabs';
import { AppServer } from '../app-server';
import { FEATURES, showFeatures, TIMEOUT_MS, WAYS } from './list';
import { TRANSPORTS } from '../environment';

t.test('standpipe/subscriber in Node', { timeout: TIMEOUT_MS }, async (t) => {
  const cert = await certificate();
  const tabs = NodeTabs.start(t, cert.cert, 'standpipe');
  for (const transport of TRANSPORTS) {
    for (const tls of [undefined, cert]) {
      const way = tls === undefined ? transport : `${transport} and TLS`;
      await t.test(`over ${way} alone`, { timeout: TIMEOUT_MS }, async (t) => {
        const appServer = await AppServer.start(t, tls);
        // The dialogue over HTTP and TLS is the same; the specs in Chromium show all of it.
        const features = transport === 'ws' && tls === undefined ? FEATURES : WAYS;
        await showFeatures(t, { transport, tls, appServer, tabs }, features);
      });
    }
  }
});
