import type { Test } from 'tap';
import { startBrowser } from '../../support/browser';
import type { Certificate } from '../../support/tls';
import { AppServer, type Build } from '../app-server';
import { FEATURES, showFeatures, TIMEOUT_MS, WAYS } from './list';
import type { Features } from './environment';
import { PageTabs } from './page-tabs';
import { TRANSPORTS } from '../environment';

/**
 * The app's own server refuses (403) where that is what is shown, what a page sends may cross with the end of its session
 * (404, CLOSING), and a gateway stops when it has shown all.
 */
const EXPECTED = new RegExp(
  [
    '^Failed to load resource: .*status of 40[34]',
    '^Failed to load resource: .*ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|SOCKET_NOT_CONNECTED)',
    '^WebSocket is already in CLOSING or CLOSED state',
  ].join('|'),
);

/**
 * Shows the list with the unmodified pusher-js, or another build, in one Chromium, over each transport alone. Over HTTP and
 * TLS, unless more is wanted, only what depends on the way: what is said over it is the same, and it takes longest.
 */
export async function showInChromium(
  t: Test,
  {
    tls,
    overHttp = tls === undefined ? FEATURES : WAYS,
    build = 'pusher-with-encryption',
  }: { tls?: Certificate; overHttp?: Features; build?: Build },
): Promise<void> {
  const browser = await startBrowser(t);
  // A page waits for its streams half of its time.
  t.jobs = 3;
  for (const transport of TRANSPORTS) {
    const features = transport === 'ws' ? FEATURES : overHttp;
    const way = `over ${transport} alone, from another origin`;
    void t.test(way, { timeout: TIMEOUT_MS }, async (t) => {
      const context = await browser.newContext();
      t.teardown(() => context.close());
      const appServer = await AppServer.start(t, tls, build);
      const tabs = await PageTabs.start(t, context, appServer.url);
      await showFeatures(t, { transport, tls, appServer, tabs }, features);
      const others = tabs.complaints.filter((text) => !EXPECTED.test(text));
      t.strictSame(others, [], 'no console complained');
    });
  }
}
