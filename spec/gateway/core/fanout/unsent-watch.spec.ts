import t from 'tap';
import { UnsentWatch } from '../../../../lib/gateway/core/fanout/unsent-watch';

const LIMITS = { maxUnsentBytes: 1000, maxLooks: 3 };

/** Looks at a peer, and what its session was told by then. */
function watched(): {
  watch: UnsentWatch;
  look(unsentBytes: number, sentBytes: number): string;
  told: string[];
} {
  const watch = new UnsentWatch();
  const told: string[] = [];
  const session = {
    text: () => undefined,
    binary: () => undefined,
    closed: () => undefined,
    slow: (unsentBytes: number) => void told.push(`slow ${unsentBytes}`),
    drained: () => void told.push('drained'),
  };
  return {
    watch,
    look: (unsentBytes, sentBytes) => watch.look({ unsentBytes, sentBytes }, LIMITS, session),
    told,
  };
}

t.test(
  'bytes that leave within a second are not reported, even when more follow at once',
  async (t) => {
    const { look, told } = watched();
    for (let i = 0; i < 10; i++) t.equal(look(500, i * 500), 'waiting');
    t.equal(look(0, 5000), 'empty');
    t.same(told, []);
  },
);

t.test('a peer is slow when something has waited for a second, and told so once', async (t) => {
  const { look, told } = watched();
  look(10, 0);
  t.same(told, []);
  look(30, 9);
  t.same(told, ['slow 30']);
  look(20, 10);
  look(20, 11);
  t.same(told, ['slow 30'], 'it reads again, but is still behind');
  t.equal(look(0, 40), 'empty');
  t.same(told, ['slow 30', 'drained']);
});

t.test('or as soon as half of what may wait does', async (t) => {
  const { look, told } = watched();
  look(500, 0);
  t.same(told, []);
  look(501, 500);
  t.same(told, ['slow 501']);
});

t.test(
  'a connection is stuck when bytes found waiting are still there after so many checks',
  async (t) => {
    const { look } = watched();
    t.strictSame(
      [look(10, 0), look(10, 9), look(10, 9), look(10, 9)],
      ['waiting', 'waiting', 'waiting', 'stuck'],
    );
    const other = watched();
    t.strictSame(
      [0, 9, 9, 10, 10, 10].map((sent) => other.look(10, sent)),
      Array(6).fill('waiting'),
      'whatever left in between counts',
    );
  },
);

t.test('bytes that go to another receiver begin their wait anew', async (t) => {
  const { watch, look, told } = watched();
  for (let i = 0; i < 10; i++) {
    // A receiver counts its head as unsent, and so begins below nothing.
    t.equal(look(200, -150), 'waiting');
    watch.restart();
  }
  t.same(told, []);
  for (const found of ['waiting', 'waiting', 'waiting', 'stuck']) t.equal(look(200, -150), found);
});
