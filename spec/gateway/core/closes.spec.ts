import t from 'tap';
import { EventKind } from '../../../lib/wire/frames';
import { Departures } from '../../../lib/gateway/core/departures';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
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

t.test('closes that were ordered are pending until their sockets have left', async (t) => {
  const node = new OfflineChannels();
  const [a, b] = [node.browser(), node.browser()];
  for (const each of [a, b]) each.subscribe('room');
  const departures = new Departures(node.hub, node.apps, new TurnBudget(node.clock));
  const [first, second] = [...node.app.sockets.values()];
  if (first === undefined || second === undefined) throw new Error('they are there');
  t.equal(departures.pending, false);
  node.hub.turn.close(first, 4000, '');
  t.equal(departures.pending, true);
  node.hub.close(first, 4000, '');
  node.hub.close(second, 1006, '');
  t.equal(departures.pending, false);
  node.hub.turn.close(second, 4000, '');
  t.equal(departures.pending, false, 'a socket that is gone has nothing to leave');
});
