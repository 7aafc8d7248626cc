import type { Encoder } from '../gateway/core/fanout/outlet';

/** No JSON text holds this character raw. */
const END = '\0';

/** Texts for readers in the same process. */
export const memoryEncoder: Encoder = {
  id: 2,
  encode(texts) {
    const ends: number[] = [];
    let size = 0;
    for (const text of texts) ends.push((size += Buffer.byteLength(text) + END.length));
    return { bytes: Buffer.from(texts.map((text) => text + END).join('')), ends };
  },
};

export function textsOf(bytes: Buffer): string[] {
  return bytes.toString().split(END).slice(0, -1);
}
