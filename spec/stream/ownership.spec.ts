import fc from 'fast-check';
import t from 'tap';
import { Ownership, type Change, type Owner } from '../../lib/stream/ownership';
import { runs } from '../support/depth';

const member = (name: string): Owner => ({ name });

t.test('the first member owns every partition, under generation 1', (t) => {
  const ownership = new Ownership(4);
  const ada = member('ada');
  const changes = ownership.join(ada);
  t.same(
    changes.map(({ type, partition, generation }) => [type, partition, generation]),
    [0, 1, 2, 3].map((partition) => ['assign', partition, 1]),
  );
  t.same(ownership.ownedBy(ada), [0, 1, 2, 3]);
  t.end();
});

t.test('a member that joins moves its share only, and only when it was returned', (t) => {
  const ownership = new Ownership(64);
  const [ada, bob] = [member('ada'), member('bob')];
  ownership.join(ada);
  const asked = ownership.join(bob);
  t.ok(asked.length > 16 && asked.length < 48, `${asked.length} of 64 move`);
  t.ok(asked.every(({ type, member: of }) => type === 'revoke' && of === ada));
  t.same(ownership.ownedBy(bob), []);
  const [first] = asked as [Change<Owner>];
  t.equal(ownership.owner(first.partition), ada, 'until then it stays');
  const [assigned, ...others] = ownership.released(first.partition, first.generation);
  t.match(assigned, { type: 'assign', partition: first.partition, generation: 2, member: bob });
  t.same(others, []);
  t.same(
    ownership.released(first.partition, first.generation),
    [],
    'what was said of an earlier generation',
  );
  t.end();
});

t.test('the partitions of a lost member get owners at once, and the others keep theirs', (t) => {
  const ownership = new Ownership(64);
  const members = ['ada', 'bob', 'eve'].map(member);
  const [ada, bob, eve] = members as [Owner, Owner, Owner];
  for (const each of members) {
    for (const { partition, generation } of ownership.join(each))
      ownership.released(partition, generation);
  }
  const before = [ownership.ownedBy(ada), ownership.ownedBy(bob)];
  const lost = ownership.ownedBy(eve);
  const changes = ownership.leave(eve);
  t.same(
    changes.map(({ partition }) => partition).sort((a, b) => a - b),
    lost,
  );
  t.ok(changes.every(({ type }) => type === 'assign'));
  for (const partition of before[0] as number[]) t.equal(ownership.owner(partition), ada);
  for (const partition of before[1] as number[]) t.equal(ownership.owner(partition), bob);
  t.end();
});

t.test(
  'a partition has one owner at a time, generations grow, and at rest every partition is where it belongs',
  (t) => {
    const names = ['ada', 'bob', 'eve', 'joe'];
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('join', 'leave'), who: fc.nat({ max: 3 }) }),
      fc.record({ what: fc.constant('release'), who: fc.nat({ max: 63 }) }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80, size: 'max' }),
        fc.integer({ min: 1, max: 8 }),
        (steps, p) => {
          const ownership = new Ownership(p);
          const members = names.map(member);
          const owners = new Map<number, Owner>();
          const generations = new Map<number, number>();
          let open: Array<Change<Owner>> = [];
          const apply = (changes: Array<Change<Owner>>): void => {
            for (const change of changes) {
              const last = generations.get(change.partition) ?? 0;
              if (change.type === 'revoke') {
                if (owners.get(change.partition) !== change.member)
                  throw new Error('asked a stranger');
                if (change.generation !== last) throw new Error('asked of another generation');
                open.push(change);
              } else {
                if (change.generation <= last) throw new Error('a generation that does not grow');
                const before = owners.get(change.partition);
                const asked = open.some((each) => each.partition === change.partition);
                if (before !== undefined && !asked) throw new Error('taken from its owner unasked');
                owners.set(change.partition, change.member);
                generations.set(change.partition, change.generation);
                open = open.filter((each) => each.partition !== change.partition);
              }
            }
          };
          for (const { what, who } of steps) {
            const whom = members[who % members.length] as Owner;
            if (what === 'join') apply(ownership.join(whom));
            else if (what === 'leave') {
              for (const [partition, owner] of owners) if (owner === whom) owners.delete(partition);
              open = open.filter((each) => each.member !== whom);
              apply(ownership.leave(whom));
            } else {
              const asked = open[who % Math.max(1, open.length)];
              if (asked !== undefined) apply(ownership.released(asked.partition, asked.generation));
            }
          }
          while (open.length > 0) {
            const [asked] = open as [Change<Owner>];
            apply(ownership.released(asked.partition, asked.generation));
          }
          const fresh = new Ownership(p);
          for (const each of ownership.members) {
            for (const { partition, generation } of fresh.join(each))
              fresh.released(partition, generation);
          }
          for (let n = 0; n < p; n++)
            if (fresh.owner(n) !== ownership.owner(n)) throw new Error('not at home');
        },
      ),
      { numRuns: runs(2000) },
    );
    t.pass('all histories');
    t.end();
  },
);
