import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { showInChromium } from './chromium';
import { TIMEOUT_MS, WAYS } from './list';

if (hasBrowser()) {
  // Only what depends on the way: the subscriber shows all of it in Node, and here by `npm run long -- browsers`.
  t.test('the script tag of Standpipe in Chromium', { timeout: TIMEOUT_MS }, (t) =>
    showInChromium(t, { ws: WAYS, xhr_streaming: WAYS, xhr_polling: {} }, { build: 'standpipe' }),
  );
}
