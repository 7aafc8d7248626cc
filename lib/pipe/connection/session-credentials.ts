import type { WelcomeFrame } from '../../wire/frames';
import { sessionProof } from '../../wire/opening';

const NOTHING = new Uint8Array(0);

/**
 * Credentials of the session, which outlives its connections: a public id and a secret that was told once. Only the
 * gateway judges whether the session goes on.
 */
export class SessionCredentials {
  #id: Uint8Array = NOTHING;
  #secret: Uint8Array = NOTHING;
  #attempt = 0;

  get id(): Uint8Array {
    return this.#id;
  }

  get known(): boolean {
    return this.#id.length > 0;
  }

  /** Number of the attempt. The gateway takes only one above the last that it saw. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Counts one more attempt and proves that the session is ours, with the nonce of this connection. */
  prove(nonce: string): Uint8Array {
    this.#attempt += 1;
    if (!this.known) return NOTHING;
    return sessionProof(this.#secret, nonce, this.#attempt);
  }

  /**
   * Takes id and secret from a WELCOME. A resumed session keeps its secret, which is not told twice.
   */
  welcomed(frame: WelcomeFrame): void {
    if (frame.verdict === 'resumed') return;
    this.#id = frame.session;
    this.#secret = frame.secret;
  }

  /** Forgets the session: the next connection asks for a new one. */
  end(): void {
    this.#id = this.#secret = NOTHING;
  }
}
