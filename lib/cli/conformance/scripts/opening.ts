import { CLOSE_CODES } from '../../../wire/close-codes';
import type { EventKind } from '../../../wire/frames';
import type { Script } from '../script';
import type { Trial } from '../trial';

export const OPENING: readonly Script[] = [
  {
    name: 'hello',
    title: 'HELLO of a new session has no positions, a version, an attempt and the subscriptions',
    async run(trial: Trial): Promise<void> {
      const { hello } = await trial.connection();
      if (hello === undefined) return;
      trial.expect(hello.version === 1, `version is ${hello.version}, not 1`);
      trial.expect(hello.library.length <= 64, 'library has more than 64 characters');
      trial.expect(hello.session.length === 0, 'the first HELLO named a session');
      trial.expect(hello.positions.length === 0, 'the first HELLO named positions');
      trial.expect(hello.attempt >= 1, 'attempt must be at least 1');
      trial.expect(hello.nextSeq === 1, `next_seq is ${hello.nextSeq}, not 1`);
      trial.expect(hello.credit.messages > 0, 'HELLO grants no credit');
      trial.expect(hello.rules.length >= 3, 'HELLO lacks the rules SOCKET, MESSAGE and CHANNEL');
    },
  },
  {
    name: 'silent-before-welcome',
    title: 'A client sends nothing between HELLO and WELCOME, and READY first after it',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.connection();
      await trial.pause(300);
      peer.welcome();
      await trial.ready(peer);
      await trial.pause(100);
    },
  },
  {
    name: 'ping',
    title: 'A PING is answered by a PONG with its time',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.send({ type: 'ping', time: 1234.5 });
      await trial.until('PONG with the time of the PING', () =>
        peer.all('pong').find(({ time }) => time === 1234.5),
      );
    },
  },
  {
    name: 'dead',
    title: 'A connection on which nothing is heard for dead_ms is given up',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.connection();
      const limits = { frameBytes: 1_048_576, batch: 1_024, dataBytes: 10_240 };
      peer.answersPings = false;
      peer.welcome({ limits: { ...limits, pingMs: 1_000, deadMs: 2_000 } });
      await trial.ready(peer);
      await trial.until('a PING after ping_ms', () => peer.all('ping')[0]);
      await trial.until('the end of the connection', () => peer.closed);
      const next = await trial.connection();
      trial.expect(next.resumes, 'it did not resume its session');
    },
  },
  {
    name: 'unknown-frame',
    title: 'A frame of a later version is ignored, and the connection goes on',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.bytes(Buffer.from('ca0c020801', 'hex'));
      peer.events({}, { event: 'after' });
      await trial.report('begin', { event: 'after' });
    },
  },
  {
    name: 'unknown-kind',
    title: 'An event of an unknown kind is counted and acknowledged',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { kind: 999 as EventKind }, { event: 'after' });
      await trial.report('begin', { event: 'after' });
      await trial.acknowledged(2);
    },
  },
  {
    name: 'resume',
    title: 'A resumed session proves itself and says what is finished',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.events({}, { event: 'one' }, { event: 'two' });
      await trial.report('end', { event: 'two' });
      await trial.acknowledged(2);
      const second = await trial.resumed(first);
      const position = second.hello?.positions.find(({ partition }) => partition === 0);
      trial.expect(position?.offset === 2, `HELLO says offset ${position?.offset}, not 2`);
      trial.expect(position?.generation === 1, 'HELLO does not say generation 1');
      await trial.goesOn(second, 3);
      second.events({ firstOffset: 3 }, { event: 'three' });
      await trial.report('begin', { event: 'three' });
    },
  },
  {
    name: 'bad-proof',
    title: 'A client whose proof was refused with 4403 asks for a new session',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      const second = await trial.resumed(first);
      const { code } = CLOSE_CODES.bad_proof;
      second.send({ type: 'error', code, message: 'the proof does not fit' });
      second.close(code, 'bad proof');
      const third = await trial.connection();
      trial.expect(third.hello?.session.length === 0, 'it named the refused session again');
    },
  },
  {
    name: 'reset',
    title: 'After RESET, commands without an outcome are unknown, and seqs begin with 1',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.takesCommands = false;
      first.events({}, { event: 'ask', data: '{"publish":"x"}' });
      await trial.until('a command', () => first.all('commands')[0]);
      const second = await trial.resumed(first);
      second.welcome({ verdict: 'reset', reason: 'unknown_session' });
      await trial.ready(second);
      await trial.report('outcome', { name: 'x', outcome: 'unknown' });
      await trial.report('reset');
      const again = trial.commands.some(({ event }) => event === 'x');
      trial.expect(!again, 'it sent a command again whose outcome is unknown');
    },
  },
  {
    name: 'replaced',
    title: 'A client that was replaced (4409) stays closed',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.close(CLOSE_CODES.replaced.code, 'replaced');
      await trial.until('the close', () => first.closed);
      const dialled = await Promise.race([
        trial
          .connection()
          .then(() => true)
          .catch(() => false),
        trial.pause(2_500).then(() => false),
      ]);
      trial.expect(!dialled, 'it connected again');
    },
  },
  {
    name: 'go-away',
    title: 'A client that hears GO_AWAY goes on handling until it is closed',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.send({ type: 'goAway', deadlineMs: 5_000, reason: 'restart', nodes: [] });
      await trial.pause(300);
      trial.expect(peer.all('bye').length === 0, 'it said BYE at once');
      trial.expect(peer.closed === undefined, 'it closed at once');
      peer.events({}, { event: 'late' });
      await trial.report('end', { event: 'late' });
      await trial.acknowledged(1);
    },
  },
];
