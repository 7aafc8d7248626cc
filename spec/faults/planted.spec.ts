import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { inboxMutants } from '../pipe/inbox/models/mutants';
import { streamMutants } from '../stream/models/mutants';
import { FAULT_KINDS } from './planted';

const lib = (file: string): string => readFileSync(join(__dirname, '../../lib', file), 'utf8');
const spec = (file: string): string => readFileSync(join(__dirname, '..', file), 'utf8');

t.test('every kind of fault has a planted bug, and a name of its own', async (t) => {
  t.equal(FAULT_KINDS.length, 56);
  t.equal(new Set(FAULT_KINDS.map(({ title }) => title)).size, 56);
  for (const { title, kind, bugs } of FAULT_KINDS) {
    t.match(kind, /^[A-Z].*\.$/, title);
    t.ok(bugs.length > 0, title);
  }
});

t.test('planted bugs stand in the text of lib, and their checks are there', async (t) => {
  for (const bug of FAULT_KINDS.flatMap(({ bugs }) => bugs)) {
    if ('model' in bug) {
      const names = bug.model === 'inbox' ? inboxMutants : streamMutants;
      t.ok(
        names.some(({ name }) => name === bug.title),
        bug.title,
      );
      continue;
    }
    t.equal(lib(bug.file).split(bug.from).length, 2, `${bug.title}: ${bug.file}`);
    if (bug.finder.by !== 'simulator') {
      t.ok(spec(bug.finder.spec).includes(bug.finder.test), `${bug.title}: ${bug.finder.test}`);
    }
  }
});
