import { spawnSync } from 'node:child_process';
import t from 'tap';
import { pythonThrough } from '../faults/python';
import { conformOfPython, pythonCommand, pythonMissing } from '../support/python';
import { Chance } from '../support/simulator/chance';

const timeout = 120_000;
t.setTimeout(timeout);
/** Scripts of each chapter of PROTOCOL.md; `npm run long -- python` runs all. */
const SCRIPTS = [
  ...['hello', 'bad-proof', 'reset', 'resume', 'finished-ranges', 'gap-snapshot-cut'],
  'resume-running',
  ...['outcomes-in-pieces', 'credit', 'revoke-answers', 'generation'],
];

const missing = pythonMissing();
// CI has all tools of the checks, so none may be left out.
const skip = process.env['CI'] === 'true' ? undefined : missing;

t.test('a client in Python, written from the specification', { skip, timeout }, async (t) => {
  t.equal(missing, undefined);

  t.test('the codec of the Python client agrees with the vectors', (t) => {
    const [command, path] = pythonCommand('vectors.py');
    const { status, stdout } = spawnSync(command, [path], { encoding: 'utf8' });
    t.equal(status, 0, stdout);
    t.match(stdout, /^[1-9]\d* passed, 0 failed\n$/);
    t.end();
  });

  t.test('the Python client keeps the rules of the protocol', async (t) => {
    const { code, output } = await conformOfPython(['--only', ...SCRIPTS]);
    t.equal(code, 0, output);
    t.match(output, `${SCRIPTS.length} of ${SCRIPTS.length} scripts passed`);
  });

  t.test(
    'the Python client loses nothing and repeats nothing when its connection is cut',
    async (t) => {
      const { faults, ...report } = await pythonThrough(t, {
        ...{ browsers: 4, messages: 60, pauseMs: 10, cutMs: [100, 300], takesMs: 15 },
        ...{ inGroup: false, graceMs: 5_000, chance: new Chance(1) },
      });
      t.same(faults, []);
      t.equal(report.byPython, report.messages);
      t.equal(report.seen, report.messages);
      t.ok(report.connects > 1, `${report.connects} connections`);
    },
  );
});
