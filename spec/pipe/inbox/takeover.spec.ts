import t, { type Test } from 'tap';
import type { PipeOptions } from '../../../lib/index';
import type { StandpipeError } from '../../../lib/errors';
import { startGateway } from '../../support/start-gateway';
import {
  GRACE_MS,
  GROUP,
  REVOKE_MS,
  WINDOW_MS,
  MemberRecorder,
  arranged,
  browse,
  clockOfToday,
  join,
  missed,
} from '../../support/group-members';
import { until } from '../../support/until';

t.test('when a member dies, the others go on from its last finished event', async (t) => {
  const clock = clockOfToday();
  const gateway = await startGateway(t, { clock });
  const recorder = new MemberRecorder();
  const a = await join(t, gateway, GROUP, recorder.listen('a'));
  const b = await join(t, gateway, GROUP, recorder.listen('b'));
  const c = await join(t, gateway, GROUP, recorder.listen('c'));
  await arranged(a, b, c);
  const browsers = await browse(gateway, 60);
  for (const browser of browsers) browser.send('n', 1);
  await until(() => recorder.ended.length === 60);
  // Acknowledged with the commands that follow.
  await arranged(a, b, c);
  recorder.hold('c');
  for (const browser of browsers) browser.send('n', 2);
  await until(() => recorder.heard.length === 120);
  const began = recorder.by('c').filter(({ n }) => n === 2);
  c.line.cut();
  await missed(gateway, 2);
  for (const browser of browsers) browser.send('n', 3);
  await arranged(a, b);
  t.same(
    recorder.by('c').filter(({ n }) => n === 3),
    [],
  );
  clock.advance(GRACE_MS);
  await until(() => recorder.ended.length >= 180);

  t.ok(began.length > 5, `${began.length} of 60 were with the dead member`);
  const dead = new Set(began.map(({ socketId }) => socketId));
  for (const { id } of browsers) {
    t.same(recorder.numbers(id), dead.has(id) ? [1, 2, 2, 3] : [1, 2, 3]);
  }
  const again = recorder.heard.filter(({ meta }) => meta.redelivered);
  t.equal(again.length, began.length);
  t.ok(again.every(({ n, socketId, member }) => n === 2 && dead.has(socketId) && member !== 'c'));
  const ids = new Map(began.map(({ socketId, meta }) => [socketId, meta.id]));
  t.ok(
    again.every(({ socketId, meta }) => ids.get(socketId) === meta.id),
    'by the same ids',
  );
});

t.test(
  'a member that did not give back in time is fenced, and its answers are refused',
  async (t) => {
    const clock = clockOfToday();
    const gateway = await startGateway(t, { clock });
    const recorder = new MemberRecorder();
    const a = await join(t, gateway, GROUP, recorder.listen('a'));
    const browsers = await browse(gateway, 40);
    recorder.hold('a');
    for (const browser of browsers) browser.send('n', 1);
    await until(() => recorder.heard.length === 40);
    const b = await join(t, gateway, GROUP, recorder.listen('b'));
    await arranged(a, b);
    t.equal(recorder.by('b').length, 0);
    clock.advance(REVOKE_MS);
    await until(() => recorder.by('b').length > 5);
    await arranged(a, b);

    const taken = new Set(recorder.by('b').map(({ socketId }) => socketId));
    t.ok(recorder.by('b').every(({ meta }) => meta.redelivered));
    const outcomes = new Map<string, string>();
    for (const { socketId, meta } of recorder.by('a')) {
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
    recorder.release('a');
    await arranged(a, b);
    for (const browser of browsers) browser.send('n', 2);
    await until(() => recorder.ended.length === 40 + taken.size + 40);
    t.equal(a.client.state, 'open');
    for (const { id } of browsers) t.match(recorder.of(id).at(-1), taken.has(id) ? 'b 2' : 'a 2');
  },
);

t.test(
  'a group that restarts within the window goes on from the last finished event',
  async (t) => {
    const clock = clockOfToday();
    const gateway = await startGateway(t, { clock });
    const recorder = new MemberRecorder();
    const first = await join(t, gateway, GROUP, recorder.listen('a'));
    const browsers = await browse(gateway, 20);
    for (const browser of browsers) browser.send('n', 1);
    await until(() => recorder.ended.length === 20);
    await arranged(first);
    recorder.hold('a');
    for (const browser of browsers) browser.send('n', 2);
    await until(() => recorder.heard.length === 40);

    first.line.cut();
    await missed(gateway, 0);
    for (const browser of browsers) browser.send('n', 3);
    const second = await join(t, gateway, GROUP, recorder.listen('b'));
    clock.advance(GRACE_MS);
    await until(() => recorder.by('b').length === 40);
    for (const { id } of browsers) t.same(recorder.of(id), ['a 1', 'a 2', 'b 2', 'b 3']);
    t.ok(recorder.by('b').every(({ n, meta }) => meta.redelivered === (n === 2)));

    // Handlers have ended as well, since the member waits for none.
    await until(() => recorder.ended.length === 60);
    await second.client.disconnect();
    for (const browser of browsers) browser.send('n', 4);
    await join(t, gateway, GROUP, recorder.listen('c'));
    await until(() => recorder.by('c').length === 20);
    t.ok(recorder.by('c').every(({ n, meta }) => n === 4 && !meta.redelivered));
  },
);

t.test(
  'a group that was given up and made anew numbers anew, and no one takes it for the old',
  async (t) => {
    const clock = clockOfToday();
    const gateway = await startGateway(t, { clock });
    const recorder = new MemberRecorder();
    const { client, line } = await join(t, gateway, GROUP, recorder.listen('a'));
    const [browser] = await browse(gateway, 1);
    for (let n = 1; n <= 5; n += 1) browser?.send('n', n);
    await until(() => recorder.ended.length === 5);
    line.cut();
    await missed(gateway, 0);
    // The session is forgotten after a window, and its group after another one.
    clock.advance(WINDOW_MS);
    clock.advance(WINDOW_MS);
    line.mend();
    await until(() => client.state === 'open');
    for (let n = 6; n <= 8; n += 1) browser?.send('n', n);
    await until(() => recorder.ended.length === 8);
    t.same(recorder.numbers(browser?.id ?? ''), [1, 2, 3, 4, 5, 6, 7, 8]);
    const [first, ...later] = recorder.heard.map(({ meta }) => meta.position.epoch);
    t.not(later.at(-1), first);
  },
);

/**
 * A backend leaves while its handlers run and its link is lost, which comes back before the handlers end or after it.
 */
async function leave(t: Test, named: Partial<PipeOptions>, isBackBefore: boolean): Promise<void> {
  const gateway = await startGateway(t);
  const recorder = new MemberRecorder();
  const options = { ...named, drainMs: 60_000 };
  const { client, line } = await join(t, gateway, options, recorder.listen('a'));
  const browsers = await browse(gateway, 8);
  recorder.hold('a');
  for (const browser of browsers) browser.send('n', 1);
  await until(() => recorder.heard.length === 8);
  const left = client.disconnect();
  line.cut();
  await missed(gateway, 0);
  if (isBackBefore) {
    line.mend();
    await until(() => client.state === 'open');
  }
  recorder.release('a');
  await until(() => recorder.ended.length === 8);
  line.mend();
  await left;
  for (const browser of browsers) browser.send('n', 2);
  await join(t, gateway, named, recorder.listen('b'));
  await until(() => recorder.by('b').length >= 8);
  for (const { id } of browsers) t.same(recorder.of(id), ['a 1', 'b 2']);
}

t.test(
  'a backend whose link is back when its last handlers end leaves no finished event',
  async (t) => {
    for (const named of [{ name: 'a' }, GROUP]) await leave(t, named, true);
  },
);

t.test('a backend whose last handlers end without a link leaves no finished event', async (t) => {
  for (const named of [{ name: 'a' }, GROUP]) await leave(t, named, false);
});

t.test('a lone member that is away is not waited for by a new member', async (t) => {
  const clock = clockOfToday();
  const gateway = await startGateway(t, { clock });
  const recorder = new MemberRecorder();
  const first = await join(t, gateway, GROUP, recorder.listen('a'));
  const browsers = await browse(gateway, 20);
  first.line.cut();
  await missed(gateway, 0);
  clock.advance(GRACE_MS);
  for (const browser of browsers) browser.send('n', 1);
  await join(t, gateway, GROUP, recorder.listen('b'));
  await until(() => recorder.by('b').length === 20);
  first.line.mend();
  await until(() => first.client.state === 'open');
  for (const browser of browsers) browser.send('n', 2);
  await until(() => recorder.heard.length === 40);
  for (const { id } of browsers) t.same(recorder.numbers(id), [1, 2]);
});
