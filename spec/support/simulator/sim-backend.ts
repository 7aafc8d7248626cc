import type { StandpipeError } from '../../../lib/errors';
import { createClient, type PipeClient } from '../../../lib/pipe/client';
import type { PipeOptions } from '../../../lib/pipe/options';
import type { Meta } from '../../../lib/pipe/types';
import { silent } from '../../../lib/util/logger';
import { CLOSE_CODES } from '../../../lib/wire/close-codes';
import type { Outcome } from '../ledger';
import type { ManualClock } from '../manual-clock';
import type { VirtualTime } from '../virtual-time';
import type { Chance } from './chance';
import type { Network } from './network';
import { APP, TAP, type EventName } from './sim-gateway';

/** Time after which a process that has heard nothing expects a second one of its name. */
const NAMESAKE_MS = 500;
/** The grace of groups. */
export const GRACE_MS = 1_000;

/** Hears the events in a backend as they happen. */
export interface BackendOwner {
  readonly chance: Chance;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly options: { calm: boolean; credit: number; differing: boolean };
  began(backend: SimBackend, id: number, data: string, meta: Meta): void;
  ended(backend: SimBackend, id: number, meta: Meta): void;
  gap(backend: SimBackend, count: number | undefined): void;
  sentOne(backend: SimBackend, n: number): void;
  settled(backend: SimBackend, n: number, outcome: Outcome): void;
  /** The clock of a new process. */
  process(): ManualClock;
  /** Name of the session that a backend was welcomed to last. */
  sessionNow(backend: SimBackend): string | undefined;
  /** Moment at which the gateway sent the message that a backend has read last. */
  readUpToMs(backend: SimBackend): number;
  refused(backend: SimBackend, cause: Meta): void;
  replaced(backend: SimBackend): void;
  /** A handler failed, and the client leaves because of it. */
  stopped(backend: SimBackend): void;
  broken(what: string): void;
}

/** `left`: its partition went to another member. */
export type Whereabouts = 'open' | 'closed' | 'left';

/** A real client in a process of its own, with handlers that take their time. */
export class SimBackend {
  readonly name: string;
  readonly clock: ManualClock;
  readonly client: PipeClient;
  /** Sockets and channels as handlers were told of them. */
  readonly sockets = new Map<string, Whereabouts>();
  readonly channels = new Map<string, Whereabouts>();
  /** Sessions it was ever in. */
  readonly sessions = new Set<string>();
  /** Triggers whose outcome was told. */
  readonly told = new Set<number>();
  /** Handlers that have not ended. */
  running = 0;
  readonly #chance: Chance;
  readonly #owner: BackendOwner;
  /** Opens and closes come in an order of their own when channels have other keys than their sockets. */
  readonly #byChannel: boolean;
  /** Messages, whichever session brought them. */
  readonly #handled = new Set<number>();
  /** Number of times that the stream of a socket was begun. */
  readonly #followed = new Map<string, number>();
  readonly #stops: boolean;
  #failed = false;
  /** Time after which another process may have what this one has at hand. */
  readonly #takeoverMs: number;
  #stoodSinceMs = 0;
  /** End of the last standstill in which another process may have taken over. */
  #stoodUntilMs = -Infinity;
  #sent = 0;
  #node = '';
  #session = '';

  /** @param hears names of the events that it subscribes to; all of them unless given */
  constructor(
    name: string,
    owner: BackendOwner,
    options: Partial<PipeOptions>,
    hears?: readonly EventName[],
  ) {
    this.name = name;
    this.#owner = owner;
    this.#chance = owner.chance;
    this.clock = owner.process();
    const { id: appId, key, secret } = APP;
    const surroundings = { clock: this.clock, dial: owner.network.diallerOf(this.clock) };
    this.client = createClient({ appId, key, secret, log: silent, ...options }, surroundings);
    const group = typeof options.group === 'object' ? options.group : undefined;
    this.#byChannel = group?.order === 'channel';
    this.#stops = options.onHandlerError === 'stop';
    const isShared = group !== undefined && group.mode !== 'broadcast';
    this.#takeoverMs = options.name !== undefined ? NAMESAKE_MS : isShared ? GRACE_MS : Infinity;
    this.#listen(group?.mode === 'shared', hears);
    void this.client.connect();
  }

  get standsStill(): boolean {
    return this.clock.standsStill;
  }

  standStill(): void {
    this.#stoodSinceMs = this.clock.now();
    this.clock.standStill();
  }

  goOn(): void {
    const nowMs = this.clock.now();
    if (nowMs - this.#stoodSinceMs > this.#takeoverMs) this.#stoodUntilMs = nowMs;
    this.clock.goOn(this.#chance.percent(50));
  }

  /** Ends, at once or when the process goes on. */
  async disconnect(): Promise<void> {
    await new Promise<void>((resolve) => this.clock.receive(resolve));
    await this.client.disconnect();
  }

  /** The gateway it was welcomed by last. */
  get node(): string {
    return this.#node;
  }

  /** Triggers so far; they are numbered from 1. */
  get sent(): number {
    return this.#sent;
  }

  /** Publishes something that the tap sees once, if the gateway applies it. */
  /** @param session the session that brought the event that is answered */
  publish(cause?: Meta, session = this.#session): void {
    const n = (this.#sent += 1);
    this.#owner.sentOne(this, n);
    const told = (outcome: Outcome): void => {
      this.told.add(n);
      this.#owner.settled(this, n, outcome);
      if (outcome === 'refused' && cause !== undefined) this.#owner.refused(this, cause);
    };
    const failed = (error: unknown): void => told(outcomeOf(error));
    const data = { process: this.name, n, session, cause: cause?.id };
    const channel = this.client.channel(TAP);
    if (this.#chance.percent(50)) {
      const ack = this.#chance.percent(40) ? 'delivered' : 'accepted';
      channel.publish('seen', data, { cause, ack }).then((receipt) => {
        // A receipt may go down with its connection; one that comes counts the one browser there is.
        if (receipt.status === 'delivered' && receipt.sockets !== 1)
          this.#owner.broken(`${this.name}: ${receipt.sockets} sockets saw ${n}`);
        told('ok');
      }, failed);
    } else {
      channel.trigger('seen', data, { cause }, (error) => (error ? failed(error) : told('ok')));
    }
  }

  /** Publishes many things in one turn, and sends as many to a socket that never was, which are refused. */
  burst(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.#chance.percent(60)) this.#refused();
      else this.publish();
    }
  }

  #refused(): void {
    const n = (this.#sent += 1);
    this.client.socket('0.0').trigger('seen', {}, {}, (error) => {
      this.told.add(n);
      if (error === null) this.#owner.broken(`${this.name}: ${n} was applied to no socket`);
    });
  }

  #listen(shared: boolean, hears: readonly EventName[] | undefined): void {
    const { client } = this;
    // A member hears no close of a socket whose messages come to it as the only one that asked for them.
    if (hears === undefined) client.subscribe(['socket_existence', 'channel_existence']);
    client.subscribe(['socket_message'], hears && { events: [...hears] });
    client.sockets.on('event', (_, socketId, data, meta) => {
      if (!shared && hears === undefined) this.#introduced(socketId, meta);
      return this.#handle(data, meta);
    });
    client.channels.on('event', (_, _channel, socketId, data, meta) => {
      if (!shared && !this.#byChannel && hears === undefined) this.#introduced(socketId, meta);
      return this.#handle(data, meta);
    });
    if (!shared && hears === undefined) {
      client.sockets.on('open', (id, meta) => this.#came(this.sockets, id, meta));
      client.sockets.on('close', (id, meta) => this.#went(this.sockets, id, meta));
      client.channels.on('occupied', (name, meta) => this.#came(this.channels, name, meta));
      client.channels.on('vacated', (name, meta) => this.#went(this.channels, name, meta));
      client.sockets.on('moved', (id) => void this.sockets.set(id, 'left'));
      client.channels.on('moved', (name) => void this.channels.set(name, 'left'));
    }
    client.on('gap', ({ count }) => this.#owner.gap(this, count));
    client.on('connected', ({ session, node }) => {
      const before = this.#node;
      this.#node = node;
      this.#session = this.#owner.sessionNow(this) ?? '';
      this.sessions.add(this.#session);
      // Nothing of one gateway lives on in the next.
      const right = before === '' ? 'new' : before === node ? session : 'reset';
      if (session !== right)
        this.#owner.broken(`${this.name}: ${session} of ${node} after ${before}`);
    });
    client.on('error', ({ code, status, message }) => {
      if (status === CLOSE_CODES.replaced.code) return this.#owner.replaced(this);
      const expected = ['connect_failed', 'connection_lost', 'handler_failed', 'unknown_outcome'];
      if (!expected.includes(code)) this.#owner.broken(`${this.name}: ${code} ${message}`);
      if (/protocol|acknowledged|the gateway sent/.test(message))
        this.#owner.broken(`${this.name}: ${message}`);
    });
    client.on('disconnected', ({ error }) => {
      const cause = error?.cause;
      if (cause instanceof Error) this.#owner.broken(`${this.name}: ${cause.message}`);
    });
  }

  #handle(data: unknown, meta: Meta): Promise<void> | undefined {
    const chance = this.#chance;
    const { id } = data as { id: number };
    const session = this.#session;
    // An event that was not acknowledged may, where members differ, be handed on to another partition of its member.
    const mayRepeat = this.#owner.options.differing && meta.redelivered;
    if (this.#handled.has(id) && !mayRepeat)
      this.#owner.broken(`${meta.id} came twice to ${this.name}`);
    this.#handled.add(id);
    if (this.#owner.readUpToMs(this) < this.#stoodUntilMs)
      this.#owner.broken(`${this.name} stood still, and began ${meta.id} before it was answered`);
    if (this.#failed) this.#owner.broken(`${meta.id} began at ${this.name}, which has failed`);
    this.#owner.began(this, id, JSON.stringify(data), meta);
    if (chance.percent(20)) this.publish(chance.percent(70) ? meta : undefined, session);
    if (chance.percent(60)) {
      this.#end(id, meta);
      return undefined;
    }
    const slowestMs = this.#owner.options.calm ? 4 : chance.percent(90) ? 150 : 2_500;
    return this.#take(id, meta, session, chance.whole(0, slowestMs));
  }

  async #take(id: number, meta: Meta, session: string, forMs: number): Promise<void> {
    const chance = this.#chance;
    this.running += 1;
    const { credit } = this.#owner.options;
    if (this.running > credit) this.#owner.broken(`${this.name} runs more than ${credit} handlers`);
    await new Promise<void>((resolve) => this.clock.setTimeout(resolve, forMs));
    this.running -= 1;
    if (chance.percent(20)) this.publish(meta, session);
    this.#end(id, meta);
  }

  /** A handler comes to its end, or fails; then the event comes again if the client stops for it. */
  #end(id: number, meta: Meta): void {
    const fails = this.#chance.percent(5);
    if (fails && this.#stops) {
      this.#failed = true;
      this.#owner.stopped(this);
    } else this.#owner.ended(this, id, meta);
    if (fails) throw new Error('as handlers do');
  }

  #introduced(socketId: string, meta: Meta): void {
    if (this.sockets.get(socketId) === 'open') return;
    const now = this.sockets.get(socketId) ?? 'unknown';
    this.#owner.broken(
      `${this.name}: a message of socket ${socketId}, which is ${now} (${meta.id})`,
    );
  }

  #came(names: Map<string, Whereabouts>, name: string, meta: Meta): void {
    const now = names.get(name);
    // A channel comes again, a socket does not, unless it comes back with its partition.
    if (now === 'open' || (now === 'closed' && names === this.sockets))
      this.#owner.broken(`${this.name}: ${name} came though it is ${now} (${meta.id})`);
    names.set(name, 'open');
    if (names === this.sockets) void this.#follow(name);
  }

  /** The stream of a socket ends with its close, and when the socket goes to another member, from where it may be back. */
  async #follow(socketId: string): Promise<void> {
    const times = (this.#followed.get(socketId) ?? 0) + 1;
    this.#followed.set(socketId, times);
    for await (const event of this.client.socket(socketId).events()) void event;
    const isLast = this.#followed.get(socketId) === times;
    if (isLast && this.sockets.get(socketId) === 'open') this.sockets.set(socketId, 'left');
  }

  #went(names: Map<string, Whereabouts>, name: string, meta: Meta): void {
    const now = names.get(name) ?? 'unknown';
    if (now !== 'open')
      this.#owner.broken(`${this.name}: ${name} went though it is ${now} (${meta.id})`);
    names.set(name, 'closed');
  }
}

/** Id of the stream that an event is of. */
export function streamOf(meta: Meta): string {
  return meta.id.slice(0, meta.id.indexOf('.'));
}

function outcomeOf(error: unknown): Outcome {
  const { code } = error as StandpipeError;
  if (code === 'unknown_outcome') return 'unknown';
  return code === 'refused' ? 'refused' : 'not_sent';
}
