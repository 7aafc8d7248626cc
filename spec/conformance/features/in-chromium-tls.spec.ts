import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { certificate } from '../../support/tls';
import { showInChromium } from './chromium';
import { TIMEOUT_MS, WAYS } from './list';

if (hasBrowser()) {
  // Only what depends on the way. `npm run long -- browsers` shows all of it.
  t.test('pusher-js in Chromium, over TLS', { timeout: TIMEOUT_MS }, async (t) =>
    showInChromium(
      t,
      { ws: WAYS, xhr_streaming: {}, xhr_polling: {} },
      { tls: await certificate() },
    ),
  );
}
