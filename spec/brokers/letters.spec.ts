import t from 'tap';
import { Letters } from '../../lib/brokers/joined/mail/letters';
import { Mailbox } from '../../lib/brokers/joined/mail/mailbox';
import { noMetrics } from '../../lib/brokers/metrics';
import type { NodeMessage } from '../../lib/wire/cluster';
import { ManualClock } from '../support/manual-clock';

interface Ends {
  clock: ManualClock;
  letters: Letters;
  /** Messages that were posted and not taken. */
  posted: NodeMessage[];
  /** Texts in the order in which they were handled. */
  handled: string[];
}

function node(own: number, clock = new ManualClock()): Ends {
  const posted: NodeMessage[] = [];
  const handled: string[] = [];
  const letters = new Letters({
    clock,
    metrics: noMetrics(),
    post: (_to, message) => posted.push(message),
    handle: (_app, _from, text) => {
      handled.push(text);
      return `${text}!`;
    },
  });
  letters.begin(own);
  return { clock, letters, posted, handled };
}

function numbers(messages: readonly NodeMessage[]): number[] {
  return messages.flatMap((each) => ('number' in each ? [each.number] : []));
}

t.test('letters that were all lost come again some at a time, each once', async (t) => {
  const clock = new ManualClock();
  const [here, there] = [node(1, clock), node(2, clock)];
  const answers = Array.from({ length: 1_000 }, async (_, i) =>
    here.letters.send(2, 'app', `${i}`),
  );
  here.posted.splice(0);
  clock.advance(1_000);
  here.letters.tick();
  t.equal(here.posted.length, 256, 'a node that is late is not asked for everything at once');
  here.letters.tick();
  t.equal(here.posted.length, 256, 'nor twice');
  let most = 0;
  while (here.posted.length > 0) {
    most = Math.max(most, here.posted.length);
    for (const each of here.posted.splice(0)) there.letters.posted(each as never);
    for (const each of there.posted.splice(0)) here.letters.posted(each as never);
  }
  t.equal(most, 256);
  t.strictSame(
    there.handled,
    answers.map((_, i) => `${i}`),
  );
  t.strictSame(
    await Promise.all(answers),
    answers.map((_, i) => `${i}!`),
  );
});

t.test('a letter whose answer was lost is answered again, and not handled again', async (t) => {
  const clock = new ManualClock();
  const [here, there] = [node(1, clock), node(2, clock)];
  const answers = [here.letters.send(2, 'app', 'a'), here.letters.send(2, 'app', 'b')];
  for (const each of here.posted.splice(0)) there.letters.posted(each as never);
  there.posted.splice(0, 1);
  for (const each of there.posted.splice(0)) here.letters.posted(each as never);
  clock.advance(1_000);
  here.letters.tick();
  t.strictSame(numbers(here.posted), [1]);
  for (const each of here.posted.splice(0)) there.letters.posted(each as never);
  for (const each of there.posted.splice(0)) here.letters.posted(each as never);
  t.strictSame(await Promise.all(answers), ['a!', 'b!']);
  t.strictSame(there.handled, ['a', 'b']);
});

t.test('a letter that nobody answers is given up after 10 s', async (t) => {
  const { clock, letters, posted } = node(1);
  const answer = letters.send(2, 'app', 'a');
  for (let s = 0; s < 10; s++) {
    clock.advance(1_000);
    letters.tick();
  }
  t.equal(await answer, undefined);
  t.equal(posted.length, 10);
});

t.test(
  'messages of a turn leave together for each node, and large ones before its end',
  async (t) => {
    const clock = new ManualClock();
    const left: Array<[number, number[]]> = [];
    const mailbox = new Mailbox(
      (run) => clock.endOfTurn(run),
      (to, messages) => left.push([to, numbers(messages)]),
    );
    const letter = (number: number, text = ''): NodeMessage => {
      return { kind: 'letter', from: 1, number, first: 1, app: 'app', text };
    };
    mailbox.post(2, letter(1));
    mailbox.post(3, letter(1));
    mailbox.post(2, letter(2));
    t.strictSame(left, []);
    clock.advance(0);
    t.strictSame(left.splice(0), [
      [2, [1, 2]],
      [3, [1]],
    ]);
    mailbox.post(2, letter(3, 'x'.repeat(200_000)));
    mailbox.post(2, letter(4, 'x'.repeat(200_000)));
    mailbox.post(2, letter(5));
    t.strictSame(left.splice(0), [[2, [3, 4]]]);
    clock.advance(0);
    t.strictSame(left, [[2, [5]]]);
  },
);
