import { performance } from 'node:perf_hooks';
import { peersOf } from './peers';
import { Child, SERVER_CORE } from './support/child';
import { openAll, RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNELS = ['bench-100000', 'private-bench-100001'];

/**
 * Cost of a silent socket with a public and a private channel. Resident memory is counted from the server's start, so it
 * includes the server's fixed needs; the heap is counted after a collection.
 */
export async function idle(settings: Settings): Promise<void> {
  const { port, sockets: count } = settings;
  const title = `Idle: ${count} sockets, each on 2 channels `;
  const part = new Part(title, ['accepted/s', 'server µs each', 'KB RSS each', 'KB heap each']);
  for (const peer of peersOf(settings)) {
    await part.measure(peer.name, async () => {
      const server = await Child.start(peer.server, SERVER_CORE, { port, ...peer.options });
      const used = (): Promise<number[]> =>
        inOrder(['cpu', 'rss', 'heap'], (what) => server.ask(what));
      const before = await used();
      const start = performance.now();
      const path = peer.path?.(CHANNELS);
      await openAll(count, () => new RawSocket(port, path, peer.opening(CHANNELS)));
      const seconds = (performance.now() - start) / 1_000;
      const each = (await used()).map((value, i) => (value - (before[i] ?? NaN)) / count);
      const [cpuUs = NaN, rssBytes = NaN, heapBytes = NaN] = each;
      return [count / seconds, cpuUs, rssBytes / 1_024, heapBytes / 1_024];
    });
  }
}

async function inOrder<A, B>(items: readonly A[], ask: (item: A) => Promise<B>): Promise<B[]> {
  const answers: B[] = [];
  for (const item of items) answers.push(await ask(item));
  return answers;
}
