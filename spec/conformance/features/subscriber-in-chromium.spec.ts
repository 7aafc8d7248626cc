import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { certificate } from '../../support/tls';
import { showInChromium } from './chromium';
import { TIMEOUT_MS } from './list';

const build = 'standpipe';

if (hasBrowser()) {
  t.test('the script tag of Standpipe in Chromium', { timeout: TIMEOUT_MS }, (t) =>
    showInChromium(t, { build }),
  );
  t.test('the script tag of Standpipe in Chromium, over TLS', { timeout: TIMEOUT_MS }, async (t) =>
    showInChromium(t, { build, tls: await certificate() }),
  );
}
