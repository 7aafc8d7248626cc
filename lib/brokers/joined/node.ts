import { silent, type Logger } from '../../util/logger';
import { systemClock, type Clock, type Timer } from '../../util/timers';
import type { NodeMessage } from '../../wire/cluster';
import type { AppBroker, AppListener, Broker, BrokerListener, BrokerState } from '../broker';
import { noMetrics } from '../metrics';
import { JoinedApp } from './app';
import type { EngineLink, LinkListener, Renewal } from './engine-link';
import { HeldLease, RENEWALS_PER_LEASE } from './held-lease';
import { Letters } from './mail/letters';
import { Mailbox } from './mail/mailbox';
import { JOINED_LIMITS, type JoinedLimits, type JoinedOptions } from './parts';
import { Receipts } from './mail/receipts';
import { SilenceTimes } from './silence';
import { Sweeper } from './sweeper';

const START_TIMEOUT_MS = 10_000;
const LEAVE_TIMEOUT_MS = 5000;
/** A time before all others: nobody is declared dead. */
const PAST_MS = -1;

/**
 * A node that is joined to an engine elsewhere. It keeps a lease; while it can not, it says so by its state; when the
 * others have declared it dead, it begins anew under another number.
 */
export class JoinedNode implements Broker, LinkListener {
  readonly metrics = noMetrics();
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limits: JoinedLimits;
  readonly #link: EngineLink;
  readonly #apps = new Map<string, JoinedApp>();
  readonly #mailbox: Mailbox;
  readonly #letters: Letters;
  readonly #receipts: Receipts;
  readonly #sweeper: Sweeper;
  readonly #lease: HeldLease;
  readonly #silence: SilenceTimes;
  #listener: BrokerListener | undefined;
  #state: BrokerState = 'down';
  /** The engine has begun anew, and the apps do not know it yet. */
  #isNewEra = false;
  #timer: Timer | undefined;
  #stopped = false;
  /** Moment at which the way to the engine was cut; undefined while it is there. */
  #awaySince: number | undefined = 0;
  /** This node was declared dead, and has yet to begin anew. */
  #isAnew = false;
  /** Topics were cut, and the apps do not know it yet. */
  #missed = false;
  #nextSearch = 0;
  #noSearchUntil = 0;
  #comesBack = false;
  /** Leases have changed since the renewal that is on its way was sent: its list may be an old one. */
  #renewsAgain = false;

  constructor(link: EngineLink, { clock = systemClock, log = silent, limits }: JoinedOptions = {}) {
    this.#clock = clock;
    this.#log = log;
    this.#limits = { ...JOINED_LIMITS, ...limits };
    this.#silence = new SilenceTimes(this.#limits);
    this.#link = link;
    this.#lease = new HeldLease({
      ...{ clock, link, leaseMs: this.#limits.leaseMs },
      changed: () => this.#nodesChanged(),
      newEra: () => this.#newEra(),
    });
    this.#receipts = new Receipts(clock);
    this.#mailbox = new Mailbox(
      (run) => clock.endOfTurn(run),
      (node, messages) => void link.post(node, messages),
    );
    this.#letters = new Letters({
      ...{ clock, metrics: this.metrics },
      post: (node, message) => this.#mailbox.post(node, message),
      handle: (app, from, text) => this.#apps.get(app)?.listener?.message(from, text),
    });
    this.#sweeper = new Sweeper(link, {
      died: (nodes) => this.#died(nodes),
      sweep: (app, facts, node) => this.#app(app).sweep(facts, node),
    });
  }

  get node(): number {
    return this.#lease.node;
  }

  get nodes(): ReadonlySet<number> {
    return this.#lease.nodes;
  }

  get state(): BrokerState {
    return this.#state;
  }

  async start(listener: BrokerListener): Promise<void> {
    this.#listener = listener;
    this.#stopped = false;
    await this.#link.connect(this, START_TIMEOUT_MS);
    await this.#register();
    this.#awaySince = undefined;
    this.#missed = false;
    await this.#renewAndSearch();
    this.#setState('up');
    for (const app of this.#apps.values()) app.up(false);
    this.#tick();
    void this.#lease.tell();
  }

  app(id: string, listener: AppListener): AppBroker {
    const app = this.#app(id);
    app.listener = listener;
    return app;
  }

  async leave(): Promise<void> {
    const settled = [...this.#apps.values()].map((app) => Promise.resolve(app.settled()));
    const left = Promise.all(settled)
      .then(() => this.#lease.release())
      .then(() => this.#lease.tell());
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, LEAVE_TIMEOUT_MS);
    });
    // An engine that is away lets the lease run out by itself.
    await Promise.race([left.catch(() => undefined), late]);
    if (timer !== undefined) this.#clock.clearTimeout(timer);
    this.stop();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#setState('down');
    this.#link.close();
    // Another start takes another number, under which everything is said anew.
    this.#lease.forget();
    for (const app of this.#apps.values()) app.restart();
  }

  // ---- called by the link

  up(missed: boolean): void {
    this.#missed ||= missed;
    if (missed) for (const app of this.#apps.values()) app.missed();
    if (this.#timer === undefined || this.#stopped) return;
    void this.#comeBack();
  }

  away(): void {
    this.#awaySince ??= this.#clock.now();
    this.#noSearchUntil = this.#clock.now() + this.#limits.leaseMs;
    this.#lease.away();
    for (const app of this.#apps.values()) app.away();
    this.#judge();
  }

  heard(...[app, channel, items]: Parameters<LinkListener['heard']>): void {
    this.#apps.get(app)?.heard(channel, items);
  }

  heardUser(app: string, userId: string, online: boolean, seq: number): void {
    this.#apps.get(app)?.heardUser(userId, online, seq);
  }

  heardUpTo(app: string, seq: number): void {
    this.#apps.get(app)?.heardUpTo(seq);
  }

  posted(message: NodeMessage): void {
    switch (message.kind) {
      case 'receipt':
        this.#receipts.counted(message.receipt, message.sockets);
        return;
      case 'leasesChanged':
        if (this.node !== 0) this.#leasesChanged();
        return;
      default:
        // A letter that waited while this node stood still may be another's by now. It comes again if it is not.
        if (message.kind === 'letter' && this.#lease.isInDoubt) return;
        this.#letters.posted(message);
    }
  }

  unreadable(): void {
    this.metrics.unreadable++;
  }

  // ---- own

  #app(id: string): JoinedApp {
    let app = this.#apps.get(id);
    if (app === undefined) {
      const { metrics } = this;
      app = new JoinedApp(id, {
        ...{ clock: this.#clock, link: this.#link, limits: this.#limits, metrics },
        ...{ letters: this.#letters, mailbox: this.#mailbox, receipts: this.#receipts },
        node: () => this.node,
        nodes: () => this.nodes,
        state: () => this.#state,
        isInDoubt: () => this.#lease.isInDoubt,
        fenced: () => this.#fenced(),
        lost: () => this.#quietly(this.#sayAgain()),
        missed: (...about) => this.#missedEvents(...about),
      });
      this.#apps.set(id, app);
      if (this.#state === 'up') app.up(false);
    }
    return app;
  }

  #missedEvents(appId: string, channels: number): void {
    if (channels === 0) return;
    this.metrics.missed += channels;
    const message = 'events may be missing that were published while the engine was away';
    this.#log.warn({ node: this.node, appId, channels }, message);
  }

  async #register(): Promise<void> {
    await this.#lease.take();
    this.#letters.begin(this.node);
    await this.#link.hearNode(this.node);
  }

  /** The engine is there again: the lease first, then everything whose outcome is not known. */
  async #comeBack(): Promise<void> {
    if (this.#comesBack || this.#stopped) return;
    this.#comesBack = true;
    try {
      if (this.node === 0) await this.#register();
      if ((await this.#renew()) === undefined) return;
      if (this.#isAnew) await this.#beginAnew();
      this.#awaySince = undefined;
      this.#noSearchUntil = this.#clock.now() + this.#limits.leaseMs;
      const missed = this.#missed || this.#isNewEra;
      if (this.#isNewEra) this.#lost();
      this.#missed = false;
      this.#setState('up');
      for (const app of this.#apps.values()) app.up(missed);
    } catch {
      // The engine went away again, or a look after some time tries once more.
    } finally {
      this.#comesBack = false;
    }
  }

  /** Under another number. Rejects when the engine has gone away meanwhile. */
  async #beginAnew(): Promise<void> {
    // The others share the channels with this node before it does anything.
    await this.#lease.tell();
    await this.#listener?.fenced();
    if (!this.#link.isUp) throw new Error('the engine is away');
    // Facts of sockets that have left in the meantime are void as well.
    for (const app of this.#apps.values()) app.restart();
    this.#isAnew = false;
  }

  #lost(): void {
    this.#isNewEra = false;
    this.metrics.eras++;
    this.#log.warn({ node: this.node }, 'the engine has begun anew: all facts are said again');
    for (const app of this.#apps.values()) app.lost();
  }

  /** The engine has lost what it knew, and was not away: the lease first, since facts need one. */
  async #sayAgain(): Promise<void> {
    if (this.#comesBack) return;
    this.#comesBack = true;
    try {
      if ((await this.#renew()) === undefined) return;
      this.#lost();
      for (const app of this.#apps.values()) app.up(true);
    } finally {
      this.#comesBack = false;
    }
  }

  /** Undefined when the lease is not held. Rejects when the engine is away. */
  async #renew(): Promise<Renewal | undefined> {
    // A node that stood still is down until its renewal is answered.
    if (this.#lease.isInDoubt) this.#judge();
    const renewal = await this.#lease.renew();
    if (renewal === undefined) {
      this.#fenced();
      return undefined;
    }
    if (this.#renewsAgain) this.#clock.endOfTurn(() => this.#leasesChanged());
    return renewal;
  }

  #newEra(): void {
    this.#isNewEra = true;
    this.#noSearchUntil = this.#clock.now() + this.#limits.leaseMs;
    void this.#lease.tell();
  }

  #nodesChanged(): void {
    this.metrics.nodes = this.nodes.size;
    this.#letters.nodes(this.nodes);
    this.#listener?.nodes();
  }

  /** The others have declared this node dead. */
  #fenced(): void {
    if (this.node === 0 || this.#stopped) return;
    this.metrics.fenced++;
    this.#log.error({ node: this.node }, 'this node was declared dead: it begins anew');
    this.#lease.forget();
    this.#awaySince = this.#clock.now();
    this.#setState('down');
    for (const app of this.#apps.values()) app.restart();
    this.#isAnew = true;
    // The renewal that was refused may be one of `comeBack`, which has to end first.
    this.#clock.endOfTurn(() => void this.#comeBack());
  }

  /** Renews the lease; then looks for the dead when it is time, as an engine that answers at once. */
  async #renewAndSearch(): Promise<void> {
    const { leaseMs } = this.#limits;
    const renewal = await this.#renew();
    if (this.#isNewEra) return this.#sayAgain();
    const now = this.#clock.now();
    if (renewal === undefined || now < this.#nextSearch) return;
    this.#nextSearch = now + leaseMs / RENEWALS_PER_LEASE / 2;
    // Nodes that are declared dead, as those that have left, are swept all the same.
    const mayDeclare = now >= this.#noSearchUntil;
    void this.#sweeper.run(this.node, mayDeclare ? renewal.atMs + leaseMs / 10 : PAST_MS);
  }

  /** Learns of them at once, and looks for the dead. */
  #leasesChanged(): void {
    this.#nextSearch = 0;
    this.#renewsAgain = this.#lease.asksSince !== undefined;
    if (!this.#renewsAgain) this.#quietly(this.#renewAndSearch());
  }

  /** Nodes were declared dead: the channels that they looked after are shared out among those that are left. */
  #died(nodes: readonly number[]): void {
    if (this.#lease.died(nodes)) void this.#lease.tell();
  }

  #tick(): void {
    this.#timer = this.#clock.setTimeout(() => this.#tick(), this.#silence.lookMs);
    this.#letters.tick();
    this.#receipts.tick();
    this.metrics.topics = 0;
    for (const app of this.#apps.values()) {
      app.tick();
      this.metrics.topics += app.topics;
    }
    // A lease is asked for again where an attempt has failed though the engine can be spoken to.
    if (this.#awaySince !== undefined) {
      if (this.#link.isUp) void this.#comeBack();
    } else if (this.#lease.isDue) this.#quietly(this.#renewAndSearch());
    this.#judge();
    const isGivenUp = this.#silence.givesUp(this.#clock.now(), this.#waitsSince);
    if (isGivenUp && this.#link.isUp) this.#link.reset();
  }

  /** A renewal that fails is tried again at the next look. */
  #quietly(renewal: Promise<void>): void {
    renewal.catch(() => {
      // The others may have been refused as well, as by an engine without memory.
      this.#noSearchUntil = this.#clock.now() + this.#limits.leaseMs;
    });
  }

  /** Moment since which the oldest call waits for its answer. */
  get #waitsSince(): number | undefined {
    let since = this.#lease.asksSince;
    for (const { waitsSince = Infinity } of this.#apps.values()) {
      if (waitsSince < (since ?? Infinity)) since = waitsSince;
    }
    return since;
  }

  /** Finds the state from the time for which the engine has not answered. */
  #judge(): void {
    if (this.#stopped) return;
    const now = this.#clock.now();
    const isAway = this.#awaySince !== undefined;
    const ms = now - Math.min(this.#awaySince ?? now, this.#waitsSince ?? now);
    // The others may need as long as this node to renew: nobody is declared dead before a whole lease has passed.
    if (ms >= this.#silence.lookMs) this.#noSearchUntil = now + this.#limits.leaseMs;
    const { isInDoubt } = this.#lease;
    const state = this.#silence.stateAfter(this.#state, { ms, isAway, isInDoubt });
    const comesUp = state === 'up' && this.#state !== 'up';
    this.#setState(state);
    if (comesUp) for (const app of this.#apps.values()) app.up(false);
  }

  #setState(state: BrokerState): void {
    if (this.#state === state) return;
    this.#state = state;
    if (state === 'down') for (const app of this.#apps.values()) app.giveUp();
    this.#log.info({ node: this.node, state }, 'the engine of several gateways');
    this.#listener?.state(state);
  }
}
