/**
 * Characters of one answer after which the gateway writes no more on it once a line is complete: the reader then leaves
 * and asks again, so that nothing is lost between two answers. The figure is that of pusher-js.
 */
const ROTATION_LENGTH = 256 * 1024;

/** Reads the lines of one answer. */
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
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }
}
