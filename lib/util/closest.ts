/** Words longer than this are not compared: nobody misspelt them by a letter or two. */
const MAX_LENGTH = 64;

/** The one of some words that a misspelt word most likely stands for; undefined when none is near. */
export function closest(word: string, words: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  let found: string | undefined;
  // Two letters may be wrong, in short words one.
  let least = word.length < 5 ? 1.5 : 2.5;
  for (const candidate of words) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits >= least) continue;
    least = edits;
    found = candidate;
  }
  return found;
}

/** `; did you mean X?` where a word is near one of the known ones, else nothing. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const found = closest(word, words);
  return found === undefined ? '' : `; did you mean ${found}?`;
}

/** Letters to insert, to leave out, to change or to swap with their neighbour (optimal string alignment). */
function distance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
