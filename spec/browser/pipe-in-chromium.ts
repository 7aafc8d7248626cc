import type { Test } from 'tap';
import { makeSetting } from '../conformance/pipe/environment';
import { promises } from '../conformance/pipe/promises';
import { startBrowser } from '../support/browser';
import { BrowserTabs } from './browser-tabs';

/** Shows the promises of the Pipe with pusher-js in Chromium. */
export async function showPipeInChromium(
  t: Test,
  transports: ReadonlyArray<'ws' | 'wss'>,
): Promise<void> {
  const browser = await startBrowser(t);
  t.jobs = 2;
  for (const transport of transports) {
    void t.test(`over ${transport}`, async (t) => {
      const context = await browser.newContext();
      t.teardown(() => context.close());
      const setting = await makeSetting(t, transport, (appUrl) => new BrowserTabs(context, appUrl));
      await promises(t, setting);
      t.strictSame((setting.tabs as BrowserTabs).complaints, [], 'no console complained');
    });
  }
}
