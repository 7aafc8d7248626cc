import t from 'tap';
import { isWhole } from '../../support/depth';
import { certificate } from '../../support/tls';
import { NodeTabs } from '../node-tabs';
import { AppServer } from '../app-server';
import { FEATURES, showFeatures, TIMEOUT_MS, WAYS } from './list';
import { TRANSPORTS } from '../environment';

t.test('pusher-js in Node', { timeout: TIMEOUT_MS }, async (t) => {
  const cert = await certificate();
  const tabs = NodeTabs.start(t, cert.cert);
  // Chromium shows the ways over HTTP, too.
  for (const transport of isWhole ? TRANSPORTS : (['ws'] as const)) {
    // Over HTTP it makes a connection for each request, which with TLS takes longer than all else here.
    for (const tls of transport === 'ws' ? [undefined, cert] : [undefined]) {
      const way = tls === undefined ? transport : `${transport} and TLS`;
      await t.test(`over ${way} alone`, { timeout: TIMEOUT_MS }, async (t) => {
        const appServer = await AppServer.start(t, tls);
        // Chromium shows the rest of it over HTTP. The messages over TLS are the same.
        const isAll = transport === 'ws' && (isWhole || tls === undefined);
        const features = isAll ? FEATURES : WAYS;
        await showFeatures(t, { transport, tls, appServer, tabs }, features);
      });
    }
  }
});
