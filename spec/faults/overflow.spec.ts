import t from 'tap';
import { createClient } from '../../lib/pipe/client';
import { createTestGateway } from '../../lib/testing';
import { deferred } from '../../lib/util/deferred';
import { faultsOf, sumOf, type Line } from '../support/ledger';
import { until } from '../support/until';

const MESSAGES = 500;

t.test(
  'a stuck handler loses only events that it is told of, and delays nobody else',
  async (t) => {
    const gateway = await createTestGateway({
      limits: { maxPipeUnackedEvents: 100, maxBackChannelEventsPerSecond: 1e6 },
    });
    t.teardown(() => gateway.close());
    const lines: Line[] = [];
    const stuck = deferred<void>();
    let quickly = 0;
    const slow = createClient<{ say: { n: number } }>({
      ...gateway.client,
      credit: { messages: 10 },
    });
    const quick = createClient<{ say: { n: number } }>(gateway.client);
    for (const client of [slow, quick]) {
      client.subscribe(['socket_message']);
      t.teardown(() => client.disconnect());
    }
    slow.sockets.on('event:say', async (key, data) => {
      const { n } = data;
      const what = { process: 'slow', key, n };
      lines.push({ type: 'began', ...what, sum: sumOf(JSON.stringify(data)), redelivered: false });
      await stuck.promise;
      lines.push({ type: 'ended', ...what });
    });
    slow.on('gap', ({ count }) => lines.push({ type: 'announced', process: 'slow', count }));
    quick.sockets.on('event:say', () => void (quickly += 1));
    await Promise.all([slow.connect(), quick.connect()]);

    const browser = await gateway.browser();
    for (let n = 1; n <= MESSAGES; n++) {
      const data = { n };
      lines.push({ type: 'produced', key: browser.id, n, sum: sumOf(JSON.stringify(data)) });
      browser.send('say', data);
      // As much as the log of the quick one holds in any case.
      if (n % 50 === 0) await until(() => quickly === n);
    }
    t.equal(lines.filter(({ type }) => type === 'ended').length, 0, 'the other one is still stuck');
    stuck.resolve();
    await until(() => lines.some((line) => line.type === 'ended' && line.n === MESSAGES));
    t.same(faultsOf(lines), []);
    const handled = lines.filter(({ type }) => type === 'ended').length;
    const lost = lines.reduce(
      (sum, line) => (line.type === 'announced' ? sum + (line.count ?? NaN) : sum),
      0,
    );
    t.equal(handled + lost, MESSAGES, `${lost} lost, and counted`);
    t.ok(handled >= 100, 'as much as the log holds was kept');
  },
);
