import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Timer } from '../../../util/timers';
import type { CLOSE_CODES } from '../../../wire/close-codes';
import type { HelloFrame } from '../../../wire/frames';
import { sessionProof } from '../../../wire/opening';
import type { App } from '../../core/model/app';
import type { Group } from '../../core/streams/group';
import { badRule } from '../../core/streams/rules';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';
import { Groups, nameOf } from './groups';
import { PipeSession } from './session';

/** A client may lose connects on the way; more than this many in a row is no honest counter. */
const MAX_ATTEMPT_STEP = 1_000_000;
/** Sessions that were given up are remembered, so that one that comes back is told why. */
const MAX_GIVEN_UP = 1_000;
/** Interval between checks of streams without a backend. */
const SWEEP_MS = 1_000;

export type Attached =
  { session: PipeSession } | { refused: keyof typeof CLOSE_CODES; message: string };

interface Entry {
  session: PipeSession;
  secret: Buffer;
  attempt: number;
  /** The backend has read a WELCOME of this session. */
  isReady: boolean;
  /** Events of its stream that were unhandled when another unnamed backend came: that one was told of them. */
  isTold: boolean;
  /** Events that unnamed streams left unhandled, as its WELCOME tells. */
  unhandled: number;
  /** While it has no connection: since when, until its partitions go to others, and until it is forgotten. */
  awaySinceMs: number | undefined;
  grace: Timer | undefined;
  expiry: Timer | undefined;
  /** The grace is over, but no other member was there to take over. */
  isOverdue: boolean;
}

/**
 * The sessions of backends. A session outlives its connection for a window; the gateway alone judges whether one that
 * comes back goes on where it was.
 */
export class Sessions {
  readonly #context: PipeContext;
  readonly #groups: Groups;
  readonly #byId = new Map<string, Entry>();
  /** Events that unnamed streams left unhandled, until the next unnamed backend of the app is told. */
  readonly #unhandled = new Map<App, number>();
  readonly #givenUp = new Set<string>();
  #sweep: Timer | undefined;

  constructor(context: PipeContext) {
    this.#context = context;
    this.#groups = new Groups(context);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** True while a backend, connected or within its grace, has events to acknowledge. */
  get behind(): boolean {
    if (this.awaited) return true;
    for (const { session } of this.#byId.values()) {
      if (session.attached && session.behind) return true;
    }
    return false;
  }

  /** True while a disconnected backend, within its grace, has events to acknowledge. */
  get awaited(): boolean {
    const { clock, limits } = this.#context;
    const sinceMs = clock.now() - limits.pipeGraceMs;
    for (const { session, awaySinceMs } of this.#byId.values()) {
      if (awaySinceMs !== undefined && awaySinceMs > sinceMs && session.behind) return true;
    }
    return false;
  }

  attach(link: BackendLink, nonce: string, hello: HelloFrame): Attached {
    const fault = this.#groups.fault(link.app, hello);
    if (fault !== undefined) return { refused: 'bad_group', message: fault };
    const wrong = badRule(hello.rules);
    if (wrong !== undefined) return { refused: 'protocol_error', message: wrong };
    if (hello.session.length === 0) return this.#create(link, hello, 'new', '');
    const id = Buffer.from(hello.session).toString('hex');
    const entry = this.#byId.get(id);
    if (entry === undefined || entry.session.app !== link.app) {
      if (this.#isTaken(link.app, hello)) {
        return { refused: 'replaced', message: 'another backend has taken this name' };
      }
      const reason = this.#givenUp.delete(id) ? 'given_up' : 'unknown_session';
      return this.#create(link, hello, 'reset', reason);
    }
    if (!proves(entry.secret, nonce, hello)) {
      return { refused: 'bad_proof', message: 'the proof does not fit this session' };
    }
    if (hello.attempt <= entry.attempt || hello.attempt > entry.attempt + MAX_ATTEMPT_STEP) {
      return { refused: 'stale_attempt', message: `attempt must be above ${entry.attempt}` };
    }
    const lost = entry.session.cannotResume(hello);
    if (lost !== undefined) {
      this.#forget(entry, 0);
      return this.#create(link, hello, 'reset', lost);
    }
    entry.attempt = hello.attempt;
    entry.isTold = false;
    this.#clearTimers(entry);
    entry.session.resume(link, hello);
    return { session: entry.session };
  }

  /** A backend has read its WELCOME: it is a member of its group from now on, and may be given partitions. */
  ready(session: PipeSession): void {
    const entry = this.#byId.get(session.id);
    if (entry === undefined) return;
    entry.isReady = true;
    const { group } = session;
    const earlier = this.#earlierOfName(session);
    // An earlier session that is away for longer than the grace has no place in the group any more.
    const before = earlier.find((each) => group.members.has(each.session));
    if (before === undefined) group.join(session);
    else group.replace(before.session, session);
    for (const each of earlier) this.#forget(each, 0, 'replaced');
    this.#giveUpOverdue(group);
  }

  /**
   * A session's connection is gone: others take over after the grace, and it is forgotten after the window. The end
   * of an earlier connection changes nothing.
   */
  detached(session: PipeSession, link: BackendLink): void {
    if (!session.detach(link)) return;
    const entry = this.#byId.get(session.id);
    if (entry === undefined) return;
    const { clock, limits } = this.#context;
    this.#clearTimers(entry);
    entry.awaySinceMs = clock.now();
    entry.expiry = clock.setTimeout(() => this.#forget(entry, 0), limits.pipeWindowMs);
    entry.grace = clock.setTimeout(() => this.#giveUp(entry), limits.pipeGraceMs);
    this.#bound();
  }

  /** A backend said goodbye: it does not come back, and nobody waits for it. */
  ended(session: PipeSession): void {
    const entry = this.#byId.get(session.id);
    if (entry !== undefined) this.#forget(entry, this.#context.limits.pipeWindowMs);
  }

  /** Ends the sessions and streams of an app that is gone. */
  remove(app: App): void {
    for (const entry of this.#byId.values()) {
      if (entry.session.app === app) this.#forget(entry, 0);
    }
    this.#groups.remove(app);
    this.#unhandled.delete(app);
  }

  /** Ends every session, as when the gateway stops. */
  clear(): void {
    for (const entry of this.#byId.values()) this.#forget(entry, 0);
    this.#groups.clear();
    this.#unhandled.clear();
    if (this.#sweep !== undefined) this.#context.clock.clearTimeout(this.#sweep);
    this.#sweep = undefined;
  }

  #create(
    link: BackendLink,
    hello: HelloFrame,
    verdict: 'new' | 'reset',
    reason: string,
  ): Attached {
    const { app } = link;
    const id = randomBytes(16);
    const secret = randomBytes(32);
    const group = this.#groups.get(app, hello);
    const unhandled = isAlone(group, hello.name !== '') ? this.#takeUnhandled(app) : 0;
    const opening = { verdict, reason, id, secret, unhandled };
    const session = new PipeSession(this.#context, group, link, hello, opening);
    this.#byId.set(session.id, {
      session,
      secret,
      attempt: hello.attempt,
      isReady: false,
      isTold: false,
      unhandled,
      awaySinceMs: undefined,
      grace: undefined,
      expiry: undefined,
      isOverdue: false,
    });
    if (group.members.size === 0) group.expect(session);
    return { session };
  }

  /**
   * True when HELLO's name belongs to a session. Only a new backend takes a name: one whose session has ended, because
   * another took its name or the window is over, must not take it back.
   */
  #isTaken(app: App, hello: HelloFrame): boolean {
    const group = hello.name === '' ? undefined : this.#groups.find(app, hello);
    if (group === undefined) return false;
    // A session whose WELCOME was lost may be this backend's own.
    return this.#ofName(group, nameOf(hello)).some(({ isReady }) => isReady);
  }

  /** Sessions of a name in a group, the earliest first. */
  #ofName(group: Group, name: string): Entry[] {
    return [...this.#byId.values()].filter(
      ({ session }) => session.group === group && session.name === name,
    );
  }

  /** Sessions of the same name that began before this one. */
  #earlierOfName(session: PipeSession): Entry[] {
    const all = this.#ofName(session.group, session.name);
    return all.slice(
      0,
      all.findIndex((each) => each.session === session),
    );
  }

  /**
   * Events that unnamed streams of an app have left unhandled, or hold now while their backend is away: each is told
   * once.
   */
  #takeUnhandled(app: App): number {
    let count = this.#unhandled.get(app) ?? 0;
    this.#unhandled.delete(app);
    for (const entry of this.#byId.values()) {
      const { session, awaySinceMs } = entry;
      if (session.app !== app || awaySinceMs === undefined) continue;
      if (!isAlone(session.group, session.isNamed)) continue;
      if (!entry.isTold) count += session.group.lag.events;
      // Later events come to the new backend too.
      entry.isTold = true;
    }
    return count;
  }

  /** Gives a session's partitions to the other members, as soon as one of them is there. */
  #giveUp(entry: Entry): void {
    entry.grace = undefined;
    const { session } = entry;
    for (const member of session.group.members) {
      if (member !== session && member.attached) {
        session.group.leave(session);
        return;
      }
    }
    entry.isOverdue = true;
  }

  /** A member is there: it does not have to wait for others that have been away for too long. */
  #giveUpOverdue(group: Group): void {
    for (const entry of this.#byId.values()) {
      if (!entry.isOverdue || entry.session.group !== group) continue;
      entry.isOverdue = false;
      group.leave(entry.session);
    }
  }

  #forget(entry: Entry, keepMs: number, code: 'replaced' | 'going_away' = 'going_away'): void {
    this.#clearTimers(entry);
    const { session } = entry;
    if (!this.#byId.delete(session.id)) return;
    const { group, app } = session;
    // A backend that has not read its WELCOME was told nothing.
    let left = entry.isReady ? 0 : entry.unhandled;
    if (isAlone(group, session.isNamed) && !entry.isTold) left += group.lag.events;
    if (left > 0) this.#unhandled.set(app, (this.#unhandled.get(app) ?? 0) + left);
    group.leave(session);
    const isLast = ![...this.#byId.values()].some((each) => each.session.group === group);
    if (isLast) this.#groups.left(group, keepMs);
    const replaced = 'another backend has taken this name';
    session.dispose(code, code === 'replaced' ? replaced : 'the session has ended');
  }

  /**
   * Holds the streams that wait for a backend within their limits: the one that has waited longest is given up first.
   */
  #bound(): void {
    const { clock, limits, log, metrics } = this.#context;
    const byApp = new Map<App, Waiting[]>();
    for (const waiting of this.#waitingStreams()) {
      const { app } = waiting.group;
      const all = byApp.get(app);
      if (all === undefined) byApp.set(app, [waiting]);
      else all.push(waiting);
    }
    for (const [app, all] of byApp) {
      let bytes = all.reduce((sum, { group }) => sum + group.budget.bytes, 0);
      let count = all.length;
      for (const { group, entries } of all.sort((a, b) => a.sinceMs - b.sinceMs)) {
        const isFull = count > limits.maxPipeWaiting;
        if (!isFull && bytes <= limits.maxPipeWaitingBytes) break;
        count--;
        bytes -= group.budget.bytes;
        metrics.pipeStreamsGivenUp++;
        const limit = isFull ? 'maxPipeWaiting' : 'maxPipeWaitingBytes';
        const events = group.lag.events;
        log.warn({ app: app.id, events }, `a stream without a backend was given up: ${limit}`);
        for (const entry of entries) {
          this.#remember(entry.session.id);
          this.#forget(entry, 0);
        }
        if (entries.length === 0) this.#groups.drop(group);
      }
    }
    if (byApp.size === 0) return;
    this.#sweep ??= clock.setTimeout(() => {
      this.#sweep = undefined;
      this.#bound();
    }, SWEEP_MS);
  }

  /** Streams whose sessions are all without a connection. */
  #waitingStreams(): Iterable<Waiting> {
    const waiting = new Map<Group, Waiting>();
    const attached = new Set<Group>();
    for (const entry of this.#byId.values()) {
      const { group } = entry.session;
      const sinceMs = entry.awaySinceMs;
      if (sinceMs === undefined) attached.add(group);
      else {
        const found = waiting.get(group) ?? { group, sinceMs, entries: [] };
        found.sinceMs = Math.max(found.sinceMs, sinceMs);
        found.entries.push(entry);
        waiting.set(group, found);
      }
    }
    for (const group of attached) waiting.delete(group);
    for (const group of this.#groups.idle()) waiting.set(group, { group, sinceMs: 0, entries: [] });
    return waiting.values();
  }

  #remember(id: string): void {
    this.#givenUp.add(id);
    if (this.#givenUp.size <= MAX_GIVEN_UP) return;
    for (const oldest of this.#givenUp) {
      this.#givenUp.delete(oldest);
      return;
    }
  }

  #clearTimers(entry: Entry): void {
    const { clock } = this.#context;
    if (entry.grace !== undefined) clock.clearTimeout(entry.grace);
    if (entry.expiry !== undefined) clock.clearTimeout(entry.expiry);
    entry.grace = entry.expiry = entry.awaySinceMs = undefined;
    entry.isOverdue = false;
  }
}

/** A stream that waits for a backend. */
interface Waiting {
  readonly group: Group;
  /** When the last of its sessions lost its connection. */
  sinceMs: number;
  readonly entries: Entry[];
}

/** True when a stream ends with its session: it has no name, and nobody shares it. */
function isAlone({ settings }: Group, isNamed: boolean): boolean {
  return !isNamed && (settings.name === '' || settings.mode === 'broadcast');
}

/** True when HELLO answers the challenge of its connection with the session's secret. */
function proves(secret: Buffer, nonce: string, { proof, attempt }: HelloFrame): boolean {
  const expected = sessionProof(secret, nonce, attempt);
  return timingSafeEqual(sha256(expected), sha256(proof));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
