import t from 'tap';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import { Gateway } from '../../lib/gateway/gateway';
import { TestGateway } from '../../lib/testing/test-gateway';
import { faultsOn, loadAxe } from '../support/accessibility';
import { hasBrowser, startBrowser } from '../support/browser';
import { LeapingClock } from '../support/leaping-clock';
import { SECRET } from '../support/start-gateway';
import { until, untilAnswered } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';
import { ConsoleTab } from './console-tab';

const CREDENTIALS = { id: '1', key: 'key', secret: SECRET };
const VIEWER = 'v'.repeat(32);
const OPERATOR = 'o'.repeat(32);
const TOKENS = [
  { name: 'ops', token: OPERATOR, role: 'operator' as const },
  { name: 'support', token: VIEWER },
];
/** Longer than an event waits for its endpoint. */
const TOO_LONG_MS = 301_000;
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'light', viewport: { width: 360, height: 740 } },
] as const;

if (hasBrowser()) {
  t.test('the console of one gateway shows what happens at another, and acts there', async (t) => {
    const endpoint = await WebhookEndpoint.start(t);
    endpoint.answer = (response) => response.writeHead(503).end();
    const engine = new MemoryEngine();
    const clock = new LeapingClock();
    const start = (): Promise<Gateway> => {
      const told = { events: ['client_event' as const], channels: ['private-told'] };
      const webhooks = [{ url: endpoint.url, ...told, batch: false }];
      const gateway = new Gateway(
        {
          ...{ port: 0, console: { port: 0, tokens: TOKENS }, webhookAllow: ['127.0.0.1'] },
          apps: [{ ...CREDENTIALS, clientEvents: true, webhooks }],
        },
        clock,
        engine.join(),
      );
      t.teardown(() => gateway.stop());
      return gateway.start();
    };
    const [one, two] = [await start(), await start()];
    const bob = await new TestGateway(two, CREDENTIALS).browser();
    await bob.subscribe('private-room');
    const say = (name: string): void => void bob.send(name, { text: 'hello' }, 'private-room');
    const hasRow = async (name: string): Promise<boolean> =>
      (await page.getByRole('row').filter({ hasText: name }).count()) > 0;
    const browser = await startBrowser(t);
    const axe = { bypassCSP: true };
    const tab = await ConsoleTab.open(browser, one, { ...LOOKS[0], ...axe }, OPERATOR);
    const { page } = tab;
    await loadAxe(page);

    await tab.show('tail');
    await tab.sees(/2 of 2 nodes look/);
    await untilAnswered(async () => {
      say('client-far');
      return hasRow('client-far');
    });
    await page.getByRole('columnheader', { name: 'Node' }).waitFor();
    t.strictSame(await faultsOn(page), [], 'live events');

    await tab.show('follow?event=client-followed');
    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    await tab.sees(/2 of 2 nodes look/);
    say('client-followed');
    await tab.sees(/the hops at node \d+, which accepted it/);
    await tab.sees('all that there is to see');
    t.strictSame(await faultsOn(page), [], 'follow');

    // Two events of a channel: the second one waits behind the first, and is too old when its turn comes.
    await bob.subscribe('private-told');
    for (const name of ['client-one', 'client-two']) bob.send(name, {}, 'private-told');
    await until(() => endpoint.webhooks.length > 0);
    clock.leap(TOO_LONG_MS);
    await tab.show('webhooks');
    const sendAll = page.getByRole('button', { name: 'Send all 2 again' });
    await sendAll.waitFor();
    for (const look of LOOKS) {
      const own = await ConsoleTab.open(browser, one, { ...look, ...axe }, OPERATOR);
      await loadAxe(own.page);
      await own.show('webhooks');
      await own.page.getByRole('button', { name: 'Send again' }).first().waitFor();
      t.strictSame(await faultsOn(own.page), [], `webhooks, ${look.colorScheme}`);
      const width = await own.page.evaluate<number>('document.documentElement.scrollWidth');
      t.ok(width <= look.viewport.width, 'nothing is wider than the window');
      await own.page.context().close();
    }
    const failed = page.getByRole('status').filter({ hasText: 'status 503' });
    await page.getByRole('button', { name: 'Send again' }).first().click();
    await failed.first().waitFor();
    const before = endpoint.webhooks.length;
    endpoint.answer = (response) => response.end();
    await sendAll.click();
    await page.getByRole('heading', { name: 'Given up' }).waitFor({ state: 'detached' });
    t.equal(endpoint.webhooks.length, before + 2);
    t.equal(endpoint.webhooks.at(-1)?.valid, true);
    t.strictSame(tab.complaints, []);

    const viewer = await ConsoleTab.open(browser, one, {}, VIEWER);
    await viewer.show('webhooks');
    await viewer.sees('First event');
    t.equal(await viewer.page.getByRole('button', { name: 'Send again' }).count(), 0);
  });
}
