import type { ChildProcess } from 'node:child_process';
import type { Test } from 'tap';
import { createTestGateway, type FakeBrowser, type TestGateway } from '../../lib/testing';
import { faultsOf, sumOf, type Fault } from '../support/ledger';
import { LedgerFile, LedgerFolder } from '../support/ledger-file';
import { exited, startChild } from '../support/processes';
import type { BackendOptions } from './children/backend';

/** Enough that each member has some. */
const BROWSERS = 24;
/** Interval and end of looking at the ledger. */
const LOOK_MS = 25;
const PATIENCE_MS = 20_000;

/** A mishap of the member `first` of a group of two while browsers speak. */
export type Mishap = 'dies inside a handler' | 'stands still';

export interface Verdict {
  faults: Fault[];
  /** Messages that came a second time, and said so. */
  copies: number;
}

/**
 * Two processes share a group while browsers speak; one of them has a mishap, and comes back or is followed by another.
 * Returns what the ledger of all of them says when every message has been handled, or when patience ends.
 */
export async function mishap(
  t: Test,
  how: Mishap,
  { messages, stillMs = 0 }: { messages: number; stillMs?: number },
): Promise<Verdict> {
  const gateway = await createTestGateway({
    limits: { pipeGraceMs: 200, pipeRevokeMs: 200, maxBackChannelEventsPerSecond: 1e6 },
  });
  t.teardown(() => gateway.close());
  const folder = new LedgerFolder(t);
  const group = { name: 'group' };
  const start = async (name: string, diesAt = 0): Promise<ChildProcess> => {
    const client = { ...gateway.client, group, backoff: { baseMs: 10, maxMs: 100 } };
    const options: BackendOptions = { name, ledger: folder.part(name), client, diesAt };
    return (await startChild(t, 'backend', options)).child;
  };
  const diesAt = how === 'stands still' ? 0 : Math.ceil(messages / 2);
  const [first] = await Promise.all([start('first', diesAt), start('second')]);
  const tap = new LedgerFile(folder.part('tap'));
  t.teardown(() => tap.close());
  const browsers = await browsersOf(gateway);

  const stall = setTimeout(() => {
    if (how === 'stands still') first.kill('SIGSTOP');
  }, 20);
  for (let n = 1; n <= messages; n++) {
    for (const browser of browsers) {
      const data = { n };
      tap.write({ type: 'produced', key: browser.id, n, sum: sumOf(JSON.stringify(data)) });
      browser.send('say', data);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  clearTimeout(stall);
  if (how === 'stands still') {
    await new Promise((resolve) => setTimeout(resolve, stillMs));
    first.kill('SIGCONT');
  } else {
    await exited(first);
    await start('third');
  }
  const untilMs = performance.now() + PATIENCE_MS;
  while (missing(folder, messages) > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const lines = folder.lines();
  const copies = lines.filter((line) => line.type === 'began' && line.redelivered).length;
  return { faults: faultsOf(lines), copies };
}

async function browsersOf(gateway: TestGateway): Promise<FakeBrowser[]> {
  return Promise.all(Array.from({ length: BROWSERS }, () => gateway.browser()));
}

/** Number of messages that no handler has finished yet. */
function missing(folder: LedgerFolder, messages: number): number {
  const ended = new Set<string>();
  for (const line of folder.lines()) if (line.type === 'ended') ended.add(`${line.key}/${line.n}`);
  return BROWSERS * messages - ended.size;
}
