import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { showInChromium } from './chromium';
import { FEATURES, TIMEOUT_MS, WAYS } from './list';

if (hasBrowser()) {
  // Over HTTP only what depends on the way: the messages are the same. `npm run long -- browsers` shows all of it.
  t.test('pusher-js in Chromium', { timeout: TIMEOUT_MS }, (t) =>
    showInChromium(t, { ws: FEATURES, xhr_streaming: WAYS, xhr_polling: WAYS }),
  );
}
