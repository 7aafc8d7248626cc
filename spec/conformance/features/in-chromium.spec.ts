import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { showInChromium } from './chromium';
import { TIMEOUT_MS } from './list';

if (hasBrowser()) {
  t.test('pusher-js in Chromium', { timeout: TIMEOUT_MS }, (t) => showInChromium(t, {}));
}
