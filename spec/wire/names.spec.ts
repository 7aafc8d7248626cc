import fc from 'fast-check';
import t from 'tap';
import { CodecError } from '../../lib/wire/codec-error';
import { NameReader, NameWriter } from '../../lib/wire/names';
import { codePoint } from '../support/code-point';
import { runs } from '../support/depth';

const CAPS = { maxNames: 4, maxNamesBytes: 20, maxNameBytes: 8 };

t.test('writer', async (t) => {
  t.test('a name keeps the handle of its first use', async (t) => {
    const names = new NameWriter();
    t.strictSame(
      ['a', 'b', 'a', '__proto__', 'b'].map((name) => names.handle(name)),
      [1, 2, 1, 3, 2],
    );
    t.strictSame(names.pending, ['a', 'b', '__proto__']);
    t.equal(names.pendingBytes, 11);
  });

  t.test('definitions are pending until they are settled', async (t) => {
    const names = new NameWriter();
    names.handle('a');
    names.settle();
    t.strictSame(names.pending, []);
    t.equal(names.pendingBytes, 0);
    names.handle('a');
    t.strictSame(names.pending, []);
    names.handle('b');
    t.strictSame(names.pending, ['b']);
  });

  t.test('names above a cap travel in line, and known names keep their handle', async (t) => {
    const full = new NameWriter(CAPS);
    t.strictSame(
      ['a', 'b', 'c', 'd', 'e', 'a'].map((name) => full.handle(name)),
      [1, 2, 3, 4, 0, 1],
    );
    const long = new NameWriter(CAPS);
    t.strictSame(
      ['12345678', '123456789', 'ääää', 'äääää'].map((name) => long.handle(name)),
      [1, 0, 2, 0],
    );
    t.strictSame(
      ['1234', '12345', '1'].map((name) => long.handle(name)),
      [3, 0, 0],
      'bytes in all',
    );
    t.equal(new NameWriter().handle(''), 0, 'the empty name has none');
  });

  t.test('restore forgets what was defined since', async (t) => {
    const names = new NameWriter(CAPS);
    names.handle('aaaaaaaa');
    names.settle();
    names.handle('bbbbbbbb');
    names.restore(1);
    t.strictSame([names.size, names.pendingBytes, ...names.pending], [1, 0]);
    t.strictSame(
      ['cccccccc', 'dddd', 'aaaaaaaa'].map((name) => names.handle(name)),
      [2, 3, 1],
    );
  });
});

t.test('reader', async (t) => {
  t.test('a handle stands for its name', async (t) => {
    const names = new NameReader();
    names.define(1, 'a');
    names.define(2, 'constructor');
    t.strictSame([names.name(2), names.name(1), names.size], ['constructor', 'a', 2]);
  });

  t.test('a violation throws 4400 and changes nothing', async (t) => {
    const names = new NameReader(CAPS);
    names.define(1, '12345678');
    names.define(2, 'b');
    const rows: Array<[string, () => void]> = [
      ['unknown handle', () => names.name(3)],
      ['handle 0', () => names.name(0)],
      ['half a handle', () => names.name(1.5)],
      ['definition of 0', () => names.define(0, 'c')],
      ['second definition', () => names.define(2, 'c')],
      ['hole', () => names.define(4, 'c')],
      ['empty name', () => names.define(3, '')],
      ['name too long', () => names.define(3, '123456789')],
    ];
    for (const [title, act] of rows) {
      t.throws(act, { name: 'CodecError', code: 'bad_frame', closeCode: 4400 }, title);
      t.equal(names.size, 2, title);
    }
    names.define(3, '12345678');
    t.throws(() => names.define(4, '1234'), CodecError, 'bytes in all');
    names.define(4, '123');
    t.throws(() => names.define(5, ''), /more than 4 names/);
  });

  t.test('restore forgets what was defined since', async (t) => {
    const names = new NameReader(CAPS);
    names.define(1, '12345678');
    names.define(2, '12345678');
    names.restore(1);
    t.equal(names.size, 1);
    t.throws(() => names.name(2), CodecError);
    names.define(2, '1234567');
    names.define(3, '12345');
    t.equal(names.name(3), '12345');
  });
});

t.test('a reader with the same caps takes whatever a writer defines', async (t) => {
  const name = fc.string({ unit: codePoint, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.array(name), { size: 'max', maxLength: 20 }), (frames) => {
      const writer = new NameWriter(CAPS);
      const reader = new NameReader(CAPS);
      for (const used of frames) {
        const handles = used.map((each) => writer.handle(each));
        let handle = writer.size - writer.pending.length;
        for (const each of writer.pending) reader.define(++handle, each);
        writer.settle();
        const wrong = handles.findIndex((each, i) => each !== 0 && reader.name(each) !== used[i]);
        if (wrong >= 0) return false;
      }
      return reader.size === writer.size && writer.size <= CAPS.maxNames;
    }),
    { numRuns: runs(300) },
  );
  t.pass('all connections');
});
