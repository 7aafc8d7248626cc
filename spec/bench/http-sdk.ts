import { Agent } from 'node:http';
import Upstream from 'pusher';
import { Pusher } from '../support/http-sdk';
import { APP } from './support/app';
import { attempt } from './support/attempt';
import { Child, SERVER_CORE } from './support/child';
import { median } from './support/figures';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const IN_FLIGHT = 64;
/** Short slices in turn, so that what else the machine does falls on all alike. */
const SLICES = 12;
const data = { x: 1, text: 'a'.repeat(60) };

type Trigger = () => Promise<unknown>;

/** Events a second and CPU of the sender for each, of npm pusher and of ours, `trigger` with 64 in flight. */
export async function httpSdk({ port, seconds, rounds }: Settings): Promise<void> {
  const title = `HTTP SDK: trigger with ${IN_FLIGHT} in flight`;
  const { id: appId, key, secret } = APP;
  const options = { appId, key, secret, host: '127.0.0.1', port };
  const upstream = (agent?: Agent): Upstream =>
    new Upstream({ ...options, port: `${port}`, ...(agent && { agent }) });
  const kept = upstream(new Agent({ keepAlive: true, maxSockets: IN_FLIGHT }));
  const [plain, ours] = [upstream(), new Pusher(options)];
  const alone = new Pusher({ ...options, coalesce: false });
  const rows: Array<[name: string, trigger: Trigger]> = [
    ['npm pusher', () => plain.trigger('room', 'event', data)],
    ['npm pusher, agent with keepAlive', () => kept.trigger('room', 'event', data)],
    ['standpipe/http', () => ours.trigger('room', 'event', data)],
    ['standpipe/http, coalesce: false', () => alone.trigger('room', 'event', data)],
  ];
  const found = await attempt(title, async () => {
    await Child.start('servers/standpipe', SERVER_CORE, { port });
    const figures = rows.map(() => ({ perSecond: [] as number[], cpuUs: [] as number[] }));
    for (let slice = -1; slice < SLICES; slice += 1) {
      for (const [i, [, trigger]] of rows.entries()) {
        const { perSecond, cpuUs } = await send(trigger, (seconds * rounds * 1000) / SLICES);
        if (slice < 0) continue;
        figures[i]?.perSecond.push(perSecond);
        figures[i]?.cpuUs.push(cpuUs);
      }
    }
    return figures;
  });
  const part = new Part(title, ['events/s', 'CPU µs each']);
  for (const [i, [name]] of rows.entries()) {
    const figures = found?.[i];
    part.row(name, figures && [median(figures.perSecond), median(figures.cpuUs)]);
  }
}

async function send(trigger: Trigger, ms: number): Promise<{ perSecond: number; cpuUs: number }> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  let count = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await trigger();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: (count / (performance.now() - began)) * 1000,
    cpuUs: (user + system) / count,
  };
}
