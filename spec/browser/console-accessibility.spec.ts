import t from 'tap';
import { faultsOn, loadAxe } from '../support/accessibility';
import { hasBrowser, startBrowser } from '../support/browser';
import { startGateway } from '../support/start-gateway';
import { untilAnswered } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';
import { Peers } from './console-peers';
import { ConsoleTab } from './console-tab';

const PAGES = [
  ...['overview', 'why', 'refusals', 'channels', 'sockets', 'users', 'backends', 'webhooks'],
  ...['tail', 'follow', 'publish', 'nodes', 'config', 'find/p', 'nothing'],
];

if (hasBrowser()) {
  t.test('every page is free of faults of accessibility, light, dark and on a phone', async (t) => {
    const endpoint = await WebhookEndpoint.start(t);
    endpoint.answer = (response) => response.writeHead(500).end();
    const gateway = await startGateway(t, {
      console: { port: 0 },
      webhookAllow: ['127.0.0.1'],
      app: { webhooks: [{ url: endpoint.url }] },
    });
    const browser = await startBrowser(t);
    const peers = await Peers.start(t, gateway);
    await peers.backend('api-1', 'game', () => new Promise(() => undefined));
    const away = await peers.backend('api-2', 'away', () => undefined);
    const { page, id } = await peers.tab(browser, 'ada', ['private-room-7', 'presence-lobby']);
    await page.evaluate(`pusher.channel('private-room-7').trigger('client-move', {})`);
    await page.evaluate(`pusher.subscribe('private-forbidden'), undefined`);
    await away.disconnect();
    const all = [
      ...PAGES,
      'channels/presence-lobby',
      `sockets/${id}`,
      'users/ada',
      `why?who=${id}`,
    ];
    for (const options of [
      { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
      { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
      { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    ] as const) {
      const tab = await ConsoleTab.open(browser, gateway, { ...options, bypassCSP: true });
      await loadAxe(tab.page);
      for (const name of all) {
        await tab.show(name);
        const waits = tab.page.locator('main .waits');
        await untilAnswered(async () => (await waits.count()) === 0);
        const about = `${name}, ${options.colorScheme}, ${options.viewport.width}`;
        t.strictSame(await faultsOn(tab.page), [], about);
        const width = await tab.page.evaluate<number>('document.documentElement.scrollWidth');
        t.ok(width <= options.viewport.width, `${about}: nothing is wider than the window`);
      }
      t.strictSame(tab.complaints, []);
    }
  });
}
