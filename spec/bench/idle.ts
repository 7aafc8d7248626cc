import { performance } from 'node:perf_hooks';
import { Child, SERVER_CORE } from './support/child';
import { peersOf } from './support/other-peers';
import { openAll, RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNELS = ['bench', 'private-bench'];

/**
 * Cost of a silent socket with a public and a private channel. Resident memory is counted from the server's start, so it
 * includes the server's fixed needs; the heap is counted after a collection.
 */
export async function idle(settings: Settings): Promise<void> {
  const { port, sockets: count } = settings;
  const title = `Idle: ${count} sockets, each on 2 channels where there are any`;
  const part = new Part(title, ['accepted/s', 'server µs each', 'KB RSS each', 'KB heap each']);
  for (const peer of peersOf(settings.peers)) {
    const server = await Child.start(peer.server, SERVER_CORE, { port, ...peer.options });
    const used = (): Promise<number[]> =>
      inOrder(['cpu', 'rss', 'heap'], (what) => server.ask(what));
    const before = await used();
    const start = performance.now();
    const open = (): RawSocket => new RawSocket(port, peer.path, peer.opening(CHANNELS));
    const sockets = await openAll(count, open);
    const seconds = (performance.now() - start) / 1_000;
    const each = (await used()).map((value, i) => (value - (before[i] ?? NaN)) / count);
    const [cpuUs = NaN, rssBytes = NaN, heapBytes = NaN] = each;
    part.row(peer.name, [count / seconds, cpuUs, rssBytes / 1_024, heapBytes / 1_024]);
    for (const socket of sockets) socket.close();
    await server.stop();
  }
}

async function inOrder<A, B>(items: readonly A[], ask: (item: A) => Promise<B>): Promise<B[]> {
  const answers: B[] = [];
  for (const item of items) answers.push(await ask(item));
  return answers;
}
