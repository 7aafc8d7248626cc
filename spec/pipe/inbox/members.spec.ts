import t from 'tap';
import type { PipeOptions } from '../../../lib/index';
import { SECRET, startGateway } from '../../support/start-gateway';
import {
  GROUP,
  MemberRecorder,
  arranged,
  browse,
  join,
  type Heard,
  type JoinedMember,
} from '../../support/group-members';
import { until } from '../../support/until';

t.test(
  'three members share the events of 1 000 sockets, each in order with one of them',
  async (t) => {
    const gateway = await startGateway(t);
    const recorder = new MemberRecorder();
    const members: JoinedMember[] = [];
    for (const name of ['a', 'b', 'c']) {
      members.push(await join(t, gateway, GROUP, recorder.listen(name)));
    }
    await arranged(...members);
    const browsers = await browse(gateway, 1_000);
    for (let n = 0; n < 5; n += 1) for (const browser of browsers) browser.send('n', n);
    await until(() => recorder.ended.length >= 5_000);
    for (const { id } of browsers) {
      const [first = ''] = recorder.of(id);
      const member = first.slice(0, 1);
      const wanted = [0, 1, 2, 3, 4].map((n) => `${member} ${n}`);
      if (recorder.of(id).join() !== wanted.join()) t.same(recorder.of(id), wanted);
      if (recorder.opened.get(id) !== member) t.equal(recorder.opened.get(id), member);
    }
    t.equal(recorder.heard.length, 5_000);
    for (const name of ['a', 'b', 'c']) {
      const share = recorder.by(name).length;
      t.ok(share > 500 && share < 3_000, `${name} has ${share} of 5 000`);
    }
  },
);

t.test('a new member gets its partitions when their running handlers have ended', async (t) => {
  const gateway = await startGateway(t);
  const recorder = new MemberRecorder();
  const a = await join(t, gateway, GROUP, recorder.listen('a'));
  const b = await join(t, gateway, GROUP, recorder.listen('b'));
  await arranged(a, b);
  recorder.hold('a', 'b');
  const browsers = await browse(gateway, 60);
  for (const browser of browsers) browser.send('n', 1);
  await until(() => recorder.heard.length === 60);
  const c = await join(t, gateway, GROUP, recorder.listen('c'));
  await arranged(a, b, c);
  for (const browser of browsers) browser.send('n', 2);
  await arranged(a, b, c);
  t.equal(recorder.by('c').length, 0, 'nothing before these have ended');
  recorder.release('a');
  recorder.release('b');
  await until(() => recorder.ended.length === 120);
  let moved = 0;
  for (const { id } of browsers) {
    const [before = '', after = ''] = recorder.of(id);
    t.same(recorder.numbers(id), [1, 2]);
    if (before.startsWith(after.slice(0, 1))) continue;
    t.match(after, /^c/, 'nothing moves between the others');
    moved += 1;
  }
  t.ok(moved > 5 && moved < 40, `${moved} of 60 moved`);
  t.same(
    recorder.heard.filter(({ meta }) => meta.redelivered),
    [],
  );
});

t.test('every group, and every backend without one, gets everything', async (t) => {
  const gateway = await startGateway(t);
  const recorder = new MemberRecorder();
  const broadcast: Partial<PipeOptions> = { group: { name: 'all', mode: 'broadcast' } };
  const members = [
    await join(t, gateway, { group: 'one' }, recorder.listen('1')),
    await join(t, gateway, { group: 'two' }, recorder.listen('2')),
    await join(t, gateway, {}, recorder.listen('alone')),
    await join(t, gateway, broadcast, recorder.listen('b')),
    await join(t, gateway, broadcast, recorder.listen('c')),
  ];
  const browsers = await browse(gateway, 20);
  for (const browser of browsers) browser.send('n', 1);
  await until(() => recorder.heard.length >= 100);
  await arranged(...members);
  for (const name of ['1', '2', 'alone', 'b', 'c']) t.equal(recorder.by(name).length, 20, name);
});

t.test('without an order each event goes to one member, whoever it is', async (t) => {
  const gateway = await startGateway(t);
  const recorder = new MemberRecorder();
  const shared: Partial<PipeOptions> = { group: { name: 'work', mode: 'shared' } };
  const members = [
    await join(t, gateway, shared, recorder.listen('a')),
    await join(t, gateway, shared, recorder.listen('b')),
  ];
  await arranged(...members);
  const [browser] = await browse(gateway, 1);
  for (let n = 0; n < 100; n += 1) browser?.send('n', n);
  await until(() => recorder.heard.length >= 100);
  await arranged(...members);
  t.equal(new Set(recorder.heard.map(({ n }) => n)).size, 100);
  t.equal(recorder.heard.length, 100);
  for (const name of ['a', 'b']) t.ok(recorder.by(name).length > 10, name);
});

t.test('in order of channels, a channel is with one member whoever speaks', async (t) => {
  const gateway = await startGateway(t);
  const recorder = new MemberRecorder();
  const byChannel: Partial<PipeOptions> = { group: { name: 'rooms', order: 'channel' } };
  const members = [
    await join(t, gateway, byChannel, recorder.listen('a')),
    await join(t, gateway, byChannel, recorder.listen('b')),
  ];
  await arranged(...members);
  const browsers = await browse(gateway, 5);
  const rooms = Array.from({ length: 20 }, (_, i) => `private-${i}`);
  for (const browser of browsers) for (const room of rooms) await browser.subscribe(room);
  let n = 0;
  for (const room of rooms) for (const browser of browsers) browser.send('n', (n += 1), room);
  await until(() => recorder.heard.length >= 100);
  const spoke = new Map<string, Heard[]>();
  for (const heard of recorder.heard) {
    const room = heard.meta.channel ?? '';
    spoke.set(room, [...(spoke.get(room) ?? []), heard]);
  }
  t.equal(spoke.size, 20);
  for (const [room, all] of spoke) {
    t.equal(new Set(all.map(({ member }) => member)).size, 1, room);
    const order = all.map((heard) => heard.n);
    t.same(
      order,
      order.toSorted((x, y) => x - y),
    );
  }
  t.equal(new Set(recorder.heard.map(({ member }) => member)).size, 2);
});

t.test('when the gateway is another process, all its sockets are closed and told so', async (t) => {
  const [one, two] = [await startGateway(t), await startGateway(t)];
  for (const group of [undefined, 'game']) {
    const recorder = new MemberRecorder();
    const { client, line } = await join(t, one, { group }, recorder.listen('a'));
    const resets: string[] = [];
    client.on('reset', ({ reason }) => void resets.push(`${reason} ${recorder.closed.size}`));
    const browsers = await browse(one, 10);
    const [known] = await browse(two, 1);
    await until(() => browsers.every(({ id }) => recorder.opened.has(id)));
    line.cut();
    line.port = two.port;
    line.mend();
    await until(() => recorder.opened.has(known?.id ?? ''));
    t.same(resets, ['unknown_session 0'], 'the reset is told first');
    for (const { id } of browsers) t.equal(recorder.closed.get(id), 'node_lost');
    for (const browser of browsers) browser.close();
    known?.close();
    await until(() => recorder.opened.size === 0);
    await client.disconnect();
  }
});

t.test(
  'when an app was taken out and put back, all its sockets are closed and told so',
  async (t) => {
    const app = { id: '1', key: 'key', secret: SECRET };
    const gateway = await startGateway(t, { apps: [app] });
    for (const group of [undefined, 'game']) {
      const recorder = new MemberRecorder();
      const { client } = await join(t, gateway, { group }, recorder.listen('a'));
      const browsers = await browse(gateway, 10);
      await until(() => browsers.every(({ id }) => recorder.opened.has(id)));
      gateway.reload({ apps: [{ ...app, id: '2', key: 'other' }] });
      await until(() => !client.connected);
      gateway.reload({ apps: [app] });
      await until(() => client.connected);
      await until(() => recorder.closed.size === browsers.length);
      for (const { id } of browsers) t.equal(recorder.closed.get(id), 'node_lost');
      await client.disconnect();
    }
  },
);

t.test('a log that overflows tells of the gap first, and then what is true', async (t) => {
  for (const group of [undefined, 'game']) {
    const limits = { maxPipeUnackedEvents: 20, pipePartitions: 4 };
    const gateway = await startGateway(t, { limits });
    const recorder = new MemberRecorder();
    const told: string[] = [];
    const { client, line } = await join(t, gateway, { group }, (member) => {
      member.on('gap', ({ cause, count }) => void told.push(`${cause} ${(count ?? 0) > 0}`));
      recorder.listen('a')(member);
      member.sockets.on('close', (_id, { resync }) => void (resync && told.push('close')));
    });
    const early = await browse(gateway, 40);
    await until(() => recorder.opened.size === 40);
    await arranged({ client, line });
    line.cut();
    for (const browser of early.slice(10)) browser.close();
    const late = await browse(gateway, 30);
    for (const browser of late) browser.send('n', 1);
    line.mend();
    const open = [...early.slice(0, 10), ...late].map(({ id }) => id).sort();
    await until(() => [...recorder.opened.keys()].sort().join() === open.join());
    t.match(told[0], 'overflow true');
    t.ok(told.includes('close'));
    late[0]?.send('n', 2);
    await until(() => recorder.heard.some(({ n }) => n === 2));
    t.ok(
      recorder
        .numbers(late[0]?.id ?? '')
        .join()
        .endsWith('2'),
    );
    await client.disconnect();
  }
});
