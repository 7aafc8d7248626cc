import assert from 'node:assert/strict';
import type { Laned } from '../../../lib/stream/lanes';
import type { Deferred } from '../../../lib/util/deferred';
import { deferred } from '../../../lib/util/deferred';
import type { Modules } from './modules';
import type { Step } from './steps';

export const LANES_ACTIONS = 11;

interface Item extends Laned<Item> {
  id: number;
  key: string;
  kind: 'sync' | 'throws' | 'async' | 'nests' | 'latest';
}

/** Lanes under random work: quick, failing, slow, replaced by later work, taken out, and work that brings more work. */
export async function lanesModel({ lanes: room }: Modules, sequence: Step[]): Promise<void> {
  const maxActive = 3;
  const running = new Map<number, { item: Item; end: Deferred<void> }>();
  const begun = new Map<string, number[]>();
  const given = new Map<string, number[]>();
  const ended = new Set<number>();
  const rejected = new Set<number>();
  /** Items that left without having begun. */
  const gone = new Set<number>();
  let held = false;
  let inside = 0;
  let ids = 0;
  const rests: Array<{ calm: boolean; told: boolean }> = [];
  // Thrown inside work or ended, a failed assertion would count as failed work.
  const broken: string[] = [];
  const expect = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };

  const lanes = new room.Lanes<Item>({
    maxActive,
    work: (item) => {
      expect(item.behind === undefined, 'what is at work holds nothing that came after it');
      expect(inside === 0, 'work never begins inside other work');
      expect(!held, 'nothing begins while it is held');
      expect(!gone.has(item.id), 'what was taken out or replaced never begins');
      for (const { item: other } of running.values()) {
        expect(other.key !== item.key, 'serial per key');
      }
      expect(running.size < maxActive, 'no more at work than allowed');
      begun.set(item.key, [...(begun.get(item.key) ?? []), item.id]);
      if (item.kind === 'throws') throw new Error('work failed');
      if (item.kind === 'nests') {
        inside += 1;
        give(item.key, 'async');
        give(`${item.key}'`, 'sync');
        inside -= 1;
      }
      if (item.kind !== 'async') return undefined;
      const end = deferred<void>();
      running.set(item.id, { item, end });
      return end.promise;
    },
    ended: (item, failure) => {
      expect(!ended.has(item.id), 'an item ends once');
      ended.add(item.id);
      running.delete(item.id);
      const fails = item.kind === 'throws' || rejected.has(item.id);
      expect((failure !== undefined) === fails, 'a failure is told');
    },
    replaces: (item, last) => {
      if (item.kind !== 'latest' || last.kind !== 'latest') return false;
      expect(item.key === last.key && last.id < item.id, 'a later item of the key');
      leaves(last);
      return true;
    },
  });
  const leaves = ({ id, key }: Item): void => {
    gone.add(id);
    const order = given.get(key) ?? [];
    given.set(
      key,
      order.filter((one) => one !== id),
    );
  };
  const give = (key: string, kind: Item['kind']): void => {
    ids += 1;
    given.set(key, [...(given.get(key) ?? []), ids]);
    lanes.run(key, { id: ids, key, kind, behind: undefined });
  };
  const end = async (n: number): Promise<void> => {
    const one = [...running.values()][n % running.size];
    if (one === undefined) return;
    if (n % 2 === 1) rejected.add(one.item.id);
    if (n % 2 === 1) one.end.reject(new Error('rejected'));
    else one.end.resolve();
    for (let i = 0; i < 4; i += 1) await Promise.resolve();
  };
  const check = (): void => {
    assert.deepEqual(broken, []);
    for (const rest of rests) {
      if (running.size === 0) rest.calm = true;
      assert.ok(rest.calm || !rest.told, 'idle means that nothing is at work');
    }
    for (const [key, order] of given) {
      const started = begun.get(key) ?? [];
      assert.deepEqual(started, order.slice(0, started.length), 'in order');
      const busy = [...running.values()].some(({ item }) => item.key === key);
      const waits = started.length < order.length;
      assert.ok(
        !waits || busy || held || running.size === maxActive,
        'nothing waits for no reason',
      );
    }
  };

  for (const { action, n } of sequence) {
    const key = `key ${n % 5}`;
    if (action === 0) give(key, 'sync');
    else if (action === 1) give(key, 'throws');
    else if (action === 2) give(key, 'async');
    else if (action === 3) give(key, 'nests');
    else if (action === 4) {
      const rest = { calm: running.size === 0, told: false };
      rests.push(rest);
      void lanes.idle().then(() => (rest.told = true));
    } else if (action === 5) give(key, 'latest');
    else if (action === 6 && n < 8) {
      held = n < 5;
      if (held) lanes.hold();
      else lanes.release();
    } else if (action === 7) {
      const taken = lanes.take(({ id }) => id % 3 === n % 3);
      const waiting = [...given].flatMap(([each, order]) =>
        order.slice(begun.get(each)?.length ?? 0).filter((id) => id % 3 === n % 3),
      );
      assert.deepEqual(new Set(taken.map(({ id }) => id)), new Set(waiting), 'all that wait');
      for (const [i, { key: same, id }] of taken.entries()) {
        const earlier = taken.slice(0, i).filter((other) => other.key === same);
        assert.ok(
          earlier.every((other) => other.id < id),
          'in order of their key',
        );
      }
      taken.forEach(leaves);
      for (const rest of rests) if (running.size === 0) rest.calm = true;
    } else await end(n);
    check();
  }
  held = false;
  lanes.release();
  while (running.size > 0) await end(0);
  check();
  assert.equal(ended.size + gone.size, ids, 'everything has ended');
  await Promise.resolve();
  assert.ok(
    rests.every(({ told }) => told),
    'whoever waited for rest is told',
  );
}
