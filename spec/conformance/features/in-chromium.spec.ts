import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { isWhole } from '../../support/depth';
import { showInChromium } from './chromium';
import { FEATURES, TIMEOUT_MS, WAYS } from './list';

if (hasBrowser()) {
  // Over HTTP only what depends on the way: the messages are the same. `npm run long -- browsers` shows all of it. Messages
  // over a WebSocket are those that pusher-js in Node has.
  const ws = isWhole ? FEATURES : WAYS;
  t.test('pusher-js in Chromium', { timeout: TIMEOUT_MS }, (t) =>
    showInChromium(t, { ws, xhr_streaming: WAYS, xhr_polling: WAYS }),
  );
}
