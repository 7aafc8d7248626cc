import { performance } from 'node:perf_hooks';
import { Child, LOADER_CORE, SERVER_CORE } from './support/child';
import { Counter } from './support/counter';
import { payload, standpipe as gateway } from './support/peers';
import { openAll, RawSocket } from './support/raw-socket';
import { rounds, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const PAYLOAD_BYTES = 100;
const CASES = [
  { title: 'few busy channels', channels: 16 },
  { title: 'each event to another socket', channels: 1_000 },
];
const SENDERS = [
  { name: 'Pusher SDK, HTTP API', file: 'backends/rest-sender', isHttp: true },
  { name: 'pusher-pipe 0.0.10, one Pipe of 2011', file: 'backends/sender-2011', isHttp: false },
  { name: 'standpipe, one Pipe', file: 'backends/sender', isHttp: false },
];

/**
 * A backend triggers as fast as it may, each channel has one subscriber, and an event counts when it has come. Requests of the
 * HTTP API overtake each other, so that their order is not checked.
 */
export async function trigger(settings: Settings): Promise<void> {
  for (const { title, channels: count } of CASES) {
    const part = new Part(`Trigger: ${title}; ${count} channels, ${PAYLOAD_BYTES} bytes`, [
      'events/s',
      'server µs each',
      'sender µs each',
    ]);
    const channels = Array.from({ length: count }, (_, i) => `bench-${i + 10_000}`);
    for (const { name, file, isHttp } of SENDERS) {
      const server = await Child.start(gateway.server, SERVER_CORE, { port: settings.port });
      if (isHttp && !(await servesHttpApi(settings.port))) {
        part.note(name, 'not yet: this gateway has no HTTP API');
      } else {
        const figures = await measureTrigger(settings, server, file, {
          channels,
          isOrdered: !isHttp,
        });
        part.row(name, [figures.perSecond, figures.cpuUs, figures.senderCpuUs]);
      }
      await server.stop();
    }
  }
}

/** Figures of one sender, with a subscriber for each channel. */
export async function measureTrigger(
  settings: Settings,
  server: Child,
  file: string,
  { channels, isOrdered }: { channels: readonly string[]; isOrdered: boolean },
): ReturnType<typeof rounds> {
  const { port } = settings;
  const sockets = await openAll(
    channels.length,
    (i) => new RawSocket(port, gateway.path, gateway.opening([channels[i] ?? ''])),
  );
  const shape = gateway.event(channels[0] ?? '', payload(PAYLOAD_BYTES));
  const counter = new Counter(sockets, shape, isOrdered);
  const sender = await Child.start(file, LOADER_CORE, { port, channels });
  const run = async (seconds: number): Promise<Round> => {
    counter.reset();
    const before = await sender.ask('cpu');
    const start = performance.now();
    const count = await sender.ask('send', seconds);
    const end = await counter.reaches(count);
    const senderCpuUs = (await sender.ask('cpu')) - before;
    return { count, seconds: (end - start) / 1_000, senderCpuUs };
  };
  const figures = await rounds(settings, server, run);
  await sender.stop();
  for (const socket of sockets) socket.close();
  return figures;
}

async function servesHttpApi(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/apps/1/channels`)).status !== 404;
}
