import PusherJs from 'pusher-js';
import { createClient } from 'standpipe';
import t from 'tap';
import { startTicker, type Tick } from '../../examples/price-ticker/ticker';
import { createTestGateway } from '../../lib/testing';
import { built } from '../support/built';
import { ChaosProxy } from '../support/chaos-proxy';
import { until } from '../support/until';

built('index.js');

/** Changes of each price before the market closes. */
const CHANGES = 100;
const HZ = 50;
/** A line that carries a seventh of the changes. A busy machine, which skips ticks, still makes more than it carries. */
const LINE = { bytesPerMs: 8 };

t.test(
  'a browser on a slow line gets fewer changes, never an old one, and the latest of each',
  async (t) => {
    const gateway = await createTestGateway();
    t.teardown(() => gateway.close());
    const proxy = await ChaosProxy.start(t, gateway.client.port, LINE);
    const page = new PusherJs(gateway.client.key, {
      ...{ cluster: '', wsHost: '127.0.0.1', wsPort: proxy.port, forceTLS: false },
      enabledTransports: ['ws'],
    });
    t.teardown(() => page.disconnect());
    const prices = page.subscribe('prices');
    const latest = new Map<string, number>();
    let seen = 0;
    let old = 0;
    prices.bind('tick', ({ symbol, number }: Tick) => {
      seen += 1;
      if (number <= (latest.get(symbol) ?? 0)) old += 1;
      latest.set(symbol, number);
    });
    await new Promise((resolve) => prices.bind('pusher:subscription_succeeded', resolve));

    const client = createClient(gateway.client);
    t.teardown(() => client.disconnect());
    const ticker = await startTicker(client, HZ);
    const all = new Promise<Tick[]>((resolve) => page.bind('all', resolve));
    page.send_event('all', {});
    t.equal((await all).length, 10, 'all prices at the start');

    const [first] = ticker.market.now();
    await until(() => (first?.number ?? 0) >= CHANGES);
    ticker.stop();
    const last = ticker.market.now();
    await until(() => last.every(({ symbol, number }) => latest.get(symbol) === number));
    t.equal(old, 0);
    const published = last.reduce((sum, { number }) => sum + number, 0);
    t.ok(seen < published, `${seen} of ${published} changes`);
  },
);
