import t from 'tap';
import { createClient } from '../../lib';
import { createTestGateway } from '../../lib/testing';

t.test('a backend and a fake browser talk through a test gateway', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  void client.subscribe(['socket_message']);
  client.sockets.on('event:echo', (id, data) => void client.socket(id).trigger('echoed', data));
  await client.connect();
  const browser = await gateway.browser();
  t.match(browser.id, /^\d+\.\d+$/);
  browser.send('echo', { n: 1 }).send('echo', 'two');
  t.match(await browser.next('echoed'), { data: { n: 1 }, channel: undefined });
  t.match(await browser.next('echoed'), { data: 'two' });
});

t.test('browsers subscribe, signed and named, and are refused with the reason', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const [ada, bob] = [await gateway.browser(), await gateway.browser()];
  await ada.subscribe('private-a');
  await ada.subscribe('presence-b', { userId: 'ada', userInfo: { name: 'Ada' } });
  await bob.subscribe('presence-b', { userId: 'bob' });
  t.match(await ada.next('pusher_internal:member_added'), { data: { user_id: 'bob' } });
  const heard: unknown[] = [];
  bob.on('client-hi', (data, { userId }) => heard.push([data, userId]));
  ada.send('client-hi', [1, 2], 'presence-b');
  await bob.next('client-hi');
  t.strictSame(heard, [[[1, 2], 'ada']]);
  await t.rejects(bob.subscribe('presence-c'), { code: 'refused', status: 401 });
});

t.test('a closed browser is gone for the gateway, and its waiting calls are told', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const browser = await gateway.browser();
  t.equal(gateway.gateway.socketCount, 1);
  const waiting = browser.next('never');
  browser.close();
  t.equal(gateway.gateway.socketCount, 0);
  await t.rejects(waiting, { code: 'closed' });
  await t.rejects(browser.next('never'), { code: 'closed' });
});

t.test('a stopping gateway closes its browsers so that they come back', async (t) => {
  const gateway = await createTestGateway();
  const browser = await gateway.browser();
  await gateway.close();
  t.match(await browser.closed, { code: 4100 });
});
