import t from 'tap';
import { EventKind } from '../../../lib/wire/frames';
import { OfflineChannels } from '../../support/offline-channels';

t.test('sockets that go at once leave in slices, in order, each once', async (t) => {
  const rig = new OfflineChannels();
  const browsers = Array.from({ length: 250 }, () => rig.browser());
  const ids = browsers.map(({ id }) => id);
  const closed = (): string[] =>
    rig.told.filter(({ kind }) => kind === EventKind.CLOSE).map(({ socketId }) => socketId);
  rig.clock.endTurn();
  const sockets = [...rig.app.sockets.values()];
  for (const socket of sockets) rig.hub.close(socket, 1006, '');
  for (const socket of sockets) rig.hub.close(socket, 1006, '');
  t.equal(closed().length, 100, 'the rest is for later turns');
  for (let turns = 0; turns < 10 && rig.hub.closesWaiting > 0; turns++) rig.clock.endTurn();
  t.same(closed(), ids);
  t.equal(rig.app.sockets.size, 0);
});

t.test('a socket whose close was ordered is not counted as reached', async (t) => {
  const rig = new OfflineChannels();
  const [a, b] = [rig.browser(), rig.browser()];
  for (const each of [a, b]) each.subscribe('room');
  const socket = rig.app.sockets.get(a.id);
  if (socket === undefined) throw new Error('it is there');
  const publish = (): number =>
    rig.router.publish(rig.app, { channel: 'room', event: 'e', data: '1' });
  t.equal(publish(), 2);
  rig.hub.turn.close(socket, 4000, '');
  t.equal(publish(), 1);
  rig.hub.close(socket, 4000, '');
  t.equal(publish(), 1, 'nor when it has gone');
});
