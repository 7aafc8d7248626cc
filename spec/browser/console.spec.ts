import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { hasBrowser, startBrowser } from '../support/browser';
import { startGateway } from '../support/start-gateway';
import { until, untilAnswered } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';
import type { Overview } from '../../lib/gateway/protocols/console/api';
import { ConsoleVisitor } from '../support/console-visitor';
import { Peers } from './console-peers';
import { ConsoleTab, PATIENCE_MS } from './console-tab';

const VIEWER = 'v'.repeat(32);
/** Answers of the console, each with the seconds until it was seen: told, not asserted. */
function timed(t: Test): (question: string, ask: () => Promise<unknown>) => Promise<void> {
  return async (question, ask) => {
    const sinceMs = performance.now();
    await ask();
    t.comment(`${question}: ${((performance.now() - sinceMs) / 1000).toFixed(1)} s`);
    t.pass(question);
  };
}

if (hasBrowser()) {
  t.test('the console answers its ten questions in Chromium', async (t) => {
    const endpoint = await WebhookEndpoint.start(t);
    endpoint.answer = (response) => response.writeHead(503).end();
    const gateway = await startGateway(t, {
      console: { port: 0 },
      webhookAllow: ['127.0.0.1'],
      limits: { maxUnsentMs: 600_000, pipeGraceMs: 50 },
      app: { webhooks: [{ url: endpoint.url }] },
    });
    const browser = await startBrowser(t);
    const peers = await Peers.start(t, gateway);
    const one = await peers.backend('api-1', 'game', () => undefined);
    const two = await peers.backend('api-2', 'game', () => undefined);
    await peers.backend('api-3', 'stuck', () => new Promise(() => undefined));
    const ada = await peers.tab(browser, 'ada', ['private-room-7', 'presence-lobby']);
    const bob = await peers.tab(browser, 'bob', ['private-room-7', 'presence-lobby']);
    const tab = await ConsoleTab.open(browser, gateway);
    const { page } = tab;
    const ask = timed(t);
    t.equal(new URL(page.url()).hash, '#/', 'the token is not in the address any more');

    await ask('1: why did this browser not get the event?', async () => {
      await tab.show('why');
      await page.getByRole('textbox', { name: 'Socket or user' }).fill(ada.id);
      await page.getByRole('textbox', { name: 'Channel' }).fill('private-Room-7');
      await tab.sees('It is not on private-Room-7, but on private-room-7');
      await page.getByRole('textbox', { name: 'Channel' }).fill('private-room-7');
      await tab.sees(/Nothing was published on private-room-7/);
      await peers.server.trigger('private-room-7', 'score', { home: 1 });
      await tab.sees(/^Nothing is wrong here/);
      await page.getByRole('button', { name: 'Probe' }).click();
      await tab.sees(/read: the page answered after/);
    });

    // The design's seconds begin when somebody looks: a backend counts as stuck some seconds after its event.
    await ada.page.evaluate(`pusher.channel('private-room-7').trigger('client-move', { x: 1 })`);
    const visitor = new ConsoleVisitor(gateway);
    await untilAnswered(async () => {
      const { verdicts } = (await visitor.get<Overview>('/api/overview')).body;
      return verdicts.some(({ side, text }) => side === 'backend' && /api-3/.test(text));
    });

    await ask('2: is it us, the backend or the network?', async () => {
      await tab.show('overview');
      const first = page
        .getByRole('status', { name: 'What is wrong' })
        .getByRole('listitem')
        .first();
      await first.filter({ hasText: 'a backend' }).waitFor();
      await first.filter({ hasText: 'api-3 of stuck is connected and handles nothing' }).waitFor();
    });

    await ask('3: what lags, since when: stuck, or nobody there?', async () => {
      await first(page, 'See backends').click();
      const row = page.getByRole('row', { name: /api-3/ });
      await row
        .filter({ hasText: /handles nothing for \d+ s/ })
        .first()
        .waitFor();
      await page.getByRole('row', { name: /api-1/ }).filter({ hasText: 'well' }).first().waitFor();
    });

    await ask('4: which backend owns this socket, and who did before?', async () => {
      await page.keyboard.press('/');
      await page.keyboard.type(ada.id);
      await page.keyboard.press('Enter');
      const game = page.getByRole('listitem').filter({ hasText: /^game/ });
      await game.filter({ hasText: /api-[12]/ }).waitFor();
      const owner = /api-[12]/.exec(await game.innerText())?.[0];
      await (owner === 'api-1' ? one : two).disconnect();
      await game.filter({ hasText: new RegExp(`before: ${owner ?? '?'} from`) }).waitFor();
    });

    await ask('5: who is refused, why, how many?', async () => {
      await bob.page.evaluate(`pusher.subscribe('private-forbidden'), undefined`);
      await tab.show('refusals');
      const row = page.getByRole('row').filter({ hasText: 'channels: subscribe_proof' });
      await row.filter({ hasText: 'Does the auth endpoint sign' }).waitFor();
      await row.getByRole('link', { name: bob.id }).waitFor();
    });

    await ask('6: who is on this channel, and when was something published?', async () => {
      await tab.show('channels/presence-lobby');
      await page.getByRole('listitem').filter({ hasText: 'ada' }).waitFor();
      await page.getByRole('listitem').filter({ hasText: 'bob' }).waitFor();
      await peers.server.trigger('presence-lobby', 'score', {});
      await tab.sees(/^\d+ s ago$/);
    });

    await ask('7: where did this event go, and how long was each hop?', async () => {
      await tab.show('follow?channel=private-room-7');
      await page.getByRole('button', { name: 'Follow', exact: true }).click();
      await tab.sees(/Waits for an event/);
      await untilAnswered(async () => {
        await peers.server.trigger('private-room-7', 'score', { home: 2 });
        return (await page.getByText('score > private-room-7').count()) > 0;
      });
      const hops = page.getByRole('list', { name: /hops/ }).getByRole('listitem');
      await hops
        .filter({ hasText: 'accepted' })
        .filter({ hasText: '2 subscribers here' })
        .waitFor();
      await hops.filter({ hasText: 'written' }).filter({ hasText: 'to 2 sockets' }).waitFor();
      await hops.filter({ hasText: 'in the kernel' }).filter({ hasText: '2 of 2' }).waitFor();
      await hops.filter({ hasText: 'read' }).filter({ hasText: '2 of 2 pages answered' }).waitFor();
      await tab.sees('all that there is to see');
      await page.getByRole('button', { name: 'Follow', exact: true }).click();
      await tab.sees(/Waits for an event/);
      await untilAnswered(async () => {
        await ada.page.evaluate(`pusher.channel('private-room-7').trigger('client-move', {})`);
        return (await page.getByText('client-move < private-room-7').count()) > 0;
      });
      await hops
        .filter({ hasText: 'handled by game' })
        .filter({ hasText: /by api-[12]/ })
        .waitFor();
      await hops
        .filter({ hasText: 'handled by stuck' })
        .filter({ hasText: 'api-3 has it' })
        .waitFor();
    });

    await peers.flood('flood');
    await ask('8: who does not read, and how many bytes wait?', async () => {
      await tab.show('sockets?sort=unsent');
      await page.getByRole('row').filter({ hasText: /\d KB/ }).first().waitFor();
    });

    await ask('9: did the webhook arrive; if not, what was answered?', async () => {
      await tab.show('webhooks');
      await page.getByRole('row').filter({ hasText: 'status 503' }).first().waitFor();
      await page.getByRole('row').filter({ hasText: 'tried again later' }).first().waitFor();
    });

    await ask('10: what is really configured, and are all nodes alike?', async () => {
      await tab.show('config?name=secret');
      const row = page.getByRole('row').filter({ hasText: 'apps[1].secret' });
      await row.filter({ hasText: /set, \d+ characters/ }).waitFor();
      await tab.show('nodes');
      await page.getByRole('row').filter({ hasText: '(this one)' }).waitFor();
    });
    t.strictSame(tab.complaints, []);
  });

  t.test('hostile names are text, and their hidden characters are shown', async (t) => {
    const gateway = await startGateway(t, { console: { port: 0 } });
    const browser = await startBrowser(t);
    const peers = await Peers.start(t, gateway);
    const { page } = await peers.tab(browser, 'ada', ['private-room-7']);
    const tab = await ConsoleTab.open(browser, gateway);
    await tab.show('tail');
    await tab.sees('Nothing has passed by yet.');
    const event = 'client-<img src=x onerror=alert(1)>\u202egnp.exe\u0007';
    await untilAnswered(async () => {
      const name = JSON.stringify(event);
      await page.evaluate(`pusher.channel('private-room-7').trigger(${name}, '<b>data</b>')`);
      return (await tab.page.getByText('client-<img').count()) > 0;
    });
    await tab.sees('client-<img src=x onerror=alert(1)>\\u202egnp.exe\\u0007');
    t.equal(await tab.page.locator('main img').count(), 0);
    await tab.show('find/%3Cscript%3Ealert(1)%3C%2Fscript%3E');
    await tab.sees('<script>alert(1)</script>');
    t.equal(await tab.page.locator('main script').count(), 0);
    t.strictSame(tab.complaints, []);
  });

  t.test('a viewer is shown no buttons and no data', async (t) => {
    const tokens = [{ name: 'support', token: VIEWER }];
    const gateway = await startGateway(t, { console: { port: 0, tokens } });
    const browser = await startBrowser(t);
    const peers = await Peers.start(t, gateway);
    const { id } = await peers.tab(browser, 'ada', ['private-room-7']);
    const tab = await ConsoleTab.open(browser, gateway, {}, VIEWER);
    await tab.sees('support (viewer)');
    await tab.show(`sockets/${id}`);
    await tab.sees('Why not?');
    await tab.page.getByRole('link', { name: 'private-room-7' }).waitFor();
    for (const name of ['Close', 'Probe']) {
      t.equal(await tab.page.getByRole('button', { name }).count(), 0, name);
    }
    await tab.show('publish');
    await tab.sees('This token may look, and change nothing.');
    t.strictSame(tab.complaints, []);
  });

  t.test('a wrong token is refused, and the right one opens the page', async (t) => {
    const tokens = [{ name: 'support', token: VIEWER }];
    const gateway = await startGateway(t, { path: '/realtime', console: { public: true, tokens } });
    const browser = await startBrowser(t);
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(gateway.consoleUrl ?? '');
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('a token of the console is needed').waitFor();
    await page.getByLabel('Token').fill(VIEWER);
    await page.keyboard.press('Enter');
    await page.getByText('All is well.').waitFor();
  });

  t.test('the keyboard alone leads everywhere', async (t) => {
    const gateway = await startGateway(t, { console: { port: 0 } });
    const browser = await startBrowser(t);
    const peers = await Peers.start(t, gateway);
    const { id } = await peers.tab(browser, 'ada', ['news-1', 'news-2', 'private-room-7']);
    const { page, complaints } = await ConsoleTab.open(browser, gateway);
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('link', { name: 'news-1' }).waitFor();
    await page.getByRole('link', { name: 'news-1' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'news-1' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(id);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: id }).waitFor();
    await page.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Really close it' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('4200').waitFor();
    t.strictSame(complaints, []);
  });

  t.test('a gateway that is gone is told of, and the page goes on with the next one', async (t) => {
    const tokens = [{ name: 'support', token: VIEWER }];
    const first = await startGateway(t, { console: { port: 0, tokens } });
    const port = Number(new URL(first.consoleUrl ?? '').port);
    const browser = await startBrowser(t);
    const { page } = await ConsoleTab.open(browser, first, {}, VIEWER);
    await page.getByText('All is well.').waitFor();
    await first.stop();
    await page.getByText('What you see is not up to date').waitFor();
    await startGateway(t, { console: { port, tokens }, portWaitMs: 10_000 });
    await page.getByText('What you see is not up to date').waitFor({ state: 'detached' });
    await page.getByText('All is well.').waitFor();
  });

  t.test('a hidden tab looks at nothing', async (t) => {
    const gateway = await startGateway(t, { console: { port: 0 } });
    const browser = await startBrowser(t);
    const { page } = await ConsoleTab.open(browser, gateway);
    const streams: string[] = [];
    page.on('request', (request) => streams.push(request.url()));
    let ended = 0;
    page.on('requestfailed', () => void ended++);
    await page.getByText('live', { exact: true }).waitFor();
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await page.getByText('asleep').waitFor();
    await until(() => ended > 0);
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await page.getByText('live', { exact: true }).waitFor();
    t.ok(streams.some((url) => url.endsWith('/api/stream')));
  });
}

function first(page: Page, name: string): ReturnType<Page['getByRole']> {
  return page.getByRole('link', { name }).first();
}
