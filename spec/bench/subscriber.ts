import { performance } from 'node:perf_hooks';
import Stock from 'pusher-js';
import { createClient } from '../../lib';
import { Pusher as Ours } from '../../lib/subscriber';
import { APP } from './support/app';
import { atEnd, attempt } from './support/attempt';
import { Child, SERVER_CORE } from './support/child';
import { median } from './support/figures';
import type { Settings } from './support/settings';
import { Part } from './support/table';

interface Client {
  subscribe(name: string): { bind(event: string, handler: () => void): unknown };
  disconnect(): void;
}

type Library = new (key: string, options: object) => Client;

const LIBRARIES: ReadonlyArray<[name: string, library: Library, options: object]> = [
  ['pusher-js', Stock as unknown as Library, {}],
  ['standpipe/subscriber', Ours, {}],
  ['standpipe/subscriber, in one request', Ours, { batch: true }],
];

const KINDS = [
  { kind: 'public', prefix: '', share: 1 },
  // A private channel is a request, and takes about ten times as long as a public one.
  { kind: 'private', prefix: 'private-', share: 1 / 2 },
];

/**
 * A subscriber of many channels, from its start until the last one is subscribed: public ones, and private ones that the
 * gateway's own endpoint authorizes with a backend's yes. CPU is that of the subscriber's process, in which the backend runs
 * too.
 */
export async function subscriber(settings: Settings): Promise<void> {
  for (const { kind, prefix, share } of KINDS) {
    const count = Math.ceil(settings.n * share);
    const title = `A subscriber of ${count} ${kind} channels`;
    const libraries = LIBRARIES.filter(([, , how]) => prefix !== '' || !('batch' in how));
    const found: number[][] = [];
    await attempt(title, async () => {
      await openGateway(settings);
      for (const library of libraries)
        found.push(await measure({ ...settings, n: count }, prefix, library));
    });
    const part = new Part(title, ['channels/s', 'CPU µs each', 'ms until ready']);
    for (const [i, [name]] of libraries.entries()) part.row(name, found[i]);
  }
}

/** A gateway, and a backend that authorizes everybody. */
async function openGateway({ port }: Settings): Promise<void> {
  await Child.start('servers/standpipe', SERVER_CORE, { port });
  const { id: appId, key, secret } = APP;
  const backend = createClient({ appId, key, secret, port });
  atEnd(() => backend.disconnect());
  backend.authorize('private-*', () => true);
  await backend.connect();
}

async function measure(
  { port, n: count, rounds }: Settings,
  kind: string,
  [, library, how]: (typeof LIBRARIES)[number],
): Promise<number[]> {
  const times: number[] = [];
  const cpus: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const client = await ready(library, { port, count, kind, how });
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / count);
    client.disconnect();
  }
  // The first one warms everything up.
  const ms = median(times.slice(1));
  return [(count / ms) * 1_000, median(cpus.slice(1)), ms];
}

/** A client all of whose channels are subscribed. */
function ready(
  Class: Library,
  { port, count, kind, how }: { port: number; count: number; kind: string; how: object },
): Promise<Client> {
  return new Promise((resolve, reject) => {
    const endpoint = `http://127.0.0.1:${port}/pusher/auth`;
    const client = new Class(APP.key, {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      forceTLS: false,
      enabledTransports: ['ws'],
      channelAuthorization: { endpoint, transport: 'ajax', ...how },
    });
    let left = count;
    for (let i = 0; i < count; i++) {
      const channel = client.subscribe(`${kind}bench-${i}`);
      channel.bind('pusher:subscription_succeeded', () => {
        if (--left === 0) resolve(client);
      });
      channel.bind('pusher:subscription_error', () => reject(new Error(`${kind}${i} was refused`)));
    }
  });
}
