import type { Encoded, Encoder } from '../../core/fanout/outlet';
import { newEncoderId } from '../../core/fanout/outlet';
import { pushyText } from './frames';

/**
 * An encoder of what is published in an app for its pushy clients: an event of the Channels protocol becomes one of pushy,
 * once for all clients that hear it. Texts that pushy does not know take no bytes.
 * @param below makes bytes of pushy texts
 */
export function pushyEncoder(below: Encoder, nameOf: (channel: string) => string): Encoder {
  return {
    id: newEncoderId(),
    encode(texts): Encoded {
      const translated = texts.map((text) => pushyText(text, nameOf));
      const { bytes, ends } = below.encode(translated.filter((text) => text !== undefined));
      let known = 0;
      const all = translated.map((text) => {
        if (text !== undefined) known++;
        return known === 0 ? 0 : (ends[known - 1] as number);
      });
      return { bytes, ends: all };
    },
  };
}
