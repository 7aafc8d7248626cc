import type { Browser, Page } from 'playwright-core';
import t from 'tap';
import { hasBrowser, startBrowser } from '../support/browser';
import { faultsOn, loadAxe } from '../support/accessibility';
import { leadsToCode, startExample } from '../support/start-example';

/** Opens one tab and keeps what its console complains of. */
async function openTab(browser: Browser, url: string, complaints: string[]): Promise<Page> {
  const page = await (await browser.newContext({ bypassCSP: true })).newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

const text = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText();

/** Waits until the element says what it should; the wait ends with a failure after 20 s. */
async function says(page: Page, selector: string, words: RegExp): Promise<string> {
  const element = page.locator(selector).filter({ hasText: words });
  await element.waitFor({ timeout: 20_000 });
  return element.innerText();
}

/** The row of the frame log that tells of one event. */
const frame = (page: Page, way: 'sent' | 'received', event: string): Promise<void> =>
  page
    .locator(`#frames .${way}`)
    .filter({ has: page.locator('b', { hasText: new RegExp(`^${event}$`) }) })
    .first()
    .waitFor({ timeout: 20_000 });

if (hasBrowser()) {
  t.test('the demo talks both ways with stock pusher-js in two tabs', async (t) => {
    const complaints: string[] = [];
    const demo = await startExample(t, 'demo/server.ts');
    const browser = await startBrowser(t);
    const one = await openTab(browser, demo.url, complaints);
    const two = await openTab(browser, demo.url, complaints);

    await t.test('each tab connects and shows its own socket id', async (t) => {
      await says(one, '#status', /connected as/);
      await says(two, '#status', /connected as/);
      t.match(await text(one, '#socket-id'), /^…\d{6}$/, 'the end of it');
      const whole = await Promise.all(
        [one, two].map((page) => page.locator('#socket-id').getAttribute('title')),
      );
      for (const title of whole) t.match(title, /^Socket id \d+\.\d+$/);
      t.not(whole[0], whole[1]);
    });

    await t.test('each tab sees that two are here, itself among them', async (t) => {
      for (const page of [one, two]) {
        await says(page, '#count', /^2$/);
        t.equal(await page.locator('#people li').count(), 2);
        t.equal(await page.locator('#people li.me').count(), 1);
      }
    });

    await t.test(
      'a question goes to the backend and its answer comes back, to that tab alone',
      async (t) => {
        await one.locator('#question').fill('<b>Is anybody there?</b>');
        await one.locator('#ask-form button').click();
        const answer = await says(one, '#answer', /Is anybody there/);
        t.match(answer, '<b>Is anybody there?</b>', 'shown as text');
        t.equal(await one.locator('#answer b').count(), 0, 'not as markup');
        t.match(await text(one, '#trip'), /^[\d.]+$/);
        t.notMatch(await text(two, '#answer'), /Is anybody there/);
      },
    );

    await t.test('a link leads to the console, which shows both tabs', async (t) => {
      const opened = one.waitForEvent('popup');
      await one.getByRole('link', { name: 'console' }).click();
      const console = await opened;
      await console.getByText('live', { exact: true }).waitFor({ timeout: 20_000 });
      await console.getByRole('link', { name: /^2\s*Sockets$/ }).waitFor({ timeout: 20_000 });
      t.notMatch(console.url(), 'token');
      await console.close();
    });

    await t.test('each card leads to the lines of code that do it', async (t) => {
      await leadsToCode(t, one);
    });

    await t.test('each tab asked a first question by itself', async (t) => {
      t.match(await says(two, '#answer', /Hello from this tab/), 'I am Node process');
    });

    await t.test('a drop in one tab is a channel event in both', async (t) => {
      await one.locator('#pool').click({ position: { x: 60, y: 60 } });
      await frame(one, 'received', 'dropped');
      await frame(two, 'received', 'dropped');
      await says(one, '#caption', /^drop: this tab/);
      await says(two, '#caption', /^drop: another tab/);
      t.pass('and each knows whose it was');
    });

    await t.test('the pool can be used with the keyboard', async (t) => {
      await two.locator('#pool').focus();
      await two.keyboard.press('ArrowRight');
      await two.keyboard.press('Enter');
      await frame(two, 'sent', 'drop');
      t.pass('the key made a drop');
    });

    await t.test('a new name is seen by the other tab', async (t) => {
      await two.locator('#nick').fill('  Nerissa\u202e \u0007 <i>');
      await two.keyboard.press('Enter');
      const name = one.locator('#people li', { hasText: 'Nerissa' });
      await name.waitFor({ timeout: 20_000 });
      t.equal(await name.innerText(), 'Nerissa <i>', 'without what cannot be seen, and no markup');
    });

    await t.test('the backend restarts and nobody is disconnected', async (t) => {
      const sockets = [await text(one, '#socket-id'), await text(two, '#socket-id')];
      const before = /process (\d+)/.exec(await says(one, '#backend-state', /process \d+/))?.[1];
      await two.locator('#restart').click();
      await says(one, '#backend-state', new RegExp(`process (?!${before}$)\\d+`));
      await says(one, '#count', /^2$/);
      // Each tab says hello by itself: the count may be whole before the names are.
      await one.locator('#people li', { hasText: 'Nerissa' }).waitFor({ timeout: 20_000 });
      t.same([await text(one, '#socket-id'), await text(two, '#socket-id')], sockets);
      await one.locator('#question').fill('Still there?');
      await one.locator('#ask-form button').click();
      const answer = await says(one, '#answer', /Still there/);
      t.notMatch(answer, `process ${before}.`, 'the new process answers');
    });

    await t.test('a phone needs no sideways scrolling', async (t) => {
      await one.setViewportSize({ width: 360, height: 740 });
      const widths =
        'const { scrollWidth, clientWidth } = document.documentElement; [scrollWidth, clientWidth]';
      const [needed, given] = await one.evaluate<[number, number]>(widths);
      t.equal(needed, given);
    });

    await t.test('a tab that closes is gone from the list', async (t) => {
      await two.close();
      await says(one, '#count', /^1$/);
      t.equal(await one.locator('#people li').count(), 1);
    });

    t.same(complaints, [], 'no console complained');

    await t.test('a page whose demo ends is told no fairy tale', async (t) => {
      await one.evaluate(`
        window.captions = [];
        const caption = document.getElementById('caption');
        new MutationObserver(() => window.captions.push(caption.textContent)).observe(
          caption, { childList: true, characterData: true, subtree: true });
      `);
      t.equal(await demo.interrupt(), 0, 'Ctrl-C ends the demo cleanly');
      await says(one, '#status', /trying again/);
      const captions = await one.evaluate<string[]>('window.captions');
      t.ok(captions.includes('The backend is going.'), captions.join(' | '));
      t.notMatch(captions.join(' | '), /disconnected/);
      await says(one, '#caption', /The gateway is away/);
      t.equal(await text(one, '#count'), '?', 'nobody knows who is here');
      t.equal(await one.locator('#people li').count(), 0);
      t.equal(await text(one, '#others'), 'Other tabs: not known');
      t.equal(await text(one, '#backend-state'), 'not known');
      t.equal(await one.locator('#ask-form button').isDisabled(), true);
      await loadAxe(one);
      t.strictSame(await faultsOn(one), []);
    });
    await one.close();
  });
}
