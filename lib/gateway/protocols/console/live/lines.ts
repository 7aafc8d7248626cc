import type { ServerResponse } from 'node:http';

/** Unsent bytes of a reader that is behind. */
const MAX_UNSENT_BYTES = 256 * 1024;

/** Lines of JSON to one watcher, and the only place of the console that writes more than one answer. */
export class Lines {
  readonly #response: ServerResponse;

  /** @param gone called once when the reader has gone */
  constructor(response: ServerResponse, gone: () => void) {
    this.#response = response;
    response.on('close', gone);
    response.on('error', gone);
    response.setHeader('Content-Type', 'application/x-ndjson');
    // The reader is told that it is heard before there is anything to say.
    response.flushHeaders();
  }

  /** True when it would be wrong to write more: the reader has not taken what there is. */
  get isBehind(): boolean {
    return this.#response.writableLength > MAX_UNSENT_BYTES;
  }

  write(text: string): void {
    if (!this.#response.writableEnded && !this.#response.destroyed) {
      this.#response.write(`${text}\n`);
    }
  }

  end(): void {
    this.#response.end();
  }

  /** Ends the connection of a reader who has stopped to read: an end in order would wait for it. */
  cut(): void {
    this.#response.destroy();
  }
}
