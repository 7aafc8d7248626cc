import { EventKind } from '../../../wire/frames';
import { applied } from '../peer';
import type { Script } from '../script';
import type { Trial } from '../trial';

const REVOKE = { type: 'revoke', partition: 0, generation: 1, deadlineMs: 5_000 } as const;
const LOST = { type: 'lost', partition: 0, generation: 1 } as const;

export const GROUPS: readonly Script[] = [
  {
    name: 'revoke-idle',
    title: 'A partition of which nothing runs is returned at once',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'one' });
      await trial.report('end', { event: 'one' });
      peer.send(REVOKE);
      const { position } = await trial.until('RETURNED', () => peer.all('returned')[0]);
      trial.expect(position.offset === 1, `RETURNED says offset ${position.offset}, not 1`);
      trial.expect(position.generation === 1, 'RETURNED says another generation');
      peer.send(LOST);
    },
  },
  {
    name: 'revoke-queue',
    title: 'REVOKE waits for the running handler, and leaves what has not begun to the next owner',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'runs', data: '{"ms":500}' }, { event: 'waits' });
      await trial.report('begin', { event: 'runs' });
      peer.send(REVOKE);
      await trial.pause(150);
      trial.expect(peer.all('returned').length === 0, 'it returned while a handler ran');
      const { position } = await trial.until('RETURNED', () => peer.all('returned')[0]);
      trial.expect(
        trial.found('end', { event: 'runs' }).length === 1,
        'RETURNED came before the handler had ended, or before the report of its end',
      );
      trial.expect(position.offset === 1, `RETURNED says offset ${position.offset}, not 1`);
      peer.send(LOST);
      await trial.pause(200);
      trial.expect(trial.found('begin', { event: 'waits' }).length === 0, 'it began what waited');
    },
  },
  {
    name: 'revoke-answers',
    title: 'The answers of a handler go before RETURNED, also when they wait for credit',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.connection();
      const grant = (messages: number) => ({ credit: { messages, bytes: 100_000 } });
      peer.welcome({ commandAck: applied(0, grant(1)) });
      peer.acknowledges = false;
      await trial.ready(peer);
      const assigned = [{ partition: 0, generation: 1, epoch: 1, firstOffset: 1 }];
      peer.send({ type: 'assign', assigned });
      peer.snapshot(0, []);
      peer.events({}, { event: 'ask', data: '{"answer":true,"ms":300}' });
      await trial.until('a command', () => (trial.session.nextSeq > 1 ? true : undefined));
      peer.send(REVOKE);
      await trial.pause(600);
      const early = peer.all('returned').length > 0;
      trial.expect(!early, 'it sent RETURNED while answers still waited for credit');
      peer.acknowledges = true;
      const last = trial.session.nextSeq - 1;
      peer.send({ type: 'commandAck', ...applied(last, grant(1_000)) });
      await trial.until('RETURNED', () => peer.all('returned')[0]);
      const answers = trial.commands.filter(({ event }) => event === 'answer').length;
      trial.expect(answers === 2, `${answers} of 2 answers had come before RETURNED`);
    },
  },
  {
    name: 'revoke-deadline',
    title: 'A handler that runs beyond the deadline does not hold RETURNED back',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'stuck', data: '{"ms":4000}' });
      await trial.report('begin', { event: 'stuck' });
      peer.send({ ...REVOKE, deadlineMs: 300 });
      const { position } = await trial.until(
        'RETURNED after the deadline',
        () => peer.all('returned')[0],
        2_500,
      );
      trial.expect(position.offset === 0, 'it acknowledged an event whose handler runs');
    },
  },
  {
    name: 'revoke-old',
    title: 'REVOKE of another generation is ignored',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.send({ ...REVOKE, generation: 7 });
      peer.events({}, { event: 'after' });
      const returned = (): boolean => peer.all('returned').length > 0;
      await trial.until("the report 'begin'", () =>
        returned() || trial.found('begin', { event: 'after' }).length > 0 ? true : undefined,
      );
      trial.expect(!returned(), 'it returned the partition');
    },
  },
  {
    name: 'lost-away',
    title: 'A partition that WELCOME does not name is lost: no close is told, nothing acknowledged',
    group: true,
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.events(
        {},
        { kind: EventKind.OPEN },
        { event: 'runs', data: '{"ms":2500}' },
        { event: 'waits' },
      );
      await trial.report('begin', { event: 'runs' });
      const second = await trial.resumed(first);
      const before = second.frames.length;
      second.welcome({ verdict: 'resumed', assigned: [] });
      await trial.ready(second);
      await trial.report('end', { event: 'runs' });
      await trial.pause(300);
      trial.expect(trial.found('close').length === 0, 'it told a close of a socket that moved');
      trial.expect(trial.found('begin', { event: 'waits' }).length === 0, 'it began what waited');
      const acked = second.frames
        .slice(before)
        .some((frame) => frame.type === 'ack' && frame.positions.length > 0);
      trial.expect(!acked, 'it acknowledged events of a lost partition');
    },
  },
  {
    name: 'lost-by-deadline',
    title: 'LOST ends a partition whose REVOKE was not answered in time',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events(
        {},
        { kind: EventKind.OPEN },
        { event: 'runs', data: '{"ms":600}' },
        { event: 'waits' },
      );
      await trial.report('begin', { event: 'runs' });
      peer.send({ ...REVOKE, deadlineMs: 200 });
      peer.send(LOST);
      await trial.report('end', { event: 'runs' });
      await trial.pause(300);
      trial.expect(trial.found('begin', { event: 'waits' }).length === 0, 'it began what waited');
      trial.expect(trial.found('close').length === 0, 'it told a close of a socket that moved');
    },
  },
  {
    name: 'generation',
    title: 'A partition that comes back in another generation goes on where it is said to',
    group: true,
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.events({}, { event: 'one' }, { event: 'two', data: '{"ms":2500}' }, { event: 'three' });
      await trial.report('begin', { event: 'two' });
      const second = await trial.resumed(first);
      const assigned = [{ partition: 0, generation: 3, epoch: 1, firstOffset: 4 }];
      await trial.goesOn(second, 4, { assigned });
      second.snapshot(3, []);
      second.events({ generation: 3, firstOffset: 4 }, { event: 'four' });
      await trial.report('begin', { event: 'four' });
      const told = trial.reports.map(({ name, data }) => `${name} ${String(data['event'])}`);
      trial.expect(
        !told.includes('begin three'),
        'it began an event that another owner has handled',
      );
      const right = told.indexOf('end two') < told.indexOf('begin four');
      trial.expect(right, 'it began an event before the handler of its key had ended');
      await trial.until('an acknowledgement in generation 3', () => {
        const position = trial.session.told.get(0);
        return position?.generation === 3 && position.offset === 4 ? true : undefined;
      });
    },
  },
  {
    name: 'late-frames',
    title: 'Events of an older generation are late and dropped',
    group: true,
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      const assigned = [{ partition: 0, generation: 2, epoch: 1, firstOffset: 1 }];
      peer.send({ type: 'assign', assigned });
      peer.events({ generation: 1 }, { event: 'late' });
      peer.events({ generation: 2 }, { event: 'good' });
      await trial.report('begin', { event: 'good' });
      trial.expect(trial.found('begin', { event: 'late' }).length === 0, 'it handled a late event');
      trial.expect(peer.closed === undefined, 'it closed');
    },
  },
];
