import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { certificate } from '../../support/tls';
import { showInChromium } from './chromium';
import { TIMEOUT_MS } from './list';

if (hasBrowser()) {
  t.test('pusher-js in Chromium, over TLS', { timeout: TIMEOUT_MS }, async (t) =>
    showInChromium(t, { tls: await certificate() }),
  );
}
