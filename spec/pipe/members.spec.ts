import t from 'tap';
import type { StandpipeError } from '../../lib/errors';
import type { Gateway } from '../../lib/gateway';
import type { Meta, Pipe, PipeOptions } from '../../lib/index';
import { HandClock } from '../support/hand-clock';
import { settled } from '../support/scripted-client';
import { startGateway } from '../support/start-gateway';
import {
  arranged,
  browse,
  join,
  until,
  type Heard,
  type MemberOnStage,
} from '../support/stage-of-members';

const GRACE_MS = 10_000;
const REVOKE_MS = 10_000;

/** What all members heard, in the order they did; `hold` keeps handlers running. */
class Stage {
  readonly heard: Heard[] = [];
  readonly ended: Heard[] = [];
  readonly opened = new Map<string, string>();
  readonly closed = new Map<string, string | undefined>();
  readonly #held = new Map<string, Array<() => void>>();

  /** Listens as a member. */
  listen(member: string): (client: Pipe) => void {
    return (client) => {
      client.subscribe(['socket_existence', 'socket_message']);
      client.sockets.on('open', (id) => void this.opened.set(id, member));
      client.sockets.on('close', (id, { reason }) => {
        this.opened.delete(id);
        this.closed.set(id, reason);
      });
      const handle = async (socketId: string, data: unknown, meta: Meta): Promise<void> => {
        const heard = { member, socketId, n: data as number, meta };
        this.heard.push(heard);
        const held = this.#held.get(member);
        if (held === undefined) await settled();
        else await new Promise<void>((resolve) => held.push(resolve));
        this.ended.push(heard);
      };
      client.sockets.on('event:n', handle);
      client.channels.on('event:n', (_channel, id, data, meta) => handle(id, data, meta));
    };
  }

  /** From here on the handlers of a member run until `release`. */
  hold(...members: string[]): void {
    for (const member of members) this.#held.set(member, []);
  }

  release(member: string): void {
    const held = this.#held.get(member) ?? [];
    this.#held.delete(member);
    for (const end of held) end();
  }

  /** `member n` of a socket, in order. */
  of(socketId: string): string[] {
    return this.heard
      .filter((heard) => heard.socketId === socketId)
      .map(({ member, n }) => `${member} ${n}`);
  }

  numbers(socketId: string): number[] {
    return this.heard.filter((heard) => heard.socketId === socketId).map(({ n }) => n);
  }

  by(member: string): Heard[] {
    return this.heard.filter((heard) => heard.member === member);
  }
}

/** Clients of the real day sign with its time. */
function clockOfToday(): HandClock {
  const clock = new HandClock();
  clock.wallMs = Date.now();
  return clock;
}

/** The gateway has noticed that a connection is gone, and has so many left. */
async function missed({ metrics }: Gateway, left: number): Promise<void> {
  let pipes: number | undefined;
  await until('a connection is missed', () => {
    void metrics.registry
      .getSingleMetric('standpipe_pipes')
      ?.get()
      .then(({ values }) => {
        pipes = values[0]?.value;
      });
    return pipes === left;
  });
}

const GROUP: Partial<PipeOptions> = { group: 'game' };

t.test(
  'three members share the events of 1 000 sockets, each in order with one of them',
  async (t) => {
    const gateway = await startGateway(t);
    const stage = new Stage();
    const members: MemberOnStage[] = [];
    for (const name of ['a', 'b', 'c']) {
      members.push(await join(t, gateway, GROUP, stage.listen(name)));
    }
    await arranged(...members);
    const browsers = await browse(gateway, 1_000);
    for (let n = 0; n < 5; n += 1) for (const browser of browsers) browser.send('n', n);
    await until('all events', () => stage.ended.length >= 5_000);
    for (const { id } of browsers) {
      const [first = ''] = stage.of(id);
      const member = first.slice(0, 1);
      const wanted = [0, 1, 2, 3, 4].map((n) => `${member} ${n}`);
      if (stage.of(id).join() !== wanted.join()) t.same(stage.of(id), wanted);
      if (stage.opened.get(id) !== member) t.equal(stage.opened.get(id), member);
    }
    t.equal(stage.heard.length, 5_000);
    for (const name of ['a', 'b', 'c']) {
      const share = stage.by(name).length;
      t.ok(share > 500 && share < 3_000, `${name} has ${share} of 5 000`);
    }
  },
);

t.test('what a new member takes over it gets when the handlers that run have ended', async (t) => {
  const gateway = await startGateway(t);
  const stage = new Stage();
  const a = await join(t, gateway, GROUP, stage.listen('a'));
  const b = await join(t, gateway, GROUP, stage.listen('b'));
  await arranged(a, b);
  stage.hold('a', 'b');
  const browsers = await browse(gateway, 60);
  for (const browser of browsers) browser.send('n', 1);
  await until('the first events', () => stage.heard.length === 60);
  const c = await join(t, gateway, GROUP, stage.listen('c'));
  await arranged(a, b, c);
  for (const browser of browsers) browser.send('n', 2);
  await arranged(a, b, c);
  t.equal(stage.by('c').length, 0, 'nothing before these have ended');
  stage.release('a');
  stage.release('b');
  await until('the second events', () => stage.ended.length === 120);
  let moved = 0;
  for (const { id } of browsers) {
    const [before = '', after = ''] = stage.of(id);
    t.same(stage.numbers(id), [1, 2]);
    if (before.startsWith(after.slice(0, 1))) continue;
    t.match(after, /^c/, 'nothing moves between the others');
    moved += 1;
  }
  t.ok(moved > 5 && moved < 40, `${moved} of 60 moved`);
  t.same(
    stage.heard.filter(({ meta }) => meta.redelivered),
    [],
  );
});

t.test('when a member dies, the others go on from its last finished event', async (t) => {
  const clock = clockOfToday();
  const gateway = await startGateway(t, { clock });
  const stage = new Stage();
  const a = await join(t, gateway, GROUP, stage.listen('a'));
  const b = await join(t, gateway, GROUP, stage.listen('b'));
  const c = await join(t, gateway, GROUP, stage.listen('c'));
  await arranged(a, b, c);
  const browsers = await browse(gateway, 60);
  for (const browser of browsers) browser.send('n', 1);
  await until('the first events', () => stage.ended.length === 60);
  // Acknowledged with the commands that follow.
  await arranged(a, b, c);
  stage.hold('c');
  for (const browser of browsers) browser.send('n', 2);
  await until('the second events', () => stage.heard.length === 120);
  const began = stage.by('c').filter(({ n }) => n === 2);
  c.line.cut();
  await missed(gateway, 2);
  for (const browser of browsers) browser.send('n', 3);
  await arranged(a, b);
  t.same(
    stage.by('c').filter(({ n }) => n === 3),
    [],
  );
  clock.advance(GRACE_MS);
  await until('the rest', () => stage.ended.length >= 180);

  t.ok(began.length > 5, `${began.length} of 60 were with the dead member`);
  const dead = new Set(began.map(({ socketId }) => socketId));
  for (const { id } of browsers) {
    t.same(stage.numbers(id), dead.has(id) ? [1, 2, 2, 3] : [1, 2, 3]);
  }
  const again = stage.heard.filter(({ meta }) => meta.redelivered);
  t.equal(again.length, began.length);
  t.ok(again.every(({ n, socketId, member }) => n === 2 && dead.has(socketId) && member !== 'c'));
  const ids = new Map(began.map(({ socketId, meta }) => [socketId, meta.position]));
  t.ok(again.every(({ socketId, meta }) => ids.get(socketId)?.offset === meta.position.offset));
});

t.test('one that did not give back in time is fenced, and its answers are refused', async (t) => {
  const clock = clockOfToday();
  const gateway = await startGateway(t, { clock });
  const stage = new Stage();
  const a = await join(t, gateway, GROUP, stage.listen('a'));
  const browsers = await browse(gateway, 40);
  stage.hold('a');
  for (const browser of browsers) browser.send('n', 1);
  await until('the events', () => stage.heard.length === 40);
  const b = await join(t, gateway, GROUP, stage.listen('b'));
  await arranged(a, b);
  t.equal(stage.by('b').length, 0);
  clock.advance(REVOKE_MS);
  await until('b has some', () => stage.by('b').length > 5);
  await arranged(a, b);

  const taken = new Set(stage.by('b').map(({ socketId }) => socketId));
  t.ok(stage.by('b').every(({ meta }) => meta.redelivered));
  const outcomes = new Map<string, string>();
  for (const { socketId, meta } of stage.by('a')) {
    const answer = a.client.socket(socketId).publish('answer', 1, { cause: meta });
    const outcome = await answer.then(
      () => 'applied',
      ({ code, status }: StandpipeError) => `${code} ${status}`,
    );
    outcomes.set(socketId, outcome);
  }
  for (const { id } of browsers) {
    t.equal(outcomes.get(id), taken.has(id) ? 'refused 4216' : 'applied');
  }
  const [stray = ''] = taken;
  await a.client.socket(stray).publish('answer', 1);
  t.pass('what answers no event is applied');
  stage.release('a');
  await arranged(a, b);
  for (const browser of browsers) browser.send('n', 2);
  await until('all is well again', () => stage.ended.length === 40 + taken.size + 40);
  t.equal(a.client.state, 'open');
  for (const { id } of browsers) t.match(stage.of(id).at(-1), taken.has(id) ? 'b 2' : 'a 2');
});

t.test(
  'a group that restarts within the window goes on from the last finished event',
  async (t) => {
    const clock = clockOfToday();
    const gateway = await startGateway(t, { clock });
    const stage = new Stage();
    const first = await join(t, gateway, GROUP, stage.listen('a'));
    const browsers = await browse(gateway, 20);
    for (const browser of browsers) browser.send('n', 1);
    await until('the first events', () => stage.ended.length === 20);
    await arranged(first);
    stage.hold('a');
    for (const browser of browsers) browser.send('n', 2);
    await until('the second events', () => stage.heard.length === 40);

    first.line.cut();
    await missed(gateway, 0);
    for (const browser of browsers) browser.send('n', 3);
    const second = await join(t, gateway, GROUP, stage.listen('b'));
    clock.advance(GRACE_MS);
    await until('b has heard it all', () => stage.by('b').length === 40);
    for (const { id } of browsers) t.same(stage.of(id), ['a 1', 'a 2', 'b 2', 'b 3']);
    t.ok(stage.by('b').every(({ n, meta }) => meta.redelivered === (n === 2)));

    await second.client.disconnect();
    for (const browser of browsers) browser.send('n', 4);
    await join(t, gateway, GROUP, stage.listen('c'));
    await until('c has heard the rest', () => stage.by('c').length === 20);
    t.ok(stage.by('c').every(({ n, meta }) => n === 4 && !meta.redelivered));
  },
);

t.test('one that was alone and away is not waited for by the member that comes', async (t) => {
  const clock = clockOfToday();
  const gateway = await startGateway(t, { clock });
  const stage = new Stage();
  const first = await join(t, gateway, GROUP, stage.listen('a'));
  const browsers = await browse(gateway, 20);
  first.line.cut();
  await missed(gateway, 0);
  clock.advance(GRACE_MS);
  for (const browser of browsers) browser.send('n', 1);
  await join(t, gateway, GROUP, stage.listen('b'));
  await until('b has it all', () => stage.by('b').length === 20);
  first.line.mend();
  await until('a is back', () => first.client.state === 'open');
  for (const browser of browsers) browser.send('n', 2);
  await until('both have the rest', () => stage.heard.length === 40);
  for (const { id } of browsers) t.same(stage.numbers(id), [1, 2]);
});

t.test('every group, and every backend without one, gets everything', async (t) => {
  const gateway = await startGateway(t);
  const stage = new Stage();
  const broadcast: Partial<PipeOptions> = { group: { name: 'all', mode: 'broadcast' } };
  const members = [
    await join(t, gateway, { group: 'one' }, stage.listen('1')),
    await join(t, gateway, { group: 'two' }, stage.listen('2')),
    await join(t, gateway, {}, stage.listen('alone')),
    await join(t, gateway, broadcast, stage.listen('b')),
    await join(t, gateway, broadcast, stage.listen('c')),
  ];
  const browsers = await browse(gateway, 20);
  for (const browser of browsers) browser.send('n', 1);
  await until('all events', () => stage.heard.length >= 100);
  await arranged(...members);
  for (const name of ['1', '2', 'alone', 'b', 'c']) t.equal(stage.by(name).length, 20, name);
});

t.test('without an order each event goes to one member, whoever it is', async (t) => {
  const gateway = await startGateway(t);
  const stage = new Stage();
  const shared: Partial<PipeOptions> = { group: { name: 'work', mode: 'shared' } };
  const members = [
    await join(t, gateway, shared, stage.listen('a')),
    await join(t, gateway, shared, stage.listen('b')),
  ];
  await arranged(...members);
  const [browser] = await browse(gateway, 1);
  for (let n = 0; n < 100; n += 1) browser?.send('n', n);
  await until('all events', () => stage.heard.length >= 100);
  await arranged(...members);
  t.equal(new Set(stage.heard.map(({ n }) => n)).size, 100);
  t.equal(stage.heard.length, 100);
  for (const name of ['a', 'b']) t.ok(stage.by(name).length > 10, name);
});

t.test('in order of channels, a channel is with one member whoever speaks', async (t) => {
  const gateway = await startGateway(t);
  const stage = new Stage();
  const byChannel: Partial<PipeOptions> = { group: { name: 'rooms', order: 'channel' } };
  const members = [
    await join(t, gateway, byChannel, stage.listen('a')),
    await join(t, gateway, byChannel, stage.listen('b')),
  ];
  await arranged(...members);
  const browsers = await browse(gateway, 10);
  const rooms = Array.from({ length: 10 }, (_, i) => `private-${i}`);
  for (const browser of browsers) for (const room of rooms) await browser.subscribe(room);
  let n = 0;
  for (const room of rooms) for (const browser of browsers) browser.send('n', (n += 1), room);
  await until('all events', () => stage.heard.length >= 100);
  const spoke = new Map<string, Heard[]>();
  for (const heard of stage.heard) {
    const room = heard.meta.channel ?? '';
    spoke.set(room, [...(spoke.get(room) ?? []), heard]);
  }
  t.equal(spoke.size, 10);
  for (const [room, all] of spoke) {
    t.equal(new Set(all.map(({ member }) => member)).size, 1, room);
    const order = all.map((heard) => heard.n);
    t.same(
      order,
      order.toSorted((x, y) => x - y),
    );
  }
  t.equal(new Set(stage.heard.map(({ member }) => member)).size, 2);
});

t.test('when the gateway is another process, all its sockets are closed and told so', async (t) => {
  const [one, two] = [await startGateway(t), await startGateway(t)];
  for (const group of [undefined, 'game']) {
    const stage = new Stage();
    const { client, line } = await join(t, one, { group }, stage.listen('a'));
    const resets: string[] = [];
    client.on('reset', ({ reason }) => void resets.push(`${reason} ${stage.closed.size}`));
    const browsers = await browse(one, 10);
    const [known] = await browse(two, 1);
    await until('all are known', () => browsers.every(({ id }) => stage.opened.has(id)));
    line.cut();
    line.port = two.port;
    line.mend();
    await until('the new one is known', () => stage.opened.has(known?.id ?? ''));
    t.same(resets, ['unknown_session 0'], 'the reset is told first');
    for (const { id } of browsers) t.equal(stage.closed.get(id), 'node_lost');
    for (const browser of browsers) browser.close();
    known?.close();
    await until('it is gone', () => stage.opened.size === 0);
    await client.disconnect();
  }
});

t.test('a log that overflows tells of the gap first, and then what is true', async (t) => {
  for (const group of [undefined, 'game']) {
    const limits = { maxPipeUnackedEvents: 20, pipePartitions: 4 };
    const gateway = await startGateway(t, { limits });
    const stage = new Stage();
    const told: string[] = [];
    const { client, line } = await join(t, gateway, { group }, (member) => {
      member.on('gap', ({ cause, count }) => void told.push(`${cause} ${(count ?? 0) > 0}`));
      stage.listen('a')(member);
      member.sockets.on('close', (_id, { resync }) => void (resync && told.push('close')));
    });
    const early = await browse(gateway, 40);
    await until('they are known', () => stage.opened.size === 40);
    await arranged({ client, line });
    line.cut();
    for (const browser of early.slice(10)) browser.close();
    const late = await browse(gateway, 30);
    for (const browser of late) browser.send('n', 1);
    line.mend();
    const open = [...early.slice(0, 10), ...late].map(({ id }) => id).sort();
    await until('the truth', () => [...stage.opened.keys()].sort().join() === open.join());
    t.match(told[0], 'overflow true');
    t.ok(told.includes('close'));
    late[0]?.send('n', 2);
    await until('it goes on', () => stage.heard.some(({ n }) => n === 2));
    t.ok(
      stage
        .numbers(late[0]?.id ?? '')
        .join()
        .endsWith('2'),
    );
    await client.disconnect();
  }
});
