import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Timer } from '../../../util/timers';
import type { CLOSE_CODES } from '../../../wire/close-codes';
import type { HelloFrame } from '../../../wire/frames';
import type { PipeContext } from './context';
import type { PipeLink } from './link';
import { PipeSession } from './session';

/** A client may lose connects on the way; more than this many in a row is no honest counter. */
const MAX_ATTEMPT_STEP = 1_000_000;

export type Attached =
  { session: PipeSession } | { refused: keyof typeof CLOSE_CODES; message: string };

interface Entry {
  session: PipeSession;
  secret: Buffer;
  attempt: number;
  /** Runs while the session has no connection. */
  expiry: Timer | undefined;
}

/**
 * The sessions of backends. A session outlives its connection for a window; the gateway alone judges whether one that
 * comes back goes on where it was.
 */
export class Sessions {
  readonly #context: PipeContext;
  readonly #byId = new Map<string, Entry>();

  constructor(context: PipeContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#byId.size;
  }

  attach(link: PipeLink, hello: HelloFrame): Attached {
    if (hello.group !== undefined) {
      return { refused: 'protocol_error', message: 'this gateway does not serve groups yet' };
    }
    if (hello.session.length === 0) return { session: this.#create(link, hello, 'new', '') };
    const id = Buffer.from(hello.session).toString('hex');
    const entry = this.#byId.get(id);
    if (entry === undefined || entry.session.app !== link.app) {
      return { session: this.#create(link, hello, 'reset', 'unknown_session') };
    }
    if (!proves(entry.secret, link.nonce, hello)) {
      return { refused: 'bad_proof', message: 'the proof does not fit this session' };
    }
    if (hello.attempt <= entry.attempt || hello.attempt > entry.attempt + MAX_ATTEMPT_STEP) {
      return { refused: 'stale_attempt', message: `attempt must be above ${entry.attempt}` };
    }
    const lost = entry.session.cannotResume(hello);
    if (lost !== undefined) {
      this.#forget(id, entry);
      return { session: this.#create(link, hello, 'reset', lost) };
    }
    entry.attempt = hello.attempt;
    if (entry.expiry !== undefined) this.#context.clock.clearTimeout(entry.expiry);
    entry.expiry = undefined;
    entry.session.resume(link, hello);
    return { session: entry.session };
  }

  /** Ends every session, as when the gateway stops. */
  clear(): void {
    for (const [id, entry] of this.#byId) this.#forget(id, entry);
  }

  #create(
    link: PipeLink,
    hello: HelloFrame,
    verdict: 'new' | 'reset',
    reason: string,
  ): PipeSession {
    const id = randomBytes(16);
    const secret = randomBytes(32);
    const key = id.toString('hex');
    const opening = { verdict, reason, id, secret };
    const session = new PipeSession(this.#context, link, hello, opening, {
      detached: () => this.#detached(key),
      ended: () => {
        const entry = this.#byId.get(key);
        if (entry !== undefined) this.#forget(key, entry);
      },
    });
    this.#byId.set(key, { session, secret, attempt: hello.attempt, expiry: undefined });
    return session;
  }

  #detached(id: string): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) return;
    const { clock, limits } = this.#context;
    entry.expiry = clock.setTimeout(() => this.#forget(id, entry), limits.pipeWindowMs);
  }

  #forget(id: string, entry: Entry): void {
    if (entry.expiry !== undefined) this.#context.clock.clearTimeout(entry.expiry);
    this.#byId.delete(id);
    entry.session.dispose();
  }
}

/** Whether HELLO answers the challenge of its connection with the session's secret. */
function proves(secret: Buffer, nonce: string, { proof, attempt }: HelloFrame): boolean {
  const expected = createHmac('sha256', secret).update(`${nonce}.${attempt}`).digest();
  return timingSafeEqual(sha256(expected), sha256(proof));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
