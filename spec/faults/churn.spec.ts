import t from 'tap';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import { ChaosProxy } from '../support/chaos-proxy';
import { ManualClock } from '../support/manual-clock';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { churn } from './churn';
import { turns } from '../support/until';

t.test('members of a group come, leave and are killed, and no key is out of order', async (t) => {
  const report = await churn(t, { rounds: 40, perRound: 5, seed: 1 });
  t.same(report.faults, []);
  t.equal(report.overlaps, 0, 'one member at a time works on a key');
  t.ok(report.leaves > 3 && report.kills > 3, `${report.leaves} left, ${report.kills} killed`);
  t.ok(report.copies > 0, `${report.copies} messages came again`);
});

t.test('a group lives on whose first member was lost and whose second one left', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  const member = (port: number): PipeClient => {
    const options = { appId: '1', key: 'key', secret: SECRET, port, group: 'group' };
    return createClient(options).subscribe(['socket_message']).on('error', ignore);
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turns(50);
  };
  const line = await ChaosProxy.start(t, gateway.port);
  const lost = member(line.port);
  await lost.connect();
  const second = member(gateway.port);
  await second.connect();
  line.close();
  await turns(50);
  await lost.disconnect();
  // The second takes over after the grace of 5 s; the session of the first ends with its window, 120 s later.
  await pass(11_000);
  await second.disconnect();
  await pass(112_000);

  const third = member(gateway.port);
  t.teardown(() => third.disconnect());
  let heard = 0;
  third.sockets.on('event:say', () => void (heard += 1));
  await third.connect();
  // The gateway has yet to read READY, for which it waits 5 s.
  await turns(50);
  // Past the moment at which the group would have ended if nobody had come.
  await pass(9_000);
  const socket = await TestSocket.connect(t, gateway.port);
  socket.send({ event: 'say', data: 1 });
  await socket.settled();
  await turns(50);
  t.equal(third.state, 'open');
  t.equal(heard, 1);
});

function ignore(): void {
  // Errors of these calls are not under test.
}
