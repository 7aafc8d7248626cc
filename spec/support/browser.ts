import { existsSync } from 'node:fs';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';
import type { Test } from 'tap';

/** Chromium without a window's parts needs half of the CPU time. The long suite takes the whole one. */
const SHELL = '/usr/bin/chromium-headless-shell';
export const WHOLE = '/usr/bin/chromium';
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

/** The browser of the specs: the one that CHROMIUM names, else the smallest there is. */
function path(): string {
  return process.env['CHROMIUM'] ?? (existsSync(SHELL) ? SHELL : WHOLE);
}

function launch(): { executablePath: string; args: string[] } {
  return { executablePath: path(), args: FLAGS };
}

/** True when there is a browser, or its absence must be a failure. Specs skipped without a browser are printed. */
export function hasBrowser(): boolean {
  if (existsSync(path()) || process.env['CI'] === 'true') return true;
  console.log(
    `# skipped: there is no ${path()}; install chromium-headless-shell or chromium, or set CI=true to make this fail`,
  );
  return false;
}

/** Connects to the Chromium that the specs of a run share, or starts one. Its contexts end with the test. */
export async function startBrowser(t: Pick<Test, 'teardown'>): Promise<Browser> {
  const endpoint = process.env['BROWSER_ENDPOINT'];
  const browser =
    endpoint === undefined ? await chromium.launch(launch()) : await chromium.connect(endpoint);
  t.teardown(() => browser.close());
  return browser;
}

/** Starts a Chromium for all specs of a run, which find it by BROWSER_ENDPOINT: each start takes 3 s of CPU. */
export async function serveBrowser(): Promise<BrowserServer | undefined> {
  return existsSync(path()) ? chromium.launchServer(launch()) : undefined;
}
