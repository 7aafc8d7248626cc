import { measureEcho } from './echo';
import { measureFanOut } from './fan-out';
import { isInstalled } from './peers';
import { redis } from './peers/programs';
import type { Peer } from './peers/peer';
import { standpipe } from './peers/standpipe';
import { Child, SERVER_CORE } from './support/child';
import { onRedis, withWorkers } from './support/gateways';
import type { Settings } from './support/settings';
import { Part } from './support/table';
import { measureTrigger } from './trigger';

const CPU = 'server µs each';
const REDIS_CPU = 'Redis µs each';
const FEW_CHANNELS = 16;

/** A load on one process, on workers, and on a gateway that shares a Redis. */
type Load = (peer: Peer, engine: Child | undefined) => Promise<number[]>;

/** CPU time of the gateway by the way in which it is one with others. */
export async function byGateways(settings: Settings): Promise<void> {
  const { n: sockets } = settings;
  for (const each of ['all', 'one'] as const) {
    const channels = each === 'all' ? 1 : sockets;
    const title = each === 'all' ? 'one channel' : 'a channel each';
    const columns = ['deliveries/s', CPU, REDIS_CPU];
    const part = new Part(`Cost by gateways: ${sockets} sockets on ${title}`, columns);
    await onEach(settings, part, async (peer, engine) => {
      const audience = { sockets, channels, each };
      const figures = await measureFanOut(settings, peer, audience, engine);
      return [figures.perSecond, figures.cpuUs, figures.otherCpuUs];
    });
  }
  for (const channels of [FEW_CHANNELS, sockets]) {
    const title = `Cost by gateways: triggers of one Pipe on ${channels} channels`;
    const part = new Part(title, ['events/s', CPU]);
    const sending = { file: 'backends/sender', channels, isOrdered: true };
    await onEach(settings, part, async (peer) => {
      const { perSecond, cpuUs } = await measureTrigger(settings, sending, peer);
      return [perSecond, cpuUs];
    });
  }
  const echoes = ['round trips/s', CPU, 'p50 ms at 5,000/s', 'p99 ms'];
  const part = new Part('Cost by gateways: browsers that one backend answers', echoes);
  await onEach(settings, part, async (peer) => {
    const { steady, saturated } = await measureEcho(settings, peer);
    return [saturated.perSecond, saturated.cpuUs, steady.p50Ms, steady.p99Ms];
  });
}

async function onEach({ port }: Settings, part: Part, load: Load): Promise<void> {
  for (const peer of [standpipe, withWorkers(1), withWorkers(2)]) {
    const name = peer === standpipe ? 'one process' : peer.name;
    await part.measure(name, () => load(peer, undefined));
  }
  if (isInstalled('redis-server'))
    await part.measure('on Redis', async () => {
      const options = { port: port + 1, ...redis().options };
      return load(onRedis(port + 1), await Child.start('servers/program', SERVER_CORE, options));
    });
  else part.note('Without Redis: redis-server is not installed.');
  part.spread(
    'Several processes hand each event to one another: each reads and routes it, and tells the others. All run on one core here.',
  );
}
