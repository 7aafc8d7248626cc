import { mock } from 'node:test';
import t from 'tap';
import { createClient } from '../../lib';
import { createTestGateway } from '../../lib/testing';
import { ManualClock } from '../support/manual-clock';
import { until } from '../support/until';

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

t.test('a signed-in browser hears what a backend sends to its user', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  await client.connect();
  const browser = await (await gateway.browser()).signIn('ada', { name: 'Ada' });
  client.user('ada').trigger('hi', { n: 1 });
  t.match(await browser.next('hi'), { channel: '#server-to-user-ada', data: { n: 1 } });
  // As pusher-js: the answer to a sign-in is not left for the next wait.
  await t.rejects(browser.signIn('bob'), { code: 'refused', status: 4009 });
});

t.test('the backend decides for a browser that asks it', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  const asked: unknown[] = [];
  client.authorize(['private-*', 'presence-*'], ({ socketId, channel }) => {
    asked.push([socketId, channel]);
    if (channel === 'private-no') return false;
    return channel.startsWith('presence-') ? { userId: 'ada' } : true;
  });
  client.authenticate(() => ({ id: 'ada' }));
  await client.connect();
  await client.subscribed();
  const browser = await gateway.browser({ authorize: true });
  await browser.subscribe('private-yes');
  await browser.subscribe('presence-room');
  await t.rejects(browser.subscribe('private-no'), { code: 'refused', status: 403 });
  t.strictSame(asked, [
    [browser.id, 'private-yes'],
    [browser.id, 'presence-room'],
    [browser.id, 'private-no'],
  ]);
  await browser.signIn();
  client.user('ada').trigger('hi');
  t.match(await browser.next('hi'), { channel: '#server-to-user-ada' });
});

t.test('a function may authorize, as a custom handler of pusher-js', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const browser = await gateway.browser({
    authorize: ({ channel }) => Promise.resolve({ auth: `test-key:${channel ?? ''}` }),
  });
  await t.rejects(browser.subscribe('private-a'), { code: 'refused', message: /signature/i });
});

t.test('a browser answers requests of a backend', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  await client.connect();
  const browser = await gateway.browser();
  browser
    .onRequest('double', (data) => Promise.resolve((data as number) * 2))
    .onRequest('fail', () => {
      throw new Error('not now');
    });
  const socket = client.socket(browser.id);
  t.equal(await socket.request('double', 21), 42);
  await t.rejects(socket.request('fail', 1), { message: /not now/ });
  await t.rejects(socket.request('other', 1), { message: /nothing here answers other/ });
});

t.test('a wait that is too long says what it waited for and what came instead', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const browser = await gateway.browser({ timeoutMs: 20 });
  await t.rejects(browser.next('never', 'room'), {
    code: 'timeout',
    message: 'waited 20 ms for never on room; received so far: pusher:connection_established',
  });
  await t.rejects(browser.next('never', undefined, { timeoutMs: 10 }), {
    message: /^waited 10 ms for never;/,
  });
});

t.test('false timers of a test framework stop neither gateway nor client', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
  t.teardown(() => mock.timers.reset());
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  await client.connect();
  const browser = await gateway.browser();
  client.socket(browser.id).trigger('hi');
  await browser.next('hi');
  t.pass('both have gone on');
});

t.test('a clock of the test turns the time of the gateway', async (t) => {
  const clock = new ManualClock();
  // Turns end by themselves, time goes on by hand.
  clock.endOfTurn = (run) => void setImmediate(run);
  const gateway = await createTestGateway({ clock });
  const closing = { isOver: false };
  t.teardown(async () => {
    const closed = gateway.close().then(() => (closing.isOver = true));
    while (!closing.isOver) {
      clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
  });
  const [ada, bob] = [await gateway.browser(), await gateway.browser()];
  await ada.subscribe('presence-b', { userId: 'ada' });
  await bob.subscribe('presence-b', { userId: 'bob' });
  for (let n = 0; n < 20; n++) ada.send('client-hi', n, 'presence-b');
  await ada.next('pusher:error');
  const heard = (): number => bob.received.filter(({ event }) => event === 'client-hi').length;
  await until(() => heard() === 10);
  clock.advance(1_000);
  ada.send('client-hi', 20, 'presence-b');
  await until(() => heard() === 11);
  t.pass('the limit of a second is over when the clock says so');
});
