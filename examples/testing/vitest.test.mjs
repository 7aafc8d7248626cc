/** The same test with vitest. `npx vitest run --root examples/testing` */
import { createClient } from 'standpipe';
import { createTestGateway } from 'standpipe/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGreeter } from './greeter.mjs';

let gateway;
let client;

beforeAll(async () => {
  gateway = await createTestGateway();
  client = createClient(gateway.client);
  await startGreeter(client);
});

afterAll(async () => {
  await client.disconnect();
  await gateway.close();
});

test('a browser is greeted by name', async () => {
  const ada = await gateway.browser();
  ada.send('greet', { name: 'Ada' });
  expect(await ada.next('greeting')).toMatchObject({ data: 'Hi Ada' });
});

test('the backend decides who may join', async () => {
  const stranger = await gateway.browser({ authorize: true });
  await expect(stranger.subscribe('private-club')).rejects.toThrow();
});
