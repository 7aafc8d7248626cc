import { randomBytes } from 'node:crypto';
import type { Timer } from '../../../util/timers';
import type { CLOSE_CODES } from '../../../wire/close-codes';
import type { HelloFrame } from '../../../wire/frames';
import { provesSession, STREAM_KEPT } from '../../../wire/opening';
import type { App } from '../../core/model/app';
import type { Group } from '../../core/streams/group';
import { badRule } from '../../core/streams/rules';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';
import { Groups, isAlone, nameOf, wasOf } from './groups';
import { PipeSession } from './session';

/** A client may lose connects on the way; more than this many in a row is no honest counter. */
const MAX_ATTEMPT_STEP = 1_000_000;
/** Sessions that were given up are remembered, so that one that comes back is told why. */
const MAX_GIVEN_UP = 1_000;
/** Interval between checks of streams without a backend. */
const SWEEP_MS = 1_000;

export type Attached =
  | { session: PipeSession }
  | { refused: keyof typeof CLOSE_CODES; message: string };

/** A session without a connection. */
interface Away {
  readonly sinceMs: number;
  /** Until the session is forgotten. */
  readonly expiry: Timer;
  /**
   * Until its partitions go to others. `overdue`: the grace is over, but no other member was there to take over. `over`:
   * the session has left its group.
   */
  grace: Timer | 'overdue' | 'over';
  /** True when another unnamed backend has been told that events of this stream are unhandled. */
  isTold: boolean;
}

interface Entry {
  readonly session: PipeSession;
  readonly secret: Buffer;
  attempt: number;
  /** WELCOME: read by the backend, or on its way with the number of events that unnamed streams left unhandled. */
  welcome: 'read' | { unhandled: number };
  connection: 'attached' | Away;
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

  constructor(context: PipeContext, groups = new Groups(context)) {
    this.#context = context;
    this.#groups = groups;
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
    for (const { session, connection } of this.#byId.values()) {
      if (connection === 'attached' || connection.sinceMs <= sinceMs) continue;
      if (session.behind) return true;
    }
    return false;
  }

  /** True when a session of this id is here. */
  knows(app: App, session: Uint8Array): boolean {
    return this.#byId.get(Buffer.from(session).toString('hex'))?.session.app === app;
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
    if (!provesSession(entry.secret, nonce, hello)) {
      return { refused: 'bad_proof', message: 'the proof does not fit this session' };
    }
    if (hello.attempt <= entry.attempt || hello.attempt > entry.attempt + MAX_ATTEMPT_STEP) {
      return { refused: 'stale_attempt', message: `attempt must be above ${entry.attempt}` };
    }
    // The id and the secret of its session came with WELCOME, and so did the number.
    if (entry.welcome !== 'read') entry.welcome = { unhandled: 0 };
    const lost = entry.session.cannotResume(hello);
    if (lost !== undefined) {
      this.#forget(entry, 0);
      return this.#create(link, hello, 'reset', lost);
    }
    entry.attempt = hello.attempt;
    this.#move(entry, 'attached');
    entry.session.resume(link, hello);
    return { session: entry.session };
  }

  /** A backend has read its WELCOME: it is a member of its group from now on, and may be given partitions. */
  ready(session: PipeSession): void {
    const entry = this.#byId.get(session.id);
    if (entry === undefined) return;
    entry.welcome = 'read';
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
    const away: Away = {
      sinceMs: clock.now(),
      expiry: clock.setTimeout(() => this.#forget(entry, 0), limits.pipeWindowMs),
      grace: clock.setTimeout(() => this.#giveUp(session, away), limits.pipeGraceMs),
      isTold: false,
    };
    this.#move(entry, away);
    this.#bound();
  }

  /** A backend said goodbye: it does not come back, and nobody waits for it. */
  ended(session: PipeSession): void {
    const entry = this.#byId.get(session.id);
    if (entry !== undefined) this.#forget(entry, this.#context.limits.pipeWindowMs);
  }

  /** Ends a stream that is another node's by now, and its sessions: their backends come back and find it. */
  endStream(app: App, key: string): void {
    const group = this.#groups.named(app, key);
    if (group === undefined) return;
    for (const entry of this.#byId.values())
      if (entry.session.group === group) this.#forget(entry, 0);
    this.#groups.drop(group);
  }

  /** Ends the sessions and streams of an app that is gone. */
  remove(app: App): void {
    this.#groups.handOver(app);
    for (const entry of this.#byId.values()) {
      if (entry.session.app === app) this.#forget(entry, 0);
    }
    this.#groups.remove(app);
    this.#unhandled.delete(app);
  }

  /** Ends every session, as when the gateway stops. */
  clear(): void {
    this.#groups.handOver();
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
    // Another node that the backend comes back to finds this one by it.
    if (!app.broker.isAlone) id.writeUInt16BE(this.#context.hub.nodes.own);
    const secret = randomBytes(32);
    const group = this.#groups.get(app, hello);
    const unhandled = isAlone(group, hello.name !== '') ? this.#takeUnhandled(app) : 0;
    // A session that is gone with its node, while its stream is not, has lost nothing.
    const why = verdict === 'reset' && wasOf(group, hello.session) ? STREAM_KEPT : reason;
    const opening = { verdict, reason: why, id, secret, unhandled };
    const session = new PipeSession(this.#context, group, link, hello, opening);
    this.#byId.set(session.id, {
      session,
      secret,
      attempt: hello.attempt,
      welcome: { unhandled },
      connection: 'attached',
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
    return this.#ofName(group, nameOf(hello)).some(({ welcome }) => welcome === 'read');
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
    const end = all.findIndex((each) => each.session === session);
    return all.slice(0, end);
  }

  /**
   * Events that unnamed streams of an app have left unhandled, or hold now while their backend is away: each is told
   * once, and again where the backend has gone without having read it.
   */
  #takeUnhandled(app: App): number {
    let count = this.#unhandled.get(app) ?? 0;
    this.#unhandled.delete(app);
    for (const entry of this.#byId.values()) {
      const { session, welcome, connection: away } = entry;
      if (session.app !== app || away === 'attached') continue;
      if (!isAlone(session.group, session.isNamed)) continue;
      if (!away.isTold) count += session.group.lag.events;
      if (welcome !== 'read') {
        count += welcome.unhandled;
        entry.welcome = { unhandled: 0 };
      }
      // Later events come to the new backend too.
      away.isTold = true;
    }
    return count;
  }

  /** Gives a session's partitions to the other members, as soon as one of them is there. */
  #giveUp(session: PipeSession, away: Away): void {
    const others = [...session.group.members].filter((member) => member !== session);
    if (others.some(({ attached }) => attached)) {
      away.grace = 'over';
      session.group.leave(session);
    } else {
      away.grace = 'overdue';
    }
  }

  /** A member is there: it does not have to wait for others that have been away for too long. */
  #giveUpOverdue(group: Group): void {
    for (const { session, connection: away } of this.#byId.values()) {
      if (session.group !== group || away === 'attached' || away.grace !== 'overdue') continue;
      away.grace = 'over';
      group.leave(session);
    }
  }

  #forget(entry: Entry, keepMs: number, code: 'replaced' | 'going_away' = 'going_away'): void {
    const { session, welcome, connection } = entry;
    const isTold = connection !== 'attached' && connection.isTold;
    this.#stopTimers(entry);
    if (!this.#byId.delete(session.id)) return;
    const { group, app } = session;
    let left = welcome === 'read' ? 0 : welcome.unhandled;
    if (isAlone(group, session.isNamed) && !isTold) left += group.lag.events;
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
      const { session, connection } = entry;
      const { group } = session;
      if (connection === 'attached') attached.add(group);
      else {
        const { sinceMs } = connection;
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
    const [oldest = ''] = this.#givenUp;
    this.#givenUp.delete(oldest);
  }

  #move(entry: Entry, to: Entry['connection']): void {
    this.#stopTimers(entry);
    entry.connection = to;
  }

  #stopTimers({ connection }: Entry): void {
    if (connection === 'attached') return;
    const { clock } = this.#context;
    clock.clearTimeout(connection.expiry);
    if (typeof connection.grace !== 'string') clock.clearTimeout(connection.grace);
  }
}

/** A stream that waits for a backend. */
interface Waiting {
  readonly group: Group;
  /** Time at which the last of its sessions lost its connection. */
  sinceMs: number;
  readonly entries: Entry[];
}
