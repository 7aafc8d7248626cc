import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
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

/** True when there is a browser, or its absence must be a failure. Specs skipped without a browser are printed. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM) || process.env['CI'] === 'true') return true;
  console.log(
    `# skipped: there is no ${CHROMIUM}; install chromium, or set CI=true to make this fail`,
  );
  return false;
}

/** Starts a real Chromium that ends with the test. */
export async function startBrowser(t: Pick<Test, 'teardown'>): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  t.teardown(() => browser.close());
  return browser;
}
