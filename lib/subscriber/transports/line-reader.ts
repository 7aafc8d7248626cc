/**
 * Characters of one answer after which the gateway writes no more on it once a line is complete: the reader then leaves
 * and asks again, so that nothing is lost between two answers. The figure is that of pusher-js.
 */
const ROTATION_LENGTH = 256 * 1024;

/** Most characters of one line, as many as the WebSocket of Node takes bytes of a message. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/** Reads the lines of one answer. A line above the limit is an error. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  #length = 0;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Reads to the end. True when it left because the answer was long enough; rejects when the connection is lost. */
  async read(response: Response): Promise<boolean> {
    const reader = response.body?.getReader();
    if (reader === undefined) {
      // Platforms without streams give the whole text at the end.
      this.#take(await response.text());
      return false;
    }
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done) return false;
      this.#take(decoder.decode(value, { stream: true }));
      if (this.#rest === '' && this.#length > ROTATION_LENGTH) {
        await reader.cancel();
        return true;
      }
    }
  }

  #take(text: string): void {
    this.#length += text.length;
    let from = 0;
    for (let at; (at = text.indexOf('\n', from)) >= 0; from = at + 1) {
      const line = this.#rest + text.slice(from, at);
      this.#rest = '';
      this.#onLine(line);
    }
    // The rest is joined and not read again: a long line comes in many pieces.
    this.#rest += text.slice(from);
    if (this.#rest.length > MAX_LINE_LENGTH) {
      throw new Error(`a message is longer than ${MAX_LINE_LENGTH} characters`);
    }
  }
}
