import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Timer } from '../../../util/timers';
import type { CLOSE_CODES } from '../../../wire/close-codes';
import type { HelloFrame } from '../../../wire/frames';
import type { Group } from '../../core/streams/group';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';
import { Groups } from './groups';
import { badRule, type Opening, PipeSession } from './session';

/** A client may lose connects on the way; more than this many in a row is no honest counter. */
const MAX_ATTEMPT_STEP = 1_000_000;

export type Attached =
  { session: PipeSession } | { refused: keyof typeof CLOSE_CODES; message: string };

interface Entry {
  session: PipeSession;
  secret: Buffer;
  attempt: number;
  /** While it has no connection: until its partitions go to others, and until it is forgotten. */
  grace: Timer | undefined;
  expiry: Timer | undefined;
  /** Nobody waits for it any more, but nobody was there to take over. */
  away: boolean;
}

/**
 * The sessions of backends. A session outlives its connection for a window; the gateway alone judges whether one that
 * comes back goes on where it was.
 */
export class Sessions {
  readonly #context: PipeContext;
  readonly #groups: Groups;
  readonly #byName = new Map<string, Entry>();

  constructor(context: PipeContext) {
    this.#context = context;
    this.#groups = new Groups(context);
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Whether some connected backend has yet to acknowledge what happened. */
  get behind(): boolean {
    return [...this.#byName.values()].some(({ session }) => session.attached && session.behind);
  }

  attach(link: BackendLink, nonce: string, hello: HelloFrame): Attached {
    const refused = this.#groups.refuse(link.app, hello.group);
    if (refused !== undefined) return { refused: 'bad_group', message: refused };
    const wrong = badRule(hello.rules);
    if (wrong !== undefined) return { refused: 'protocol_error', message: wrong };
    if (hello.session.length === 0) return this.#create(link, hello, 'new', '');
    const name = Buffer.from(hello.session).toString('hex');
    const entry = this.#byName.get(name);
    if (entry === undefined || entry.session.app !== link.app) {
      return this.#create(link, hello, 'reset', 'unknown_session');
    }
    if (!proves(entry.secret, nonce, hello)) {
      return { refused: 'bad_proof', message: 'the proof does not fit this session' };
    }
    if (hello.attempt <= entry.attempt || hello.attempt > entry.attempt + MAX_ATTEMPT_STEP) {
      return { refused: 'stale_attempt', message: `attempt must be above ${entry.attempt}` };
    }
    const lost = entry.session.cannotResume(hello);
    if (lost !== undefined) {
      this.#forget(entry);
      return this.#create(link, hello, 'reset', lost);
    }
    const { session } = entry;
    entry.attempt = hello.attempt;
    this.#clearTimers(entry);
    session.resume(link, hello);
    this.#giveUpAway(session.group);
    // Its partitions may have gone to others, and what it wants may have changed.
    session.group.join(session);
    return { session };
  }

  /**
   * A session's connection is gone: others take over after the grace, and it is forgotten after the window. The end of an
   * earlier connection changes nothing.
   */
  detached(session: PipeSession, link: BackendLink): void {
    if (!session.detach(link)) return;
    const entry = this.#byName.get(session.name);
    if (entry === undefined) return;
    const { clock, limits } = this.#context;
    this.#clearTimers(entry);
    entry.expiry = clock.setTimeout(() => this.#forget(entry), limits.pipeWindowMs);
    entry.grace = clock.setTimeout(() => this.#giveUp(entry), limits.pipeGraceMs);
  }

  /** A backend said goodbye: it does not come back, and nobody waits for it. */
  ended(session: PipeSession): void {
    const entry = this.#byName.get(session.name);
    if (entry !== undefined) this.#forget(entry);
  }

  /** Ends every session, as when the gateway stops. */
  clear(): void {
    for (const entry of this.#byName.values()) this.#forget(entry);
    this.#groups.clear();
  }

  #create(
    link: BackendLink,
    hello: HelloFrame,
    verdict: 'new' | 'reset',
    reason: string,
  ): Attached {
    const id = randomBytes(16);
    const secret = randomBytes(32);
    const opening: Opening = { verdict, reason, id, secret };
    const group = this.#groups.get(link.app, hello.group);
    const session = new PipeSession(this.#context, group, link, hello, opening);
    this.#byName.set(session.name, {
      session,
      secret,
      attempt: hello.attempt,
      grace: undefined,
      expiry: undefined,
      away: false,
    });
    this.#giveUpAway(group);
    group.join(session);
    return { session };
  }

  /** Gives a session's partitions to the other members, as soon as one of them is there. */
  #giveUp(entry: Entry): void {
    const { session } = entry;
    for (const member of session.group.members) {
      if (member !== session && member.attached) {
        session.group.leave(session);
        return;
      }
    }
    entry.away = true;
  }

  /** A member is there: it has not to wait for those that have been away for too long. */
  #giveUpAway(group: Group): void {
    for (const entry of this.#byName.values()) {
      if (!entry.away || entry.session.group !== group) continue;
      entry.away = false;
      group.leave(entry.session);
    }
  }

  #forget(entry: Entry): void {
    this.#clearTimers(entry);
    const { session } = entry;
    if (!this.#byName.delete(session.name)) return;
    session.group.leave(session);
    this.#groups.left(session.group);
    session.dispose();
  }

  #clearTimers(entry: Entry): void {
    const { clock } = this.#context;
    if (entry.grace !== undefined) clock.clearTimeout(entry.grace);
    if (entry.expiry !== undefined) clock.clearTimeout(entry.expiry);
    entry.grace = entry.expiry = undefined;
    entry.away = false;
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
