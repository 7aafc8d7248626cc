import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Gateway } from '../../lib/gateway/gateway';

/** Longest wait for something to be seen, on a machine that is busy with other things. */
export const PATIENCE_MS = 60_000;

/** The console in a tab of its own, and what its tab complained of. */
export class ConsoleTab {
  readonly page: Page;
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      const isBad = message.type() === 'error' || message.type() === 'warning';
      if (isBad) this.complaints.push(message.text());
    });
    page.setDefaultTimeout(PATIENCE_MS);
  }

  static async open(
    browser: Browser,
    { consoleUrl = '' }: Gateway,
    options: BrowserContextOptions = {},
    token?: string,
  ): Promise<ConsoleTab> {
    const page = await (await browser.newContext(options)).newPage();
    const tab = new ConsoleTab(page);
    await page.goto(token === undefined ? consoleUrl : `${consoleUrl}#token=${token}`);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    return tab;
  }

  async show(hash: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(`#/1/${hash}`)}`);
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }
}
