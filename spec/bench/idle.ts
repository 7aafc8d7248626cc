import { performance } from 'node:perf_hooks';
import { Child, SERVER_CORE } from './support/child';
import { PEERS } from './support/peers';
import { openAll, RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNELS = ['bench', 'private-bench'];
/** Opened and closed before anything is measured, so that what a server needs once is not counted as its sockets'. */
const WARM_UP = 500;

/** What a socket costs that is connected, subscribed to a public and a private channel, and silent. */
export async function idle(settings: Settings): Promise<void> {
  const { port, sockets: count } = settings;
  const title = `Idle: ${count} sockets, each on 2 channels where there are any`;
  const part = new Part(title, ['accepted/s', 'server µs each', 'KB RSS each']);
  for (const peer of PEERS) {
    const server = await Child.start(peer.server, SERVER_CORE, { port });
    const open = (): RawSocket => new RawSocket(port, peer.path, peer.opening(CHANNELS));
    for (const socket of await openAll(WARM_UP, open)) socket.close();
    const rssBefore = await server.ask('memory');
    const cpuBefore = await server.ask('cpu');
    const start = performance.now();
    const sockets = await openAll(count, open);
    const seconds = (performance.now() - start) / 1_000;
    const cpuUs = (await server.ask('cpu')) - cpuBefore;
    const rssBytes = (await server.ask('memory')) - rssBefore;
    part.row(peer.name, [count / seconds, cpuUs / count, rssBytes / 1_024 / count]);
    for (const socket of sockets) socket.close();
    await server.stop();
  }
}
