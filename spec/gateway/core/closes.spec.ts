import t from 'tap';
import { EventKind } from '../../../lib/wire/frames';
import { OfflineChannels } from '../../support/offline-channels';

t.test('sockets that go at once leave in slices, in order, each once', async (t) => {
  const node = new OfflineChannels();
  const browsers = Array.from({ length: 250 }, () => node.browser());
  const ids = browsers.map(({ id }) => id);
  const closed = (): string[] =>
    node.told.filter(({ kind }) => kind === EventKind.CLOSE).map(({ socketId }) => socketId);
  node.clock.endTurn();
  const sockets = [...node.app.sockets.values()];
  for (const socket of sockets) node.hub.close(socket, 1006, '');
  for (const socket of sockets) node.hub.close(socket, 1006, '');
  t.equal(closed().length, 100, 'the rest is for later turns');
  for (let turns = 0; turns < 10 && node.hub.closesWaiting > 0; turns++) node.clock.endTurn();
  t.same(closed(), ids);
  t.equal(node.app.sockets.size, 0);
});

t.test('a socket whose close was ordered is not counted as reached', async (t) => {
  const node = new OfflineChannels();
  const [a, b] = [node.browser(), node.browser()];
  for (const each of [a, b]) each.subscribe('room');
  const socket = node.app.sockets.get(a.id);
  if (socket === undefined) throw new Error('it is there');
  const publish = (): unknown =>
    node.router.publish(node.app, { channel: 'room', event: 'e', data: '1' });
  t.equal(publish(), 2);
  node.hub.turn.close(socket, 4000, '');
  t.equal(publish(), 1);
  node.hub.close(socket, 4000, '');
  t.equal(publish(), 1, 'nor when it has gone');
});
