import { performance } from 'node:perf_hooks';
import { channelNames, payload, type Peer } from './peers/peer';
import { standpipe as gateway } from './peers/standpipe';
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

/**
 * A backend triggers as fast as it may, each channel has one subscriber, and an event counts when it has come. Requests of the
 * HTTP API overtake each other, so that their order is not checked.
 */
export async function trigger(settings: Settings): Promise<void> {
  const cases = [
    { title: 'few busy channels', channels: FEW_CHANNELS },
    { title: 'each event to another socket', channels: settings.n },
  ];
  for (const { title, channels } of cases) {
    const part = new Part(
      `Trigger: ${title}; ${channels} channels, ${PAYLOAD_BYTES} bytes`,
      ['events/s', 'server µs each', 'sender µs each'],
      { isCharted: true },
    );
    for (const { name, file, isHttp } of SENDERS) {
      await part.measure(name, async () => {
        const figures = await measureTrigger(settings, { file, channels, isOrdered: !isHttp });
        return [figures.perSecond, figures.cpuUs, figures.otherCpuUs];
      });
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
  { file, channels: count, sockets: socketCount = count, pipes = 1, isOrdered }: Sending,
  { server: serverFile, options: serverOptions }: Peer = gateway,
): Promise<Figures> {
  const { port } = settings;
  const server = await Child.start(serverFile, SERVER_CORE, { port, ...serverOptions });
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
  return rounds(settings, server, run);
}
