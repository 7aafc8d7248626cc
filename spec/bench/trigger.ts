import { performance } from 'node:perf_hooks';
import { channelNames, payload, type Peer } from './peers/peer';
import { standpipe as gateway } from './peers/standpipe';
import { attempt } from './support/attempt';
import { Child, LOADER_CORE, SERVER_CORE } from './support/child';
import { Counter } from './support/counter';
import { openAll, RawSocket } from './support/raw-socket';
import { rounds, type Figures, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const PAYLOAD_BYTES = 100;
const FEW_CHANNELS = 16;
const SENDERS = [
  { name: 'Pusher SDK, HTTP API', file: 'backends/rest-sender', isHttp: true },
  { name: 'pusher-pipe 0.0.10, one Pipe of 2011', file: 'backends/sender-2011', isHttp: false },
  { name: 'standpipe, one Pipe', file: 'backends/sender', isHttp: false },
];

const CASES = [
  { title: 'few busy channels', channels: () => FEW_CHANNELS },
  { title: 'each event to another socket', channels: ({ n }: Settings) => n },
];

/**
 * A backend triggers as fast as it may, each channel has one subscriber, and an event counts when it has come. Requests of the
 * HTTP API overtake each other, so that their order is not checked. Each kind of backend has a server of its own.
 */
export async function trigger(settings: Settings): Promise<void> {
  const found = new Map<string, Figures[]>();
  for (const { name, file, isHttp } of SENDERS) {
    const figures: Figures[] = [];
    found.set(name, figures);
    await attempt(`Trigger, ${name}`, async () => {
      const server = await startServer(settings, gateway);
      for (const { channels } of CASES) {
        const sending = { file, channels: channels(settings), isOrdered: !isHttp };
        figures.push(await measureSending(settings, server, sending));
      }
    });
  }
  for (const [i, { title, channels }] of CASES.entries()) {
    const part = new Part(
      `Trigger: ${title}; ${channels(settings)} channels, ${PAYLOAD_BYTES} bytes`,
      ['events/s', 'server µs each', 'sender µs each'],
      { isCharted: true },
    );
    for (const [name, figures] of found) {
      const each = figures[i];
      part.row(name, each && [each.perSecond, each.cpuUs, each.otherCpuUs]);
    }
  }
}

/** A backend, and the channels that it triggers on in turn. */
export interface Sending {
  /** File of the backend under spec/bench. */
  file: string;
  channels: number;
  /** Sockets, to which the channels go in turn; one for each channel unless there are fewer. */
  sockets?: number;
  /** Pipes, to which the channels go in turn. */
  pipes?: number;
  isOrdered: boolean;
}

/** Figures of one sender, to one gateway or several that are one. */
export async function measureTrigger(
  settings: Settings,
  sending: Sending,
  peer: Peer = gateway,
): Promise<Figures> {
  return measureSending(settings, await startServer(settings, peer), sending);
}

function startServer({ port }: Settings, { server, options }: Peer): Promise<Child> {
  return Child.start(server, SERVER_CORE, { port, ...options });
}

async function measureSending(
  settings: Settings,
  server: Child,
  { file, channels: count, sockets: socketCount = count, pipes = 1, isOrdered }: Sending,
): Promise<Figures> {
  const { port } = settings;
  const channels = channelNames(count);
  const heard = (socket: number): string[] =>
    channels.filter((_, channel) => channel % socketCount === socket);
  const sockets = await openAll(
    socketCount,
    (i) => new RawSocket(port, gateway.path([]), gateway.opening(heard(i))),
  );
  const shape = gateway.event(channels[0] ?? '', payload(PAYLOAD_BYTES));
  const counter = new Counter(sockets, shape, isOrdered ? { first: 0, step: 1 } : 'any');
  const options = { port, channels: count, sockets: socketCount, pipes };
  const sender = await Child.start(file, LOADER_CORE, options);
  const run = async (seconds: number): Promise<Round> => {
    counter.reset();
    const before = await sender.ask('cpu');
    const start = performance.now();
    const sent = await sender.ask('send', seconds);
    const end = await counter.reaches(sent);
    const otherCpuUs = (await sender.ask('cpu')) - before;
    return { count: sent, seconds: (end - start) / 1_000, otherCpuUs };
  };
  const figures = await rounds(settings, server, run);
  await sender.stop();
  for (const socket of sockets) socket.close();
  return figures;
}
