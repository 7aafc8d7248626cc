import t, { type Test } from 'tap';
import { type Following, followOptions, type GatewayOptions } from '../../lib/gateway';
import type { Gateway } from '../../lib/gateway';
import { ManualClock } from '../support/manual-clock';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { turns, until } from '../support/until';

type App = GatewayOptions['apps'][number];

const ONE: App = { id: '1', key: 'key', secret: SECRET };
const TWO: App = { id: '2', key: 'two', secret: SECRET };

/** A gateway that follows what a spec answers. */
class Followed {
  calls = 0;
  readonly warnings: unknown[] = [];
  answer: () => GatewayOptions | Promise<GatewayOptions> = () => ({ apps: [ONE] });
  readonly clock = new ManualClock({ turns: 'real' });
  readonly following: Following;

  constructor(t: Test, gateway: Pick<Gateway, 'reload'>) {
    const nothing = (): void => undefined;
    const log = {
      ...{ debug: nothing, info: nothing, error: nothing },
      warn: (details: object) => void this.warnings.push(details),
    };
    const load = (): GatewayOptions | Promise<GatewayOptions> => {
      this.calls++;
      return this.answer();
    };
    this.following = followOptions(gateway, load, { everyMs: 5_000, log }, this.clock);
    t.teardown(() => this.following.stop());
  }

  /** Turns the clock to the next call, and waits until it was answered. */
  async next(): Promise<void> {
    const { calls } = this;
    this.clock.advance(5_000);
    await until(() => this.calls > calls);
    await turns(5);
  }
}

t.test('apps of a function come and go while the others stay', async (t) => {
  const gateway = await startGateway(t);
  const stays = await TestSocket.connect(t, gateway.port);
  const followed = new Followed(t, gateway);
  followed.answer = async () => ({ apps: [ONE, TWO] });
  await followed.next();
  const goes = await TestSocket.connect(t, gateway.port, { key: 'two' });
  followed.answer = () => ({ apps: [ONE] });
  await followed.next();
  t.equal((await goes.closed()).code, 4001);
  t.strictSame(await stays.settled(), []);
});

t.test('a program that knows of a change asks for it at once', async (t) => {
  const gateway = await startGateway(t);
  const followed = new Followed(t, gateway);
  followed.answer = () => ({ apps: [ONE, TWO] });
  await followed.following.refresh();
  await TestSocket.connect(t, gateway.port, { key: 'two' });
  followed.answer = () => ({ apps: [] });
  await t.rejects(followed.following.refresh(), { code: 'bad_option', message: /^apps: / });
  t.equal(followed.calls, 2);
  await TestSocket.connect(t, gateway.port, { key: 'two' });
});

t.test('an answer that is no other one than before is no reload', async (t) => {
  let reloads = 0;
  const followed = new Followed(t, {
    reload: () => ({ added: [], removed: [], changed: [], kept: [], n: reloads++ }),
  });
  for (let n = 0; n < 3; n++) await followed.next();
  t.strictSame([followed.calls, reloads], [3, 1]);
});

t.test('a call that fails, or answers wrong, changes nothing and is told of once', async (t) => {
  const gateway = await startGateway(t);
  const followed = new Followed(t, gateway);
  const answers: Array<() => GatewayOptions | Promise<GatewayOptions>> = [
    () => {
      throw new Error('thrown');
    },
    () => Promise.reject(new Error('rejected')),
    () => Promise.reject(new Error('rejected')),
    () => ({ apps: [] }),
    () => ({ apps: [{ ...ONE, key: '' }] }),
    () => undefined as unknown as GatewayOptions,
  ];
  for (const answer of answers) {
    followed.answer = answer;
    await followed.next();
  }
  t.equal(followed.calls, answers.length);
  t.match(followed.warnings, [
    { why: 'thrown' },
    { why: 'rejected' },
    { why: /^apps: must not be empty/ },
    { why: /^apps\[0\]\.key/ },
    { why: /./ },
  ]);
  t.equal(followed.warnings.length, 5);
  await TestSocket.connect(t, gateway.port);
  followed.answer = () => ({ apps: [ONE, TWO] });
  await followed.next();
  await TestSocket.connect(t, gateway.port, { key: 'two' });
});

t.test(
  'a call that gives no answer ends after 30 s, and its answer is not taken later',
  async (t) => {
    const gateway = await startGateway(t);
    const followed = new Followed(t, gateway);
    let late: (options: GatewayOptions) => void = () => undefined;
    followed.answer = () => new Promise((resolve) => (late = resolve));
    await followed.next();
    followed.clock.advance(29_000);
    await turns(5);
    t.strictSame([followed.calls, followed.warnings.length], [1, 0], 'one call at a time');
    followed.clock.advance(1_000);
    await until(() => followed.warnings.length === 1);
    late({ apps: [ONE, TWO] });
    await turns(5);
    const unknown = await TestSocket.open(t, gateway.port, { key: 'two' });
    t.equal((await unknown.closed()).code, 4001);
    followed.answer = () => ({ apps: [ONE, TWO] });
    await followed.next();
    await TestSocket.connect(t, gateway.port, { key: 'two' });
  },
);

t.test('calls end with the gateway, and at a stop', async (t) => {
  const gateway = await startGateway(t);
  const followed = new Followed(t, gateway);
  await gateway.stop();
  await followed.next();
  t.equal(followed.clock.timers, 0);
  t.strictSame(followed.warnings, [], 'which is no failure');
  await t.rejects(followed.following.refresh(), { code: 'closed' });

  const other = new Followed(t, await startGateway(t));
  let answer: (options: GatewayOptions) => void = () => undefined;
  other.answer = () => new Promise((resolve) => (answer = resolve));
  const asked = other.following.refresh();
  other.following.stop();
  answer({ apps: [TWO] });
  await t.rejects(asked, { code: 'closed' });
  t.equal(other.clock.timers, 0);
});

t.test('arguments that are wrong are refused with what is allowed', (t) => {
  const gateway = { reload: () => ({ added: [], removed: [], changed: [], kept: [] }) };
  const load = (): GatewayOptions => ({ apps: [ONE] });
  t.throws(() => followOptions(gateway, 1 as unknown as typeof load), { code: 'bad_argument' });
  for (const everyMs of [99, 1.5, Infinity]) {
    t.throws(() => followOptions(gateway, load, { everyMs }), {
      code: 'bad_option',
      message: /^everyMs: must be a whole number from 100/,
    });
  }
  t.end();
});
