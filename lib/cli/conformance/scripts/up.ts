import { REFUSAL_CODES } from '../../../wire/close-codes';
import type { Command } from '../../../wire/frames';
import { applied } from '../peer';
import type { Script } from '../script';
import { REPORT_CHANNEL } from '../trial';
import type { Trial } from '../trial';

const { code: REFUSED } = REFUSAL_CODES.bad_params;
const ask = (name: string): { event: string; data: string } => ({
  event: `ask-${name}`,
  data: JSON.stringify({ publish: name }),
});
const called =
  (...names: string[]) =>
  ({ event }: Command): number | undefined =>
    names.includes(event ?? '') ? REFUSED : undefined;

export const UP: readonly Script[] = [
  {
    name: 'outcomes',
    title: 'An applied command is told as applied, a refused one as refused',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.refuses = called('bad');
      peer.events({}, ask('good'), ask('bad'));
      await trial.report('outcome', { name: 'good', outcome: 'applied' });
      await trial.report('outcome', { name: 'bad', outcome: 'refused' });
    },
  },
  {
    name: 'refusal-lost',
    title:
      'A refusal whose acknowledgement was lost comes with WELCOME, and the command is not sent again',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.acknowledges = false;
      first.events({}, ask('bad'));
      const { seq } = await trial.until('the command', () => trial.commands[0]);
      const second = await trial.resumed(first);
      const from = second.hello?.nextSeq ?? 0;
      trial.expect(from <= seq, `next_seq of HELLO is ${from}, above the open command ${seq}`);
      const refused = [{ seq, code: REFUSED, message: 'refused by the script' }];
      const commandAck = applied(trial.session.nextSeq - 1, { refused, credit: CREDIT });
      await trial.goesOn(second, 1, { commandAck });
      await trial.report('outcome', { name: 'bad', outcome: 'refused' });
    },
  },
  {
    name: 'outcomes-in-pieces',
    title: 'Outcomes that did not fit into WELCOME are waited for; its next_seq settles nothing',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.acknowledges = false;
      first.events({}, ask('one'), ask('two'));
      const two = await trial.until('both commands', () =>
        trial.commands.find(({ event }) => event === 'two'),
      );
      const second = await trial.resumed(first);
      second.acknowledges = false;
      const one = trial.commands.find(({ event }) => event === 'one')?.seq ?? 0;
      await trial.goesOn(second, 1, { commandAck: applied(one, { credit: CREDIT }) });
      await trial.report('outcome', { name: 'one', outcome: 'applied' });
      await trial.pause(200);
      trial.expect(
        trial.found('outcome', { name: 'two' }).length === 0,
        'it settled a command without its outcome',
      );
      const refused = [{ seq: two.seq, code: REFUSED, message: 'refused by the script' }];
      second.acknowledges = true;
      const last = trial.session.nextSeq - 1;
      second.send({ type: 'commandAck', ...applied(last, { refused }) });
      await trial.report('outcome', { name: 'two', outcome: 'refused' });
    },
  },
  {
    name: 'not-applied',
    title: 'A command that the gateway never had is sent again, with its seq and its names',
    async run(trial: Trial): Promise<void> {
      const first = await trial.started();
      first.takesCommands = false;
      first.events({}, ask('lost'));
      await trial.until('the command', () =>
        first
          .all('commands')
          .find(({ commands }) => commands.some(({ event }) => event === 'lost')),
      );
      const second = await trial.resumed(first);
      await trial.goesOn(second, 1);
      await trial.report('outcome', { name: 'lost', outcome: 'applied' });
      const sent = trial.commands.filter(({ event }) => event === 'lost').length;
      trial.expect(sent === 1, `it was sent ${sent} times`);
    },
  },
  {
    name: 'credit',
    title: 'No more commands are outstanding than the gateway has granted',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.connection();
      const commandAck = applied(0, { credit: { messages: 2, bytes: 100_000 } });
      peer.welcome({ commandAck });
      peer.acknowledges = false;
      await trial.ready(peer);
      const assigned = [{ partition: 0, generation: 1, epoch: 1, firstOffset: 1 }];
      peer.send({ type: 'assign', assigned });
      peer.snapshot(0, []);
      peer.events({}, ask('a'), ask('b'), ask('c'), ask('d'));
      await trial.until('a command', () => (trial.session.nextSeq > 1 ? true : undefined));
      await trial.pause(300);
      const open = trial.session.nextSeq - 1;
      trial.expect(open <= 2, `${open} commands are outstanding where 2 were granted`);
      peer.acknowledges = true;
      peer.send({ type: 'commandAck', ...applied(open, { credit: CREDIT }) });
      await trial.report('outcome', { name: 'd', outcome: 'applied' });
    },
  },
  {
    name: 'origin',
    title: 'An answer with a cause says which event it answers',
    async run(trial: Trial): Promise<void> {
      const peer = await trial.started();
      peer.events({}, { event: 'first' }, { event: 'question', data: '{"answer":true}' });
      const answer = await trial.until('the answer', () =>
        trial.commands.find(({ event }) => event === 'answer'),
      );
      const { origin } = answer;
      trial.expect(answer.channel !== REPORT_CHANNEL && answer.socketId === '1.1', 'not to 1.1');
      const right = origin?.partition === 0 && origin.generation === 1 && origin.offset === 2;
      trial.expect(right, `its origin is ${JSON.stringify(origin)}`);
    },
  },
];

const CREDIT = { messages: 1_000, bytes: 1_000_000 };
