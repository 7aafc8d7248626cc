import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { App } from '../../../../lib/gateway/core/model/app';
import type { Decision, DecisionRequest } from '../../../../lib/gateway/core/decisions';
import { Deciders, type DecidingLink } from '../../../../lib/gateway/protocols/pipe/deciders';
import type { PipeContext } from '../../../../lib/gateway/protocols/pipe/context';
import { RuleKind, type Frame, type Rule } from '../../../../lib/wire/frames';
import { askAuth } from '../../../support/auth-request';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { WireClient } from '../../../support/wire-client';
import { runs } from '../../../support/depth';

const TIMEOUT_MS = 5000;
const UNKNOWN = 4218;
const APP = {} as App;
const QUESTION: DecisionRequest = { kind: RuleKind.AUTHORIZE, channel: 'private-a', params: '{}' };
const DECIDES: readonly Rule[] = [
  { kind: RuleKind.AUTHORIZE, channels: ['private-*'], events: [] },
];

/** A connection of a backend, as far as it is asked. */
class Backend {
  readonly app: App;
  readonly rules: readonly Rule[];
  readonly asked: Array<Extract<Frame, { type: 'query' }>> = [];
  writable = true;
  drain: (() => void) | undefined;

  constructor(rules = DECIDES, app = APP) {
    this.rules = rules;
    this.app = app;
  }

  send(frame: Frame): void {
    if (frame.type === 'query') this.asked.push(frame);
  }

  onDrain(run: () => void): void {
    this.drain = run;
  }
}

/** The deciders of a gateway without a network, its clock turned by hand. */
class OfflineDeciders {
  readonly clock = new ManualClock();
  readonly deciders: Deciders;
  readonly decisions: Decision[] = [];

  constructor(maxOpenAuthRequests = 100, maxOpenAuthBytes = 1000) {
    const { clock } = this;
    this.deciders = new Deciders({
      clock,
      hub: { turn: { whenWritten: (run: () => void) => clock.endOfTurn(run) } },
      limits: { authTimeoutMs: TIMEOUT_MS, maxOpenAuthRequests, maxOpenAuthBytes },
    } as unknown as PipeContext);
  }

  backend(rules?: readonly Rule[], app?: App): Backend {
    const backend = new Backend(rules, app);
    this.deciders.opened(backend as unknown as DecidingLink);
    return backend;
  }

  ask(question: Partial<DecisionRequest> = {}): void {
    const done = (decision: Decision): void => void this.decisions.push(decision);
    this.deciders.ask(APP, { ...QUESTION, ...question }, done);
  }

  answer(backend: Backend, id: number, result: string, code?: number): void {
    const error = code === undefined ? undefined : { code, message: '' };
    this.deciders.answered(backend as unknown as DecidingLink, {
      type: 'reply',
      id,
      result,
      error,
      asOf: [],
      more: false,
    });
  }

  lose(backend: Backend): void {
    this.deciders.closed(backend as unknown as DecidingLink);
  }

  drain(backend: Backend): void {
    const run = backend.drain;
    backend.writable = true;
    backend.drain = undefined;
    run?.();
  }
}

t.test('the questions of a turn are written together, with the time that is left', async (t) => {
  const offline = new OfflineDeciders();
  const backend = offline.backend();
  offline.ask();
  offline.ask({ params: '{"x":1}' });
  t.equal(backend.asked.length, 0);
  offline.clock.stall(1000);
  offline.clock.endTurn();
  t.match(backend.asked, [
    { id: 1, method: 'authorize', params: '{}', deadlineMs: 4000 },
    { id: 2, method: 'authorize', params: '{"x":1}', deadlineMs: 4000 },
  ]);
  offline.answer(backend, 2, 'b');
  offline.answer(backend, 1, 'a');
  t.strictSame(offline.decisions, [{ result: 'b' }, { result: 'a' }]);
  t.equal(offline.clock.timers, 0);
});

t.test('only backends of the app that decide just this are asked', async (t) => {
  const offline = new OfflineDeciders();
  const others = [
    offline.backend([]),
    offline.backend(DECIDES, {} as App),
    offline.backend([{ kind: RuleKind.AUTHORIZE, channels: ['presence-*'], events: [] }]),
    offline.backend([{ kind: RuleKind.MESSAGE, channels: ['private-*'], events: [] }]),
    offline.backend([{ kind: RuleKind.AUTHENTICATE, channels: [], events: [] }]),
  ];
  offline.ask();
  t.strictSame(offline.decisions, ['nobody']);
  offline.ask({ kind: RuleKind.AUTHENTICATE, channel: undefined });
  offline.clock.endTurn();
  t.strictSame(
    others.map(({ asked }) => asked.map(({ method }) => method)),
    [[], [], [], [], ['authenticate']],
  );
});

t.test('a backend that does not read is written to when it does again', async (t) => {
  const offline = new OfflineDeciders();
  const backend = offline.backend();
  backend.writable = false;
  offline.ask();
  offline.ask();
  offline.clock.endTurn();
  t.equal(backend.asked.length, 0);
  offline.drain(backend);
  t.equal(backend.asked.length, 2);
});

t.test('requests that wait for a backend are bounded by count and by bytes', async (t) => {
  const offline = new OfflineDeciders(2, 10);
  const backend = offline.backend();
  offline.ask();
  offline.ask();
  offline.ask();
  t.strictSame(offline.decisions, ['busy']);
  offline.clock.endTurn();
  offline.answer(backend, 1, '');
  offline.answer(backend, 2, '');
  offline.ask({ params: 'x'.repeat(10) });
  offline.ask();
  t.strictSame(offline.decisions.slice(3), ['busy']);
  offline.clock.advance(TIMEOUT_MS);
  offline.ask();
  t.strictSame(offline.decisions.slice(4), ['timeout'], 'there is room again');
});

t.test('a backend that is full leaves the question to one that is not', async (t) => {
  const offline = new OfflineDeciders(1);
  const [one, two] = [offline.backend(), offline.backend()];
  offline.ask();
  offline.ask();
  offline.clock.endTurn();
  t.same([one.asked.length, two.asked.length], [1, 1]);
});

t.test('only the connection that was asked can answer, once and in time', async (t) => {
  const offline = new OfflineDeciders();
  const [one, two] = [offline.backend(), offline.backend()];
  offline.ask();
  offline.clock.endTurn();
  const [asked, other] = one.asked.length > 0 ? [one, two] : [two, one];
  const { id } = asked.asked[0]!;
  offline.answer(other, id, 'forged');
  offline.answer(asked, id + 1, 'of another');
  t.strictSame(offline.decisions, []);
  offline.clock.advance(TIMEOUT_MS);
  offline.answer(asked, id, 'late');
  t.strictSame(offline.decisions, ['timeout']);
});

t.test(
  'a lost backend, or one that does not decide this, is asked no more; a failure is final',
  async (t) => {
    const offline = new OfflineDeciders();
    const backends = [offline.backend(), offline.backend(), offline.backend()];
    offline.ask();
    offline.clock.endTurn();
    const asked = (): Backend => backends.findLast(({ asked }) => asked.length > 0)!;
    const first = asked();
    offline.lose(first);
    backends.splice(backends.indexOf(first), 1);
    offline.clock.endTurn();
    const second = asked();
    offline.answer(second, 1, '', UNKNOWN);
    backends.splice(backends.indexOf(second), 1);
    offline.clock.endTurn();
    offline.answer(asked(), 1, '', 4500);
    t.strictSame(offline.decisions, ['failed']);
    offline.ask();
    offline.lose(asked());
    offline.clock.endTurn();
    offline.lose(second);
    t.strictSame(offline.decisions, ['failed', 'nobody']);
    t.equal(offline.clock.timers, 0);
  },
);

t.test('under any schedule each request ends exactly once and leaves nothing behind', async (t) => {
  const which = fc.nat(3);
  const step = fc.oneof(
    fc.constant({ do: 'ask' as const }),
    fc.constant({ do: 'turn' as const }),
    fc.constant({ do: 'come' as const }),
    fc.record({ do: fc.constant('lose' as const), which }),
    fc.record({ do: fc.constant('stall' as const), which }),
    fc.record({ do: fc.constant('drain' as const), which }),
    fc.record({
      do: fc.constant('answer' as const),
      which,
      at: fc.nat(5),
      code: fc.constantFrom(undefined, UNKNOWN, 4500),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(TIMEOUT_MS) }),
  );
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 200 }), (steps) => {
      const offline = new OfflineDeciders(3, 20);
      const asks: number[] = [];
      const backends = [offline.backend(), offline.backend()];
      for (const each of steps) {
        if (each.do === 'ask') {
          const at = asks.push(0) - 1;
          offline.deciders.ask(APP, QUESTION, () => void (asks[at]! += 1));
        } else if (each.do === 'turn') offline.clock.endTurn();
        else if (each.do === 'come') backends.push(offline.backend());
        else if (each.do === 'wait') offline.clock.advance(each.ms);
        else {
          const backend = backends[each.which];
          if (backend === undefined) continue;
          if (each.do === 'lose') offline.lose(backend);
          else if (each.do === 'stall') backend.writable = false;
          else if (each.do === 'drain') offline.drain(backend);
          else if (backend.asked[each.at] !== undefined) {
            offline.answer(backend, backend.asked[each.at]!.id, '', each.code);
          }
        }
      }
      offline.clock.advance(TIMEOUT_MS);
      const odd = asks.find((times) => times !== 1);
      if (odd !== undefined) throw new Error(`a question ended ${odd} times`);
      if (offline.clock.timers !== 0) throw new Error('a timer is left');
    }),
    { numRuns: runs(1000) },
  );
  t.pass('all schedules');
});

async function asked(
  t: Test,
): Promise<{ client: WireClient; answer: ReturnType<typeof askAuth>; id: number }> {
  const gateway = await startGateway(t);
  const { client } = await WireClient.attach(t, gateway.port, { rules: [...DECIDES] });
  const answer = askAuth(gateway);
  const query = await client.expect('query');
  const { socketId, channel, remoteAddress } = JSON.parse(query.params) as Record<string, unknown>;
  t.match(query, { method: 'authorize', deadlineMs: Number });
  t.strictSame([socketId, channel, remoteAddress], ['12.34', 'private-room', '127.0.0.1']);
  return { client, answer, id: query.id };
}

t.test('an answer outside of the protocol is no yes', async (t) => {
  for (const result of [
    ...['', 'true', '[]', '{}', '{"allowed":1}', '{"allowed":"true"}', '{'],
    '{"allowed":true,"channelData":{}}',
    '{"allowed":true,"sharedSecret":7}',
  ]) {
    const { client, answer, id } = await asked(t);
    client.send({ type: 'reply', id, result, asOf: [], more: false });
    t.match(await answer, { status: 502, body: { error: { code: 'backend_failed' } } }, result);
  }
});

t.test('a reply that nobody waits for does no harm', async (t) => {
  const { client, answer, id } = await asked(t);
  for (const other of [0, id + 1, 2 ** 32 - 1]) {
    client.send({ type: 'reply', id: other, result: '{"allowed":true}', asOf: [], more: false });
  }
  client.send({ type: 'reply', id, result: '{"allowed":false}', asOf: [], more: false });
  client.send({ type: 'reply', id, result: '{"allowed":true}', asOf: [], more: false });
  t.equal((await answer).status, 403);
  t.strictSame(await client.settled(), []);
});
