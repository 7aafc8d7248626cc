import { measureFanOut } from './fan-out';
import { Child, SERVER_CORE } from './support/child';
import { standpipe } from './support/peers';
import type { Settings } from './support/settings';
import { Part } from './support/table';
import { measureTrigger } from './trigger';

const BYTES = 100;
const FIGURES = ['deliveries/s', 'server µs each'];
const IN_FLIGHT = 100;

/** CPU time of the gateway for each delivery while one size of the work grows; flat is good. */
export async function cost(settings: Settings): Promise<void> {
  const subscribers = new Part('Cost by subscribers, 100 bytes', FIGURES);
  for (const n of [1, 10, 100, 1_000, 10_000]) {
    await fanOutRow(subscribers, `${n}`, { ...settings, n }, BYTES);
  }
  const sizes = new Part(`Cost by size of the data, ${settings.n} subscribers`, FIGURES);
  for (const bytes of [64, 256, 1_024, 10_240]) {
    await fanOutRow(sizes, `${bytes} bytes`, settings, bytes);
  }
  const channels = new Part('Cost by channels, each with one subscriber', FIGURES);
  for (const count of [10, 100, 1_000]) await triggerRow(channels, settings, count);
}

async function fanOutRow(part: Part, name: string, settings: Settings, bytes: number) {
  const figures = await measureFanOut(settings, standpipe, { window: IN_FLIGHT, bytes });
  part.row(name, [figures.perSecond, figures.cpuUs]);
}

async function triggerRow(part: Part, settings: Settings, count: number): Promise<void> {
  const server = await Child.start(standpipe.server, SERVER_CORE, { port: settings.port });
  const channels = Array.from({ length: count }, (_, i) => `bench-${i + 10_000}`);
  const figures = await measureTrigger(settings, server, 'backends/sender', {
    channels,
    isOrdered: true,
  });
  part.row(`${count}`, [figures.perSecond, figures.cpuUs]);
  await server.stop();
}
