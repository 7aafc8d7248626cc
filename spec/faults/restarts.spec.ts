import t from 'tap';
import { TestSocket } from '../support/test-socket';
import { handOver, Parent } from './handover';
import { rollingRestart } from './restarts';

t.test('a gateway that is restarted gently loses nothing it has taken', async (t) => {
  const report = await rollingRestart(t, { restarts: 2, browsers: 10, drainMs: 2_000 });
  t.same(report.faults, []);
  t.ok(report.sockets >= 30, `${report.sockets} sockets`);
  t.equal(report.closes, report.sockets, 'a close for each');
  t.equal(report.repeated, 0);
  t.same(report.codes, [4100]);
});

t.test(
  'pusher-js comes back over ws where the next gateway has the socket of the first',
  async (t) => {
    const report = await handOver(t, { way: 'passed on', sockets: 5, where: 'node' });
    t.same(report.transports, ['ws']);
    t.ok(report.connects > 10, `${report.connects} connects`);
    t.equal(report.refused, 0, 'no connect is refused');
  },
);

t.test('pusher-js comes back over ws where the next gateway waits for the port', async (t) => {
  const report = await handOver(t, { way: 'waited for', sockets: 5, where: 'node' });
  t.same(report.transports, ['ws']);
});

t.test(
  'connects are left to the next gateway as soon as the first one closes sockets',
  async (t) => {
    const parent = await Parent.start(t, 'passed on');
    const first = await parent.gateway();
    // Three waves.
    const connects = Array.from({ length: 120 }, () => TestSocket.connect(t, parent.port));
    const sockets = await Promise.all(connects);
    await parent.gateway();
    const ends = sockets.map((socket) => socket.closed());
    process.kill(first, 'SIGTERM');
    t.equal((await Promise.race(ends)).code, 4100);
    for (let n = 0; n < 20; n++) await TestSocket.connect(t, parent.port);
    for (const { code } of await Promise.all(ends)) t.equal(code, 4100);
  },
);
