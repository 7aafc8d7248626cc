import t from 'tap';
import { promises } from '../conformance/pipe/promises';
import { makeSetting } from '../conformance/pipe/environment';
import { hasBrowser, startBrowser } from '../support/browser';
import { BrowserTabs } from './browser-tabs';

if (hasBrowser()) {
  t.test('the Pipe with pusher-js in Chromium', async (t) => {
    const browser = await startBrowser(t);
    t.jobs = 2;
    for (const transport of ['ws', 'wss'] as const) {
      void t.test(`over ${transport}`, async (t) => {
        const context = await browser.newContext();
        t.teardown(() => context.close());
        const setting = await makeSetting(
          t,
          transport,
          (appUrl) => new BrowserTabs(context, appUrl),
        );
        await promises(t, setting);
        t.strictSame((setting.tabs as BrowserTabs).complaints, [], 'no console complained');
      });
    }
  });
}
