import t from 'tap';
import { connectedClient, settled } from '../../support/scripted-client';

t.test('publish waits for room, in order, and a trigger does not overtake it', async (t) => {
  const { client, gateway, clock } = connectedClient({ maxOutboxEvents: 4 });
  for (let i = 0; i < 4; i += 1) client.channel('room').trigger('first', i);
  const published = [0, 1].map((i) => client.channel('room').publish('second', i));
  t.equal(client.channel('room').trigger('third'), false);
  clock.endTurn();
  gateway.socket.applied(4);
  clock.endTurn();
  gateway.socket.applied(6);
  t.same(await Promise.all(published), [{ status: 'accepted' }, { status: 'accepted' }]);
  t.same(
    gateway.socket.commands.map(({ event, data }) => `${event} ${data}`),
    ['first 0', 'first 1', 'first 2', 'first 3', 'second 0', 'second 1'],
  );
});

t.test('publishes that wait for room are bounded in number, and one more says so', async (t) => {
  const { client, gateway, clock } = connectedClient({
    maxOutboxEvents: 1,
    maxWaitingPublishes: 2,
  });
  const room = client.channel('room');
  const kept = [0, 1, 2].map((i) => room.publish('e', i));
  await t.rejects(room.publish('e', 3), {
    code: 'outbox_full',
    message: /^the outbox is full and 2 publishes wait for room already: await some/,
  });
  await t.rejects(client.socket('1.1').close(), { code: 'outbox_full' });
  for (let i = 1; i <= 3; i += 1) {
    clock.endTurn();
    gateway.socket.applied(i);
  }
  await Promise.all(kept);
  const later = room.publish('e', 4);
  clock.endTurn();
  gateway.socket.applied(4);
  await later;
  t.same(
    gateway.socket.commands.map(({ data }) => data),
    ['0', '1', '2', '4'],
    'nothing that was accepted is lost',
  );
});

t.test(
  'publishes that wait for room are bounded in bytes, also after some have left',
  async (t) => {
    const { client, gateway, clock } = connectedClient({
      maxOutboxEvents: 1,
      maxWaitingBytes: 500,
    });
    const room = client.channel('room');
    const text = 'x'.repeat(150);
    const kept = [0, 1, 2].map(() => room.publish('e', text));
    const full = { code: 'outbox_full', message: /500 bytes wait/ };
    await t.rejects(room.publish('e', text), full);
    clock.endTurn();
    gateway.socket.applied(1);
    kept.push(room.publish('e', text));
    await t.rejects(room.publish('e', text), full);
    for (let i = 2; i <= 4; i += 1) {
      clock.endTurn();
      gateway.socket.applied(i);
    }
    await Promise.all(kept);
    const waiting = [0, 1].map(() => room.publish('e', text));
    const over = client.disconnect();
    await settled();
    clock.advance(10_000);
    await settled();
    gateway.socket.drop(1000);
    await over;
    clock.endTurn();
    for (const each of waiting) await t.rejects(each, { code: /not_sent|unknown_outcome/ });
    void client.connect();
    gateway.socket.open();
    const again = [0, 1, 2].map(() => room.publish('e', text));
    again.forEach((each) => void each.catch(() => undefined));
    await t.rejects(room.publish('e', text), full, 'and all of it is free again after an end');
  },
);

t.test('a trigger that would fit does not overtake a publish that waits for room', (t) => {
  const { client, gateway, clock } = connectedClient({ maxOutboxBytes: 400 });
  client.channel('room').trigger('first', 'x'.repeat(250));
  void client.channel('room').publish('second', 'x'.repeat(250));
  t.equal(client.channel('room').trigger('third'), false);
  clock.endTurn();
  gateway.socket.applied(1);
  clock.endTurn();
  t.match(gateway.socket.commands, [{ event: 'first' }, { event: 'second' }]);
  t.end();
});
