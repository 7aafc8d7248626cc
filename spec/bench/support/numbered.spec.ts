import t from 'tap';
import { FIRST, Numbered, textShape } from './numbered';

const aside = Buffer.from('PING\r\n');
const message = (n: number): string => `MSG ${FIRST + n}\r\n`;
const shape = { ...textShape(message(0)), aside };

/** Counts the messages of a text that comes in pieces of one size. */
function countOf(text: string, size: number, of = shape): number {
  const numbered = new Numbered(of);
  const bytes = Buffer.from(text);
  let count = 0;
  for (let from = 0; from < bytes.length; from += size) {
    const piece = bytes.subarray(from, from + size);
    count += numbered.read(piece.length, piece);
  }
  return count;
}

t.test('messages without a number are read past, wherever a chunk ends', (t) => {
  const text = `${message(0)}${String(aside)}${message(1)}${message(2)}${String(aside)}${String(aside)}${message(3)}`;
  for (let size = 1; size <= text.length; size++) t.equal(countOf(text, size), 4, `by ${size}`);
  const { bytes, at } = shape;
  t.throws(() => countOf(text, 7, { bytes, at } as typeof shape), /Lost or out of order/);
  t.end();
});

t.test('a message that is missing, or comes twice, fails also behind one without a number', (t) => {
  for (const wrong of [2, 0]) {
    const text = `${message(0)}${String(aside)}${message(wrong)}`;
    for (let size = 1; size <= text.length; size++) {
      t.throws(() => countOf(text, size), `event ${wrong} came where 1 was due`);
    }
  }
  t.end();
});
