import type { Test } from 'tap';
import { startBrowser } from '../../support/browser';
import type { Certificate } from '../../support/tls';
import { AppServer, type Build } from '../app-server';
import { showFeatures, TIMEOUT_MS } from './list';
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

/** Features to show over each transport alone; a transport without any is left out. */
export type Shown = Readonly<Record<(typeof TRANSPORTS)[number], Features>>;

/** Shows features with the unmodified pusher-js, or another build, in one Chromium. */
export async function showInChromium(
  t: Test,
  shown: Shown,
  { tls, build = 'pusher-with-encryption' }: { tls?: Certificate; build?: Build } = {},
): Promise<void> {
  const browser = await startBrowser(t);
  // A page waits for its streams half of its time.
  t.jobs = 3;
  for (const transport of TRANSPORTS) {
    const features = shown[transport];
    if (Object.keys(features).length === 0) continue;
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
