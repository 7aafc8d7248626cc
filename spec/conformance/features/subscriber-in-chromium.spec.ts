import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { showInChromium } from './chromium';
import { FEATURES, TIMEOUT_MS, WAYS } from './list';

if (hasBrowser()) {
  // `npm run long -- browsers` shows all of it over HTTP, and over TLS.
  t.test('the script tag of Standpipe in Chromium', { timeout: TIMEOUT_MS }, (t) =>
    showInChromium(
      t,
      { ws: FEATURES, xhr_streaming: WAYS, xhr_polling: {} },
      { build: 'standpipe' },
    ),
  );
}
