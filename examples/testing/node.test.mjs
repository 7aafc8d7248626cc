/** The test with node:test. `node --test examples/testing/node.test.mjs` */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'standpipe';
import { createTestGateway } from 'standpipe/testing';
import { startGreeter } from './greeter.mjs';

let gateway;
let client;

before(async () => {
  gateway = await createTestGateway();
  client = createClient(gateway.client);
  await startGreeter(client);
});

after(async () => {
  await client.disconnect();
  await gateway.close();
});

test('a browser is greeted by name, and no other one hears it', async () => {
  const [ada, bob] = [await gateway.browser(), await gateway.browser()];
  ada.send('greet', { name: 'Ada' });
  assert.equal((await ada.next('greeting')).data, 'Hi Ada');
  // Bob's own greeting is the first that he gets: had he been sent Ada's, it would be here before.
  bob.send('greet', { name: 'Bob' });
  assert.equal((await bob.next('greeting')).data, 'Hi Bob');
});

test('the backend decides who may join', async () => {
  // With `authorize` the backend is asked, as for a page. Without it the fake browser signs for itself.
  const stranger = await gateway.browser({ authorize: true });
  await assert.rejects(stranger.subscribe('private-club'));
});
