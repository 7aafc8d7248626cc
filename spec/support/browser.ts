import { existsSync } from 'node:fs';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';
import type { Test } from 'tap';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The specs make their certificates themselves; it is the gateway's TLS that is tested, not the browser's trust.
  '--ignore-certificate-errors',
];

const LAUNCH = { executablePath: CHROMIUM, args: FLAGS };

/** True when there is a browser, or its absence must be a failure. Specs skipped without a browser are printed. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM) || process.env['CI'] === 'true') return true;
  console.log(
    `# skipped: there is no ${CHROMIUM}; install chromium, or set CI=true to make this fail`,
  );
  return false;
}

/** Connects to the Chromium that the specs of a run share, or starts one. Its contexts end with the test. */
export async function startBrowser(t: Pick<Test, 'teardown'>): Promise<Browser> {
  const endpoint = process.env['BROWSER_ENDPOINT'];
  const browser =
    endpoint === undefined ? await chromium.launch(LAUNCH) : await chromium.connect(endpoint);
  t.teardown(() => browser.close());
  return browser;
}

/** Starts a Chromium for all specs of a run, which find it by BROWSER_ENDPOINT: each start takes 3 s of CPU. */
export async function serveBrowser(): Promise<BrowserServer | undefined> {
  return existsSync(CHROMIUM) ? chromium.launchServer(LAUNCH) : undefined;
}
