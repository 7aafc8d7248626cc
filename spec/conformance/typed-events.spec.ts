import t from 'tap';
import { createClient } from '../../lib';
import { createTestGateway } from '../../lib/testing';
import { until } from '../support/until';

t.test(
  'a backend needs no webhook: presence, users and cache misses come over the Pipe',
  async (t) => {
    const gateway = await createTestGateway();
    t.teardown(() => gateway.close());
    const client = createClient(gateway.client);
    t.teardown(() => client.disconnect());
    client.subscribe(['channel_presence', 'channel_cache', 'user_existence']);
    const heard: unknown[] = [];
    client.channels.on('member_added', (channel, userId) => heard.push(['added', channel, userId]));
    client.channels.on('member_removed', (channel, userId) =>
      heard.push(['removed', channel, userId]),
    );
    client.channel('presence-a').on('member_added', (userId) => heard.push(['added to a', userId]));
    client.channels.on('cache_miss', (channel) => heard.push(['miss', channel]));
    client.channel('cache-b').on('cache_miss', () => heard.push(['miss of b']));
    client.users.on('online', (userId) => heard.push(['online', userId]));
    client.users.on('offline', (userId) => heard.push(['offline', userId]));
    await client.connect();

    const [one, two] = [await gateway.browser(), await gateway.browser()];
    await one.signIn('ada');
    await two.signIn('ada');
    await one.subscribe('presence-a', { userId: 'ada' });
    await two.subscribe('presence-a', { userId: 'ada' });
    await one.subscribe('cache-b');
    await client.channel('cache-b').publish('price', 7);
    await two.subscribe('cache-b');
    t.match(await two.next('price'), { channel: 'cache-b', data: 7 });
    one.close();
    two.close();
    await new Promise<void>((done) => client.users.on('offline', () => done()));
    t.strictSame(heard, [
      ['online', 'ada'],
      ['added', 'presence-a', 'ada'],
      ['added to a', 'ada'],
      ['miss', 'cache-b'],
      ['miss of b'],
      ['removed', 'presence-a', 'ada'],
      ['offline', 'ada'],
    ]);
  },
);

t.test('a filter of channels holds for presence and caches', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  client.subscribe(['channel_presence'], { channels: ['presence-game-*'] });
  const heard: string[] = [];
  client.channels.on('member_added', (channel) => heard.push(channel));
  await client.connect();
  const browser = await gateway.browser();
  await browser.subscribe('presence-lobby', { userId: 'u' });
  await browser.subscribe('presence-game-1', { userId: 'u' });
  await until(() => heard.length > 0);
  t.strictSame(heard, ['presence-game-1']);
});
