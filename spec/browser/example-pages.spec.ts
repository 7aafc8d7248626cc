import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { faultsOn, loadAxe } from '../support/accessibility';
import { hasBrowser, startBrowser } from '../support/browser';
import { leadsToCode, startExample } from '../support/start-example';

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1180, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1180, height: 800 } },
  { colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;

const complaints: string[] = [];

async function open(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext({ ...options, bypassCSP: true })).newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  await loadAxe(page);
  return page;
}

async function isFaultless(t: Test, page: Page, about: string): Promise<void> {
  t.strictSame(await faultsOn(page), [], about);
  const [needed, given] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  );
  t.ok(needed <= given, `${about}: nothing is wider than the window`);
}

if (hasBrowser()) {
  t.test('the chat lets in by name, shows who is here and what was said before', async (t) => {
    const { url, interrupt } = await startExample(t, 'chat/server.ts');
    const browser = await startBrowser(t);
    const names = ['Ada', 'Bob <b>', 'Eve'];
    for (const [index, look] of LOOKS.entries()) {
      const about = `chat, ${look.colorScheme}, ${look.viewport.width}`;
      const page = await open(browser, url, look);
      await page.getByText('connected').waitFor();
      await isFaultless(t, page, `${about}, before`);
      await page.getByLabel('Your name').fill(names[index] ?? '');
      await page.getByRole('button', { name: 'Come in' }).click();
      await page.getByText(`${names[index]} (you)`).waitFor();
      await page
        .locator('#count')
        .getByText(`${index + 1}`)
        .waitFor();
      if (index === 0) {
        await page.getByText('Nobody has said anything yet.').waitFor();
        await isFaultless(t, page, `${about}, empty`);
        await leadsToCode(t, page);
      } else
        await page
          .locator('#lines li')
          .nth(index - 1)
          .waitFor();
      await page.getByLabel('Your message').fill(`Hello from <i>${names[index]}</i>`);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.locator('#lines .mine').getByText(`Hello from <i>${names[index]}</i>`).waitFor();
      await isFaultless(t, page, about);
      if (index !== 0) continue;
      await page.reload();
      await page.locator('#lines .mine').waitFor();
      t.equal(
        await page.locator('#people li').innerText(),
        'Ada (you)',
        'a reload keeps who it is',
      );
    }
    t.same(complaints, [], 'no console complained');
    t.equal(await interrupt(), 0);
  });

  t.test('the game can be played beside bots, with the keyboard too', async (t) => {
    const { url, interrupt } = await startExample(t, 'game-server/server.ts', { BOTS: '6' });
    const browser = await startBrowser(t);
    for (const look of LOOKS) {
      const about = `game, ${look.colorScheme}, ${look.viewport.width}`;
      const page = await open(browser, url, look);
      await page.locator('#near').getByText(/^\d+$/).waitFor();
      await page.locator('#scores li.me').or(page.locator('#scores li')).first().waitFor();
      await page.getByLabel('Your name').fill('Nemo');
      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByText('Nemo (you)').waitFor();
      await page.locator('#field').focus();
      await page.keyboard.down('ArrowLeft');
      await page
        .locator('#lag')
        .getByText(/^[\d.]+$/)
        .waitFor();
      await isFaultless(t, page, about);
      if (look === LOOKS[0]) await leadsToCode(t, page);
      await page.close();
    }
    const code = await open(browser, `${url}/code/play.ts?at=event:input#here`, LOOKS[2]);
    t.match(await code.locator('#here').innerText(), "event:input'");
    await isFaultless(t, code, 'code, 390');
    t.equal((await fetch(`${url}/code/play.ts?at=nothing-like-it`)).status, 404);
    t.equal((await fetch(`${url}/code/../server.ts`)).status, 404);
    t.same(complaints, [], 'no console complained');
    t.equal(await interrupt(), 0);
  });
}
