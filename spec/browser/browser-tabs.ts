import type { BrowserContext, Page } from 'playwright-core';
import type { Options } from 'pusher-js';
import { Tab, type TabHost } from '../conformance/tab';

/** Tabs of a real browser: each page loads pusher-js as a user's page does. */
export class BrowserTabs implements TabHost {
  /** Errors on a console. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;
  readonly #appUrl: string;
  /** Pages whose tab was closed; to load one takes longer than most of what is shown on it. */
  readonly #free: Page[] = [];

  constructor(context: BrowserContext, appUrl: string) {
    this.#context = context;
    this.#appUrl = appUrl;
  }

  async open(key: string, options: Options): Promise<Tab> {
    const page = this.#free.pop() ?? (await this.#load());
    const args = `${JSON.stringify(key)}, ${JSON.stringify(options)}`;
    await page.evaluate(`probe = makeProbe(Pusher, attachBackChannel, ${args}), undefined`);
    return new PageTab(page, () => this.#free.push(page));
  }

  async #load(): Promise<Page> {
    const page = await this.#context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.goto(this.#appUrl);
    return page;
  }
}

class PageTab extends Tab {
  readonly #released: () => void;

  constructor(page: Page, released: () => void) {
    super((code) => page.evaluate(code), 'probe');
    this.#released = released;
  }

  /** The last thing done with a tab: its page goes to the next. */
  override async dispose(): Promise<void> {
    await super.dispose();
    this.#released();
  }
}
