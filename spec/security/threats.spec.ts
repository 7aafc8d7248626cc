import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const root = join(__dirname, '../..');

t.test('each threat that SECURITY.md lists has a spec', async (t) => {
  const text = readFileSync(join(root, '.github/SECURITY.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('`spec/'));
  t.ok(rows.length >= 20);
  for (const row of rows) {
    const spec = /`(spec\/[^`]+)` \|$/.exec(row)?.[1] ?? row;
    t.ok(existsSync(join(root, spec)), spec);
  }
});
