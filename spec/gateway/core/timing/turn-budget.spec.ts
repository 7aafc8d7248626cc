import t from 'tap';
import { TurnBudget } from '../../../../lib/gateway/core/timing/turn-budget';

/** The turns of an event loop, one at a time. */
class Turns {
  #due: Array<() => void> = [];

  endOfTurn = (run: () => void): void => void this.#due.push(run);

  next(): boolean {
    const due = this.#due;
    this.#due = [];
    for (const run of due) run();
    return due.length > 0;
  }
}

t.test('a share that fits begins at once and leaves nothing behind', async (t) => {
  const turns = new Turns();
  const budget = new TurnBudget(turns);
  let runs = 0;
  budget.begin(() => ++runs > 1);
  t.equal(runs, 1);
  t.notOk(turns.next(), 'no turn is asked for');
});

t.test('peers with more than a share of input are served in turn', async (t) => {
  const turns = new Turns();
  const budget = new TurnBudget(turns);
  const served: string[] = [];
  const peer = (name: string, shares: number): void => {
    budget.begin(() => {
      served.push(name);
      return --shares > 0;
    });
  };
  peer('a', 4);
  peer('b', 2);
  peer('c', 1);
  while (turns.next());
  t.strictSame(served.join(''), 'aabcaba', 'everybody once before anybody twice');
});

t.test('a turn ends when its budget is used up, and the next one goes on', async (t) => {
  const turns = new Turns();
  const budget = new TurnBudget(turns);
  const served: number[] = [];
  for (let i = 0; i < 10; i++) {
    budget.begin(() => {
      served.push(i);
      budget.spend(400);
      return false;
    });
  }
  t.strictSame(served, [0, 1, 2]);
  turns.next();
  t.strictSame(served, [0, 1, 2, 3, 4, 5]);
  while (turns.next());
  t.strictSame(served, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
