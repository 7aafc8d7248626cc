import fc from 'fast-check';

const SURROGATES = 0x800;
const FIRST_SURROGATE = 0xd800;

/**
 * Any code point, as the unit of `fc.string`. The unit `binary` of fast-check is the same and puts all 1.1 million into a
 * map first, which takes a second of CPU in each process.
 */
export const codePoint: fc.Arbitrary<string> = fc.nat(0x10_ffff - SURROGATES).map(
  (n) => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES),
  (text) => {
    const code = [...String(text)].length === 1 ? String(text).codePointAt(0) : undefined;
    if (typeof text !== 'string' || code === undefined) throw new TypeError('not a code point');
    return code < FIRST_SURROGATE ? code : code - SURROGATES;
  },
);
