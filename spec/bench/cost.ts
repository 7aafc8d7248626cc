import { measureFanOut, type Audience } from './fan-out';
import { byGateways } from './gateways';
import { standpipe } from './peers/standpipe';
import { measureJoins } from './presence';
import type { Settings } from './support/settings';
import { Part } from './support/table';
import { measureTrigger } from './trigger';

const CPU = 'server µs each';
const DELIVERIES = ['deliveries/s', CPU];
/** Sockets that hear the channels of the table of channels, all together. */
const HEARERS = 10;

/** CPU time of the gateway while one size of the work grows: flat, or the reason stands below the table. */
export const COSTS = new Map([
  ['cost-subscribers', bySubscribers],
  ['cost-channels-of-a-socket', byChannelsOfASocket],
  ['cost-channels', byChannels],
  ['cost-size', bySize],
  ['cost-pipes', byPipes],
  ['cost-members', byMembers],
  ['cost-gateways', byGateways],
]);

async function fanOutRow(
  part: Part,
  name: string,
  { settings, ...audience }: Audience & { settings: Settings },
): Promise<void> {
  await part.measure(name, async () => {
    const { perSecond, cpuUs } = await measureFanOut(settings, standpipe, audience);
    return [perSecond, cpuUs];
  });
}

async function bySubscribers(settings: Settings): Promise<void> {
  const part = new Part('Cost by subscribers of a channel, 100 bytes', DELIVERIES);
  for (const sockets of sizes(settings, [1, 10, 100, 1_000, 10_000])) {
    await fanOutRow(part, `${sockets}`, { settings, sockets, channels: 1, each: 'all' });
  }
  part.spread(
    'An event is read, routed and encoded once for all its subscribers, and a write to one of them costs the same for one event ' +
      'as for many: few subscribers share the first among fewer. Writes to very many take several turns, and share as many of ' +
      'the events in flight as have come meanwhile: a seventh of them or all, in rounds of one run.',
  );
}

async function byChannelsOfASocket(settings: Settings): Promise<void> {
  const { n: sockets } = settings;
  const part = new Part(`Cost by channels of a socket, ${sockets} sockets on the same`, DELIVERIES);
  for (const channels of [1, 2, 5, 10]) {
    await fanOutRow(part, `${channels}`, { settings, sockets, channels, each: 'all' });
  }
  part.spread('Sockets that hear the same channels share the joined bytes of a turn.');
}

async function byChannels(settings: Settings): Promise<void> {
  const part = new Part(`Cost by channels, each with one of ${HEARERS} sockets`, ['events/s', CPU]);
  for (const channels of sizes(settings, [10, 100, 1_000, 10_000, 100_000])) {
    const sending = { file: 'backends/sender', channels, sockets: HEARERS, isOrdered: true };
    await part.measure(`${channels}`, async () => {
      const { perSecond, cpuUs } = await measureTrigger(settings, sending);
      return [perSecond, cpuUs];
    });
  }
  part.spread(
    'Events of a turn travel to a socket in one write, whichever their channels; each further channel is memory that the ' +
      'caches of the processor do not hold.',
  );
}

async function bySize(settings: Settings): Promise<void> {
  const { n: sockets } = settings;
  const part = new Part(`Cost by size of the data, ${sockets} subscribers`, DELIVERIES);
  for (const bytes of [64, 256, 1_024, 10_240]) {
    const audience: Audience = { sockets, channels: 1, each: 'all', bytes };
    await fanOutRow(part, `${bytes} bytes`, { settings, ...audience });
  }
  part.spread(
    'The kernel copies all bytes to each socket, and the fewer events a write can join the more writes there are.',
  );
}

async function byPipes(settings: Settings): Promise<void> {
  const channels = 64;
  const part = new Part(
    `Cost by Pipes that trigger on ${channels} channels of one subscriber each`,
    ['events/s', CPU],
  );
  for (const pipes of [1, 4, 16, 64]) {
    const sending = { file: 'backends/sender', channels, pipes, isOrdered: true };
    await part.measure(`${pipes}`, async () => {
      const { perSecond, cpuUs } = await measureTrigger(settings, sending);
      return [perSecond, cpuUs];
    });
  }
  part.spread(
    'Commands of a turn share a frame, a read and an acknowledgement: with more Pipes there are fewer in each.',
  );
}

async function byMembers(settings: Settings): Promise<void> {
  const part = new Part('Cost of a join by members of a presence channel', [
    'joins/s',
    'server µs each',
    'µs a member told',
  ]);
  for (const members of sizes(settings, [100, 1_000, 10_000])) {
    await part.measure(`${members}`, async () => {
      const { perSecond, joinUs, messageUs } = await measureJoins(settings, members);
      return [perSecond, joinUs, messageUs];
    });
  }
  part.spread(
    'Each member is told of each join in a write of its own, and who joins gets the list of all: the last column is flat ' +
      'where nothing else grows.',
  );
}

/** The sizes as they are told, cut where the run is small. */
function sizes({ sockets }: Settings, all: readonly number[]): number[] {
  return all.filter((size) => size <= 100 || size <= sockets * 20);
}
