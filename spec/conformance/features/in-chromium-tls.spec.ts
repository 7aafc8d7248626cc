import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { certificate } from '../../support/tls';
import { showInChromium } from './chromium';

if (hasBrowser()) {
  t.test('pusher-js in Chromium, over TLS', async (t) => showInChromium(t, await certificate()));
}
