import t from 'tap';
import { createClient } from 'standpipe';
import { answer, askOver } from '../../examples/from-socket.io/ask';
import { startAfter } from '../../examples/from-socket.io/after';
import { startBefore } from '../../examples/from-socket.io/before';
import { createTestGateway } from '../../lib/testing';
import { built } from '../support/built';
import { until } from '../support/until';

built('index.js');

for (const [name, start] of [
  ['Socket.IO', startBefore],
  ['Standpipe', startAfter],
] as const) {
  t.test(
    `the application with ${name}: rooms, acknowledgements, and who may come in`,
    async (t) => {
      const running = await start();
      t.teardown(() => running.stop());
      const [ada, bob] = await Promise.all(
        ['ada', 'bob'].map((who) => running.visit(`token-of-${who}`)),
      );
      if (ada === undefined || bob === undefined) throw new Error('nobody came');
      t.teardown(() => [ada, bob].forEach((visitor) => visitor.leave()));

      await Promise.all([ada.join('tea'), bob.join('tea')]);
      ada.say('tea', 'hello');
      bob.say('tea', 'hi');
      await until(() => ada.heard.length === 2 && bob.heard.length === 2);
      t.strictSame([...bob.heard].sort(), ['Ada: hello', 'Bob: hi']);

      t.equal(await ada.add(2, 3), 5, 'the page asks');
      t.strictSame(await running.positions(), [7, 7], 'the server asks every page');

      const stranger = async (): Promise<void> => {
        const visitor = await running.visit('token-of-nobody');
        t.teardown(() => visitor.leave());
        await visitor.join('tea');
      };
      await t.rejects(stranger(), { message: 'not allowed' });
    },
  );
}

t.test('a question to a backend that cannot answer is rejected, not left open', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  client.subscribe(['socket_message']);
  answer(client, 'fail', () => {
    throw new Error('out of tea');
  });
  await client.connect();
  await client.subscribed();
  t.teardown(() => client.disconnect());
  const browser = await gateway.browser();
  const ask = askOver({
    trigger: (event: string, data: unknown) => {
      browser.send(event, data);
      return true;
    },
    bind: (event: string, handler: (data: unknown) => unknown) => browser.on(event, handler),
  } as never);
  await t.rejects(ask('fail', {}), { message: 'out of tea' });
  await t.rejects(ask('unheard', {}, 1), { message: 'no answer to unheard' });
});
