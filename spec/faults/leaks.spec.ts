import { setFlagsFromString, queryObjects } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { Channel } from '../../lib/gateway/core/model/channel';
import { Group } from '../../lib/gateway/core/streams/group';
import { Socket } from '../../lib/gateway/core/model/socket';
import { Gateway } from '../../lib/gateway/gateway';
import { PipeConnection } from '../../lib/gateway/protocols/pipe/connection';
import { PipeSession } from '../../lib/gateway/protocols/pipe/session';
import { createClient } from '../../lib/pipe/client';
import { TestGateway } from '../../lib/testing/test-gateway';
import { Emitter } from '../../lib/util/emitter';
import { ManualClock } from '../support/manual-clock';
import { until } from '../support/until';

const CYCLES = 10;
const BROWSERS = 20;
const APP = { id: '1', key: 'key', secret: 'secret', clientEvents: true };

/** Classes of which one of everything consists, counted in the heap. */
const CLASSES = [Socket, Channel, Group, PipeSession, PipeConnection, Emitter] as const;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function counts(): Record<string, number> {
  collect();
  return Object.fromEntries(
    CLASSES.map((each) => [each.name, queryObjects(each, { format: 'count' })]),
  );
}

/** Backends and browsers come, speak and go; then the window of their sessions passes. */
async function cycle(gateway: TestGateway, clock: ManualClock): Promise<void> {
  const clients = ['one', 'two', undefined].map((group) =>
    createClient({ ...gateway.client, group }, { clock }),
  );
  let heard = 0;
  for (const client of clients) {
    client.subscribe(['socket_existence', 'socket_message', 'channel_existence']);
    client.sockets.on('event', () => void (heard += 1));
    client.sockets.on('open', (id) => void client.socket(id).on('close', () => undefined));
    await client.connect();
  }
  const browsers = await Promise.all(Array.from({ length: BROWSERS }, () => gateway.browser()));
  for (const [i, browser] of browsers.entries()) {
    await browser.subscribe(`room-${i % 5}`);
    browser.send('say', i);
  }
  await until(() => heard >= BROWSERS * clients.length);
  for (const browser of browsers) browser.close();
  await Promise.all(clients.map((client) => client.disconnect()));
  clock.advance(130_000);
}

t.test(
  'connections that came and went leave no timer, no session and no object behind',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    const gateway = new TestGateway(
      await new Gateway({ port: 0, apps: [APP] }, clock).start(),
      APP,
    );
    t.teardown(async () => {
      const turning = setInterval(() => clock.advance(100), 1);
      await gateway.close();
      clearInterval(turning);
    });
    // Objects made once and kept, such as pools, are there after the first cycles.
    for (let i = 0; i < 3; i++) await cycle(gateway, clock);
    const before = { timers: clock.timers, ...counts() };
    for (let i = 0; i < CYCLES; i++) await cycle(gateway, clock);
    const after = { timers: clock.timers, ...counts() };
    t.same(after, before);
  },
);
