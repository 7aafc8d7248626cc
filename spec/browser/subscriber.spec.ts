import t from 'tap';
import { hasBrowser } from '../support/browser';
import { showSubscriberInChromium } from './subscriber-in-chromium';

if (hasBrowser()) {
  // `npm run long -- browsers` shows it over TLS, and with polling.
  t.test('the script tag of Standpipe through a restart', { timeout: 100_000 }, (t) =>
    showSubscriberInChromium(t, ['ws', 'xhr_streaming']),
  );
}
