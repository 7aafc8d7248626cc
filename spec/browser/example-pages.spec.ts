import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { DEVELOPMENT_APP } from '../../lib/cli/defaults';
import { createTestGateway } from '../../lib/testing';
import { faultsOn, loadAxe } from '../support/accessibility';
import { hasBrowser, startBrowser } from '../support/browser';
import { built } from '../support/built';
import { leadsToCode, startExample } from '../support/start-example';

built('index.js');
const ROOT = join(__dirname, '../..');

const LOOKS = [
  { colorScheme: 'light', width: 1180, height: 800 },
  { colorScheme: 'dark', width: 1180, height: 800 },
  { colorScheme: 'light', width: 390, height: 844 },
] as const;

const complaints: string[] = [];

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext({ bypassCSP: true })).newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  await loadAxe(page);
  return page;
}

/** Looks at a page as it is now: light, dark and on a phone. */
async function isFaultless(t: Test, page: Page, name: string): Promise<void> {
  for (const { colorScheme, width, height } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const about = `${name}, ${colorScheme}, ${width}`;
    t.strictSame(await faultsOn(page), [], about);
    const needed = await page.evaluate<number>('document.documentElement.scrollWidth');
    t.ok(needed <= width, `${about}: nothing is wider than the window`);
  }
}

if (hasBrowser()) {
  t.test('the chat lets in by name, shows who is here and what was said before', async (t) => {
    const { url, interrupt } = await startExample(t, 'chat/server.ts');
    const browser = await startBrowser(t);
    const comeIn = async (name: string): Promise<Page> => {
      const page = await open(browser, url);
      await page.getByText('connected').waitFor();
      if (name === 'Ada') await isFaultless(t, page, 'chat, before');
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Come in' }).click();
      await page.getByText(`${name} (you)`).waitFor();
      return page;
    };
    const say = async (page: Page, text: string): Promise<void> => {
      await page.getByLabel('Your message').fill(text);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.locator('#lines .mine').getByText(text).waitFor();
    };
    const ada = await comeIn('Ada');
    await ada.getByText('Nobody has said anything yet.').waitFor();
    await leadsToCode(t, ada);
    await say(ada, 'Hello from <i>Ada</i>');

    const bob = await comeIn('Bob <b>');
    await bob.getByText('Hello from <i>Ada</i>').waitFor();
    await say(bob, 'Hi');
    await ada.locator('#lines').getByText('Hi', { exact: true }).waitFor();
    await ada.locator('#count').getByText('2').waitFor();
    await isFaultless(t, ada, 'chat');
    await bob.getByRole('button', { name: 'Leave' }).click();
    await ada.locator('#count').getByText('1').waitFor();
    await bob.getByLabel('Your name').fill('Bob again');
    await bob.getByRole('button', { name: 'Come in' }).click();
    await bob.getByText('Bob again (you)').waitFor();
    await bob.locator('#lines li').nth(1).waitFor();
    await say(bob, 'Back');
    t.equal(await bob.locator('#lines li').count(), 3, 'each line once');
    await bob.close();
    await ada.locator('#count').getByText('1').waitFor();

    await ada.reload();
    await ada.locator('#lines .mine').waitFor();
    // A reload keeps who it is.
    await ada.locator('#people li').getByText('Ada (you)', { exact: true }).waitFor();
    t.same(complaints, [], 'no console complained');
    t.equal(await interrupt(), 0);
  });

  t.test('the game can be played beside bots, with the keyboard too', async (t) => {
    const { url, interrupt } = await startExample(t, 'game-server/server.ts', { BOTS: '3' });
    const browser = await startBrowser(t);
    const page = await open(browser, url);
    await page.locator('#near').getByText(/^\d+$/).waitFor();
    await page.getByLabel('Your name').fill('Nemo');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('Nemo (you)').waitFor();
    await page.locator('#field').focus();
    await page.keyboard.down('ArrowLeft');
    await page
      .locator('#lag')
      .getByText(/^[\d.]+$/)
      .waitFor();
    await page.locator('#scores li').nth(3).waitFor();
    t.equal(await page.locator('#scores li').count(), 4);
    await isFaultless(t, page, 'game');
    await leadsToCode(t, page);
    await page.close();
    const code = await open(browser, `${url}/code/play.ts?at=event:input#here`);
    t.match(await code.locator('#here').innerText(), "event:input'");
    await isFaultless(t, code, 'code');
    t.equal((await fetch(`${url}/code/play.ts?at=nothing-like-it`)).status, 404);
    t.equal((await fetch(`${url}/code/..%2fserver.ts`)).status, 404);
    t.same(complaints, [], 'no console complained');
    t.equal(await interrupt(), 0);
  });

  t.test('the price ticker shows every price at once, and its changes', async (t) => {
    const { url, interrupt } = await startExample(t, 'price-ticker/server.ts');
    const browser = await startBrowser(t);
    const page = await open(browser, url);
    const changes = page.locator('#prices tr:nth-child(10) td:last-child');
    await changes.getByText(/^[1-9]\d+$/).waitFor();
    t.equal(await page.locator('#prices tr').count(), 10);
    await isFaultless(t, page, 'ticker');
    await leadsToCode(t, page);
    await page.close();
    t.same(complaints, [], 'no console complained');
    t.equal(await interrupt(), 0);
  });

  t.test('the first program of the README and its page talk with each other', async (t) => {
    // The app of `standpipe serve`, with the pages that it answers.
    const allowedOrigins = [...DEVELOPMENT_APP.allowedOrigins];
    const gateway = await createTestGateway({ apps: [{ ...DEVELOPMENT_APP, allowedOrigins }] });
    t.teardown(() => gateway.close());
    const { port } = gateway.client;
    const program = block('js').replace("secret: '", `port: ${port}, secret: '`);
    const backend = spawn(process.execPath, ['-e', program], { cwd: ROOT, stdio: 'ignore' });
    t.teardown(() => backend.kill());
    // A greeting that is answered: the backend is there before the pages come.
    const early = await gateway.browser({ timeoutMs: 60_000 });
    const greeted = early.next('greeting');
    const again = setInterval(() => early.send('greet', { name: 'Bob' }), 50);
    await greeted;
    clearInterval(again);
    const html = block('html').replace('wsPort: 6001', `wsPort: ${port}`);
    const url = await served(t, html);
    const browser = await startBrowser(t);
    const [one, two] = [await browser.newPage(), await browser.newPage()];
    for (const page of [one, two]) {
      await page.goto(url);
      await page.getByText('Hi Ada').waitFor();
    }
    await one.locator('input').fill('Is anybody there?');
    await one.keyboard.press('Enter');
    await two.getByText('Is anybody there?').waitFor();
    t.match(await one.locator('#log').innerText(), /^Hi Ada\n/);
  });
}

/** Serves a page from localhost, beside the packages that it names. Gives its address. */
async function served(t: Test, html: string): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const script = /^\/node_modules\/[\w./-]+\.js$/.test(url);
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(script ? readFileSync(join(ROOT, url)) : html);
  });
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

/** A program of the README: the first one of its language. */
function block(language: string): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1] ?? '';
}
