import { deferred, type Deferred } from '../../lib/util/deferred';

export interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Code that is run elsewhere, and who waits for what comes of it. */
export class Calls {
  readonly #waiting = new Map<number, Deferred<unknown>>();
  readonly #send: (call: { id: number; code: string }) => void;
  #lastId = 0;

  constructor(send: (call: { id: number; code: string }) => void) {
    this.#send = send;
  }

  /** Resolves with what the code's value resolves with over there; rejects with its error's text. */
  evaluate(code: string): Promise<unknown> {
    const id = ++this.#lastId;
    const call = deferred<unknown>();
    this.#waiting.set(id, call);
    this.#send({ id, code });
    return call.promise;
  }

  answer({ id, value, error }: Answer): void {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  }

  /** The other side is gone; every call fails. */
  abandon(): void {
    for (const call of this.#waiting.values()) call.reject(new Error('the tabs have gone'));
    this.#waiting.clear();
  }
}
