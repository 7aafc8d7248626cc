import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Puts axe into a page. Its context needs `bypassCSP`: policies of our pages forbid the way axe makes its texts. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(`${AXE}; undefined`);
}

/** Faults of accessibility on a page with axe, as it is now. */
export function faultsOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).slice(0, 2));
  })()`);
}
