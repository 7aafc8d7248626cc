import { FIRST } from './numbered';
import { payload, type Payload } from '../peers/peer';

/** Events of 100 bytes for some channels in turn, numbered for each of some sockets to which the channels go in turn. */
export class Numbers {
  readonly #text = (JSON.parse(payload(100)) as Payload).text;
  readonly #channels: number;
  readonly #sockets: number;
  #sent = 0;

  constructor(channels: number, sockets = channels) {
    this.#channels = channels;
    this.#sockets = sockets;
  }

  next(): { channel: number; value: Payload } {
    const channel = this.#sent % this.#channels;
    const n = FIRST + Math.floor(this.#sent / this.#sockets);
    this.#sent += 1;
    return { channel, value: { n, text: this.#text } };
  }
}
