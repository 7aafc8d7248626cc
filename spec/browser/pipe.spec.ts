import t from 'tap';
import { hasBrowser } from '../support/browser';
import { showPipeInChromium } from './pipe-in-chromium';

if (hasBrowser()) {
  // `npm run long -- browsers` shows it over TLS.
  t.test('the Pipe with pusher-js in Chromium', (t) => showPipeInChromium(t, ['ws']));
}
