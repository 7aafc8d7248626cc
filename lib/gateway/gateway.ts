import { randomBytes } from 'node:crypto';
import type { Broker } from '../brokers/broker';
import { StandpipeError } from '../errors';
import type { Logger } from '../util/logger';
import { type Clock, systemClock } from '../util/timers';
import { Admission } from './core/admission';
import { type App, Apps } from './core/model/app';
import type { Carrier, CarrierHandler } from './core/fanout/carrier';
import { Departures } from './core/departures';
import { FileLimit } from './core/file-limit';
import { Hub } from './core/hub';
import { Journal } from './core/journal';
import { Metrics } from './core/metrics';
import { Router } from './core/router';
import { MemoryLimit } from './core/timing/memory-limit';
import { tracingOf } from './core/tracing/gateway-tracing';
import { TurnBudget } from './core/timing/turn-budget';
import { Overload } from './core/timing/overload';
import { makeTurn } from './core/fanout/make-turn';
import type { OwnServer } from './http/attached-server';
import { ClientAddress } from './http/client-address';
import { differenceOf, type Reloaded } from './options/difference';
import {
  checkGatewayOptions,
  type GatewayOptions,
  type GatewaySettings,
  type Limits,
} from './options/options';
import { brokerListener } from './broker-listener';
import { connectionEnds } from './connection-ends';
import { Dispatch } from './dispatch';
import { drain } from './drain';
import { live, sumOf } from './live';
import { joinedBroker, ownBroker } from './make-broker';
import { neighboursHere, type Serve } from './neighbours';
import { AuthEndpoints } from './protocols/auth/auth-endpoints';
import { ChannelsContext } from './protocols/channels/context';
import { ChannelsHandshake } from './protocols/channels/handshake';
import { Console } from './protocols/console/console';
import { PublicConsole } from './protocols/console/public-console';
import { Fallback } from './protocols/fallback/fallback';
import { Health } from './protocols/health/health';
import { PipeProtocol } from './protocols/pipe/protocol';
import { Pipe2011 } from './protocols/pipe-2011/protocol';
import type { Protocol } from './protocols/protocol';
import { Pushy } from './protocols/pushy/protocol';
import { RestApi } from './protocols/rest/api';
import { SideListeners } from './side-listeners';
import { SockJsCarriers } from './sockjs/carriers';
import { KeepAlive } from './transport/keep-alive';
import { listenOptions, urlOf } from './transport/listen';
import { PortListener } from './transport/listener';
import { requireUsable } from './transport/tls-server';
import { Webhooks } from './webhooks/webhooks';

type State = 'idle' | 'starting' | 'running' | 'draining' | 'stopped';

/** A gateway: browsers, backends and everything between them in one process. Made by `createGateway`. */
export class Gateway {
  /** Metrics of the gateway, as `/metrics` shows them. */
  readonly metrics: Metrics;
  /** Configuration in force. */
  #settings: GatewaySettings;
  /** Limits in force, the same object for all parts. */
  readonly #limits: Limits;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #apps: Apps;
  readonly #broker: Broker;
  readonly #hub: Hub;
  readonly #pipes: PipeProtocol;
  readonly #channels: ChannelsHandshake;
  readonly #webhooks: Webhooks;
  readonly #overload: Overload;
  readonly #departures: Departures;
  readonly #keepAlive: KeepAlive;
  readonly #listener: PortListener;
  readonly #side: SideListeners;
  /** Asked in this order. */
  readonly #protocols: readonly Protocol[];
  #state: State = 'idle';
  /** Resolves when the last start has ended, well or not. */
  #startEnded: Promise<unknown> = Promise.resolve();

  /**
   * Throws `bad_option` when the options are wrong. Listens only after `start`.
   * @param broker joins this gateway with others; a private one unless given
   */
  constructor(options: GatewayOptions, clock: Clock = systemClock, broker?: Broker) {
    const settings = (this.#settings = checkGatewayOptions(options));
    const log = (this.#log = settings.log);
    const limits = (this.#limits = { ...settings.limits });
    this.#clock = clock;
    const memory = new MemoryLimit(clock);
    memory.warnOfLimits(settings);
    const joined = broker ?? joinedBroker(settings, clock);
    this.#broker = joined ?? ownBroker(settings, clock, memory);
    this.metrics = new Metrics({
      ...live({
        ...{ apps: () => this.#apps.all(), hub: () => this.#hub, limits, clock },
        ...{ webhooks: () => this.#webhooks, connections: () => this.#keepAlive },
      }),
      ...(joined && { broker: joined }),
      exemplars: settings.tracing,
    });
    const journal = new Journal(log, this.metrics);
    const budget = new TurnBudget(clock);
    const turn = makeTurn(clock, limits, this.metrics, budget);
    const tracing = tracingOf(settings, clock, this.metrics, turn);
    const shared = { clock, limits, journal, metrics: this.metrics, tracing };
    this.#hub = new Hub({ ...shared, turn, broker: this.#broker });
    this.#apps = new Apps(settings.apps, (app) => this.#hub.attach(app));
    const router = new Router(this.#hub, this.metrics, journal, tracing);
    const overload = (this.#overload = new Overload(clock, memory));
    const admission = new Admission(limits, clock, memory);
    const parts = { ...shared, hub: this.#hub, admission, router, overload, memory, log };
    const files = new FileLimit(parts);
    overload.each(() => files.check());
    overload.each(() => memory.check(parts));
    this.#pipes = new PipeProtocol({ ...parts, node: randomBytes(4).toString('hex') }, this.#apps);
    this.#webhooks = new Webhooks(this.#apps.all(), settings.webhookAllow, parts);
    this.#departures = new Departures(this.#hub, this.#apps, budget);
    const ends = connectionEnds(this.metrics, log);
    this.#keepAlive = new KeepAlive(limits, overload, budget, ends);
    const neighbours = neighboursHere(limits);
    const carriers = new SockJsCarriers(limits, clock, overload, budget, ends, memory.pool());
    this.#channels = new ChannelsHandshake(new ChannelsContext({ ...parts, budget }), this.#apps);
    const looked = {
      ...{ apps: this.#apps, settings: () => this.#settings, webhooks: this.#webhooks },
      members: (app: App) => this.#pipes.members(app),
      brokerState: () => this.#broker.state,
    };
    const console = settings.console && new Console(settings.console, { ...parts, ...looked });
    this.#protocols = [
      // Before the Channels protocol, which has the same paths.
      new Pipe2011(parts, this.#apps),
      this.#channels,
      this.#pipes,
      new RestApi(parts, this.#apps),
      // Before the fallback, which answers for all else below /pusher/.
      new AuthEndpoints({ ...parts, decisions: this.#pipes.decisions }, this.#apps),
      new Fallback({
        ...{ ...parts, carriers, neighbours, apps: this.#apps },
        open: (...opening) => this.#channels.open(...opening),
      }),
      new Pushy({ ...parts, carriers }, this.#apps, settings.pushyCommands),
      new Health(() => this.#state === 'running' && this.#broker.state !== 'down'),
      ...(console?.options.public === true ? [new PublicConsole(console)] : []),
    ];
    const dispatch = new Dispatch(this.#protocols, settings.path, journal);
    const serve: Serve = (...received) => dispatch.request(...received);
    const listening = { clock, log, requireWanted: () => this.#requireWanted() };
    this.#side = new SideListeners(settings, { ...parts, console, neighbours, serve }, listening);
    this.#listener = new PortListener(listenOptions(settings), dispatch, {
      keepAlive: this.#keepAlive,
      ...{ budget, overload, requests: memory.pool() },
      ...listening,
      clients: new ClientAddress(settings.trustedProxies),
    });
  }

  /** Port it listens on; the one that was free when `port` was 0. */
  get port(): number {
    return this.#listener.ports.port;
  }

  /** The ports of `apps[].pushy.port`, in the order of the apps. */
  get pushyPorts(): readonly number[] {
    return this.#listener.ports.morePorts;
  }

  /** Port for TLS; undefined without `tls`, and before the start. */
  get tlsPort(): number | undefined {
    return this.#listener.ports.tlsPort;
  }

  /** Port of `/metrics`; undefined without `metrics`, and while the gateway does not listen. */
  get metricsPort(): number | undefined {
    return this.#side.metrics?.port;
  }

  /**
   * Address of the console for a browser; undefined without `console`, and while the gateway does not listen. It holds the
   * token that was made at the start where none is configured: show it to those who may look, and to no log. That of the
   * console's own port, where it has one and `public` too.
   */
  get consoleUrl(): string | undefined {
    if (this.#side.console !== undefined) return this.#side.console.url;
    const { host, path, console } = this.#settings;
    if (console === undefined || this.#state === 'idle' || this.#isStopped) return undefined;
    return `${urlOf(host, this.tlsPort ?? this.port, this.tlsPort !== undefined)}${path}/console/`;
  }

  /** Address it listens on, as configured. */
  get host(): string {
    return this.#settings.host;
  }

  /** Base URL of its HTTP side, such as `http://127.0.0.1:6001`. */
  get url(): string {
    return urlOf(this.host, this.port, this.#settings.tls?.only === true);
  }

  /** Sockets open now, over all apps. */
  get socketCount(): number {
    return sumOf(this.#apps.all(), (app) => app.sockets.size);
  }

  /**
   * Serves from the server of a program, such as `http.createServer(app)` of Express or `fastify.server`, in place of ports:
   * below `path`, or without one at /app, /apps, /pipe, /pusher, /livez, /readyz and, with `console.public`, /console. All else
   * stays with the program.
   * @throws StandpipeError `bad_option` when it is no server, or another gateway is attached at the same path; `refused` behind `start`
   */
  attach(server: OwnServer): this {
    if (this.#state !== 'idle')
      throw new StandpipeError('refused', 'attach() comes before start()');
    const { path, console } = this.#settings;
    this.#listener.attach(server, path, console?.public === true ? ['console'] : []);
    return this;
  }

  /**
   * Begins to listen: on all ports or none. After a `listen_failed` it may be called again.
   * @throws StandpipeError `listen_failed` when an address is taken, `closed` when the gateway is stopped meanwhile, `refused`
   * when it was started or stopped before
   */
  async start(): Promise<this> {
    if (this.#state !== 'idle') {
      const message = 'a gateway starts once; make another one with createGateway()';
      throw new StandpipeError('refused', message);
    }
    this.#state = 'starting';
    const started = this.#listen();
    this.#startEnded = started.catch(() => undefined);
    await started;
    return this;
  }

  async #listen(): Promise<void> {
    try {
      await this.#join();
      await this.#listener.start();
      await this.#side.start();
      this.#requireWanted();
      const { host, port, tlsPort } = this;
      this.#log.info({ host, port, tlsPort }, 'gateway listens');
    } catch (error) {
      await this.#free();
      if (!this.#isStopped) this.#state = 'idle';
      throw error;
    }
    this.#overload.start();
    this.#state = 'running';
  }

  /**
   * Takes over other options, as of `createGateway`, while everybody stays connected; but sockets and backends of apps that
   * are gone (4001) or switched off (4003) are closed, some in each turn. Options that need a restart are kept, logged and
   * named in the result. `log` and `pushy.commands` may be left out.
   * @throws StandpipeError `bad_option` when something is wrong with the options: then nothing has changed. `refused` when
   * the gateway stops.
   */
  reload(options: GatewayOptions): Reloaded {
    if (this.#state === 'draining' || this.#state === 'stopped') {
      throw new StandpipeError('refused', 'the gateway stops and takes no other options');
    }
    const { log, pushyCommands: commands } = this.#settings;
    const given = checkGatewayOptions({ log, pushy: { commands }, ...options });
    const { settings, apps, changed, kept } = differenceOf(this.#settings, given);
    if (settings.tls !== undefined) requireUsable(settings.tls);
    // Nothing fails from here on.
    this.#settings = settings;
    Object.assign(this.#limits, settings.limits);
    const change = this.#apps.change(apps);
    this.#webhooks.reload(change, settings.webhookAllow);
    this.#listener.change(listenOptions(settings), new ClientAddress(settings.trustedProxies));
    for (const protocol of this.#protocols) protocol.reload?.(change);
    for (const app of change.removed) this.#departures.removed(app);
    for (const app of change.changed) if (!app.options.enabled) this.#departures.disabled(app);
    const ids = (list: ReadonlyArray<{ id: string }>): string[] => list.map(({ id }) => id);
    const reloaded = { added: ids(apps.added), removed: ids(apps.removed), changed: [...changed] };
    log.info(reloaded, 'reloaded');
    if (kept.length > 0) log.warn({ kept }, 'options that need a restart stay as they were');
    return { ...reloaded, kept: [...kept] };
  }

  /**
   * Stops gently. For `limits.drainDelayMs` only `/readyz` says so and everything goes on, so that balancers have time to
   * look. Then the backends are told and the browsers closed, in a few waves, with 4100: they come back after a second
   * over the same transport, to the next gateway that listens. The port stays open until the last socket is told, for
   * HTTP publishes and for early returns; but where it is shared with that gateway, or its socket passed on, new
   * connections are left to it from the first wave on. Webhooks that wait and events that backends have yet to acknowledge have
   * `limits.drainMs` in all.
   */
  async drain(): Promise<void> {
    if (this.#state !== 'running') return this.stop();
    this.#state = 'draining';
    this.#log.info(
      { sockets: this.socketCount, pipes: sumOf(this.#apps.all(), (app) => app.backends) },
      'gateway drains',
    );
    const { drainMs, drainDelayMs } = this.#settings.limits;
    await this.#pause(drainDelayMs);
    if (this.#isStopped) return;
    await drain({
      apps: this.#apps,
      hub: this.#hub,
      departures: this.#departures,
      listener: this.#listener,
      pipes: this.#pipes,
      protocols: this.#protocols,
      webhooks: this.#webhooks,
      clock: this.#clock,
      sockets: () => this.socketCount,
      drainMs,
    });
    await this.stop();
  }

  /**
   * Stops at once: closes every connection, drops webhooks that wait and frees the ports. May be called at any time, and
   * again; a start that is under way rejects with `closed`.
   */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    const wasIdle = this.#state === 'idle';
    this.#state = 'stopped';
    this.#overload.stop();
    this.#webhooks.stop();
    if (wasIdle) return this.#listener.stop();
    if (this.#broker.state !== 'up') this.#broker.stop();
    // A start that is under way looks at the state, and frees its ports itself.
    await this.#startEnded;
    // First of all: a browser that is told to go away may be back before the port is closed.
    this.#listener.stopAccepting();
    this.#departures.restart(Infinity);
    this.#hub.turn.flush();
    for (const protocol of this.#protocols) protocol.stop?.();
    // Close frames leave within this pause. An unanswered close frame is not waited for.
    await this.#pause(20);
    await this.#free();
    this.#hub.stop();
    this.#log.info({}, 'gateway stopped');
  }

  /** @internal Opens a Channels connection over a carrier of the caller's own: how `standpipe/testing` makes its browsers. */
  openSocket(key: string, query: URLSearchParams, carrier: Carrier): CarrierHandler | undefined {
    return this.#channels.open(key, query, carrier);
  }

  /** Takes a lease, where several gateways are joined. */
  async #join(): Promise<void> {
    const listener = brokerListener({
      ...{ apps: this.#apps, hub: this.#hub, departures: this.#departures },
      overload: this.#overload,
      log: this.#log,
      isServing: () => this.#state !== 'idle' && !this.#isStopped,
    });
    await this.#broker.start(listener).catch((error: unknown) => {
      this.#requireWanted();
      throw error;
    });
    await this.#hub.nodes.arrive([...this.#apps.all()]);
  }

  /** `stop` may come in the middle of a start or a drain. */
  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #requireWanted(): void {
    if (!this.#isStopped) return;
    throw new StandpipeError('closed', 'the gateway was stopped while it started');
  }

  /** Ends all connections, frees the ports and gives the lease back. */
  async #free(): Promise<void> {
    for (const connection of [...this.#keepAlive.connections()]) connection.terminate();
    await this.#listener.stop();
    await this.#side.stop();
    // An engine that is away would be waited for; the others find out by the lease.
    if (this.#broker.state === 'up') await this.#broker.leave();
    else this.#broker.stop();
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.setTimeout(resolve, delayMs));
  }
}

/** Makes a gateway; `start()` lets it listen. See `GatewayOptions` for what can be set. */
export function createGateway(options: GatewayOptions): Gateway {
  return new Gateway(options);
}
