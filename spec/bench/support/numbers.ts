import { FIRST } from './numbered';
import { payload, type Payload } from './peers';

/** Events of 100 bytes for some channels in turn, numbered for each channel. */
export class Numbers {
  readonly #text = (JSON.parse(payload(100)) as Payload).text;
  readonly #channels: number;
  #sent = 0;

  constructor(channels: number) {
    this.#channels = channels;
  }

  next(): { channel: number; value: Payload } {
    const channel = this.#sent % this.#channels;
    const n = FIRST + Math.floor(this.#sent / this.#channels);
    this.#sent += 1;
    return { channel, value: { n, text: this.#text } };
  }
}
