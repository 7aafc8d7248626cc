import t from 'tap';
import { closest, didYouMean } from '../../lib/util/closest';

const WORDS = ['channels', 'events', 'conflate', 'except', 'port'];

t.test('a word with a wrong, missing, doubled or swapped letter is recognised', async (t) => {
  for (const [word, meant] of [
    ['chanels', 'channels'],
    ['channel', 'channels'],
    ['Channels', 'channels'],
    ['exept', 'except'],
    ['excpet', 'except'],
    ['evnets', 'events'],
    ['prot', 'port'],
  ] as const) {
    t.equal(closest(word, WORDS), meant, word);
  }
});

t.test('a word that is like none gets no hint', async (t) => {
  for (const word of ['colour', '', 'p', 'x'.repeat(1_000_000)])
    t.equal(didYouMean(word, WORDS), '');
  t.equal(didYouMean('exept', WORDS), '; did you mean except?');
});
