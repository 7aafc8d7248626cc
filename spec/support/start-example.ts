import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import { nodeChild } from './node-child';

const ROOT = join(__dirname, '..', '..');

export interface Example {
  /** First URL that it printed. */
  url: string;
  /** Sends what Ctrl-C sends; resolves with the exit code. */
  interrupt(): Promise<number | null>;
}

/** Runs an example with a page on a free port, as its users do, until the test ends. @param file path below examples */
export async function startExample(
  t: { teardown(end: () => unknown): void },
  file: string,
  env: Record<string, string> = {},
): Promise<Example> {
  const child = nodeChild(join(ROOT, 'examples', file), {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  t.teardown(() => child.kill('SIGKILL'));
  let printed = '';
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
    if (url === undefined) continue;
    const interrupt = async (): Promise<number | null> => {
      child.kill('SIGINT');
      const [code] = await ended;
      return code;
    };
    return { url, interrupt };
  }
  throw new Error(`${file} printed no URL: ${printed}`);
}

/** Asserts that each link to code on a page leads to a page with its line marked. */
export async function leadsToCode(t: Test, page: Page): Promise<void> {
  const links = await page.evaluate<string[]>(
    `[...document.querySelectorAll('a[href^="/code/"]')].map((link) => link.href)`,
  );
  t.ok(links.length > 2, 'there are links to code');
  for (const link of links) t.match(await (await fetch(link)).text(), 'id="here"', link);
}
