import fc from 'fast-check';
import t from 'tap';
import { newSocketId, nodeOfSocketId } from '../../lib/pusher/socket-id';
import { runs } from '../support/depth';

t.test('a socket id is two whole numbers with a dot between', async (t) => {
  for (let i = 0; i < 1000; i++) {
    const id = newSocketId();
    if (!/^\d+\.\d+$/.test(id)) t.fail(id);
    for (const half of id.split('.')) t.ok(Number(half) < 2 ** 48);
  }
});

t.test('no id comes back, and no bit of an id can be told beforehand', async (t) => {
  const count = 300_000;
  const ids = new Set<string>();
  const ones = new Array<number>(96).fill(0);
  for (let i = 0; i < count; i++) {
    const id = newSocketId();
    ids.add(id);
    if (i % 30 !== 0) continue;
    const bits = id.split('.').map((half) => BigInt(half).toString(2).padStart(48, '0'));
    [...bits.join('')].forEach((bit, at) => (ones[at] = (ones[at] ?? 0) + Number(bit)));
  }
  t.equal(ids.size, count);
  // 10 000 fair throws stray from 5 000 by more than 400 (8 sigma) once in 10^15.
  t.strictSame(
    ones.filter((n) => Math.abs(n - count / 60) > 400),
    [],
  );
});

t.test('the id of a joined gateway names its node, and no other text names one', async (t) => {
  for (const node of [1, 7, 65_535]) t.equal(nodeOfSocketId(newSocketId(node)), node);
  const half = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 16n }).map(String), fc.string());
  const id = fc.tuple(half, fc.constantFrom('.', '', ':'), half).map((parts) => parts.join(''));
  fc.assert(
    fc.property(id, (id) => {
      const left = /^([0-9]{1,15})\.[0-9]{1,15}$/.exec(id)?.[1];
      const node = left === undefined ? 0 : Math.floor(Number(left) / 2 ** 32);
      return nodeOfSocketId(id) === (node >= 1 && node <= 0xffff ? node : undefined);
    }),
    { numRuns: runs(2_000) },
  );
});
