import type {
  Carrier,
  CarrierHandler,
  UpgradeDecision,
} from '../../../lib/gateway/core/fanout/carrier';
import type { UpgradeRequest } from '../../../lib/gateway/core/fanout/carrier';
import type { Dial, DialOptions, Socket, SocketHandlers } from '../../../lib/net/dial';
import { memoryEncoder } from '../../../lib/testing/memory-encoder';
import type { ManualClock } from '../manual-clock';
import type { VirtualTime } from '../virtual-time';
import type { Chance } from './chance';

/**
 * Faults of a connection. `reset`: both ends learn of it, the gateway perhaps much later; `silent`: nothing gets
 * through any more and nobody is told; `deaf` and `mute`: the same in one direction only, to and from the backend.
 */
export type Cut = 'reset' | 'silent' | 'deaf' | 'mute';

/** The side that answers upgrades. */
export interface Server {
  readonly clock: ManualClock;
  upgrade(request: UpgradeRequest): UpgradeDecision | undefined;
}

/** The network between the backends and the gateway: every message takes its time, and all of it can fail. */
export class Network {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly #connections = new Set<Connection>();
  readonly #readUpToMs = new WeakMap<ManualClock, number>();
  /** The present server; without one nobody answers. */
  server: Server | undefined;
  /** The longest a message travels. */
  slowestMs = 20;

  constructor(time: VirtualTime, chance: Chance) {
    this.time = time;
    this.chance = chance;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** The dialler of a process. */
  diallerOf(owner: ManualClock): Dial {
    return (url, options, handlers) => {
      const connection = new Connection(this, owner, handlers);
      this.#connections.add(connection);
      connection.dial(url, options);
      return connection;
    };
  }

  of(owner: ManualClock): Connection[] {
    return [...this.#connections].filter((connection) => connection.owner === owner);
  }

  /** A process has read what was sent at that moment. */
  read(owner: ManualClock, sentMs: number): void {
    this.#readUpToMs.set(owner, sentMs);
  }

  /** Moment at which the last message that a process has read was sent, over whichever connection. */
  readUpToMs(owner: ManualClock): number {
    return this.#readUpToMs.get(owner) ?? -Infinity;
  }

  ended(connection: Connection): void {
    this.#connections.delete(connection);
  }
}

/** A direction of a connection: messages arrive in order, each after a delay of its own, until the way is cut. */
class Way {
  readonly #network: Network;
  #lastMs = 0;
  #cutMs = Infinity;
  #bytes = 0;
  #whenEmpty: Array<() => void> = [];

  constructor(network: Network) {
    this.#network = network;
  }

  /** On the way, or lost where nobody knows of it. */
  get bytes(): number {
    return this.#bytes;
  }

  carry(bytes: number, arrive: () => void): void {
    const delayMs = this.#network.chance.next() * this.#network.slowestMs;
    this.#lastMs = Math.max(this.#lastMs, this.#network.time.nowMs + delayMs);
    this.#bytes += bytes;
    this.#network.time.after(this.#lastMs - this.#network.time.nowMs, () => {
      if (this.#network.time.nowMs >= this.#cutMs) return;
      this.#bytes -= bytes;
      arrive();
      if (this.#bytes === 0) for (const run of this.#whenEmpty.splice(0)) run();
    });
  }

  /** Messages that would arrive from then on are lost. */
  cut(atMs: number): void {
    this.#cutMs = Math.min(this.#cutMs, atMs);
  }

  whenEmpty(run: () => void): void {
    this.#whenEmpty.push(run);
  }
}

/** Both ends of one connection: the `Socket` of a backend and the `Carrier` of the gateway. */
export class Connection implements Socket, Carrier {
  readonly owner: ManualClock;
  readonly encoder = memoryEncoder;
  readonly remoteAddress = '127.0.0.1';
  session: CarrierHandler | undefined;
  /** The first message of the gateway, which is its WELCOME unless it refuses. */
  first: Uint8Array | undefined;
  readonly #network: Network;
  readonly #handlers: SocketHandlers;
  readonly #up: Way;
  readonly #down: Way;
  #server: ManualClock | undefined;
  /** An end that is false hears nothing more. */
  #near = true;
  #far = true;
  #isCut = false;

  constructor(network: Network, owner: ManualClock, handlers: SocketHandlers) {
    this.#network = network;
    this.owner = owner;
    this.#handlers = handlers;
    this.#up = new Way(network);
    this.#down = new Way(network);
  }

  dial(url: string, { headers, protocol }: DialOptions): void {
    const { pathname, search } = new URL(url);
    const all = new Map(Object.entries({ ...headers, 'sec-websocket-protocol': protocol }));
    this.#up.carry(0, () => {
      const { server } = this.#network;
      if (server === undefined) return this.#endNear(1006, 'nobody listens', new Error('refused'));
      const query = search.slice(1);
      const decision = server.upgrade({
        path: pathname,
        signable: [pathname],
        query,
        headers: all,
        remoteAddress: '127.0.0.1',
      });
      if (decision === undefined || 'refuse' in decision) {
        const { refuse = 404, body = '' } = decision ?? {};
        return this.#down.carry(0, () => this.#hears(() => this.#refused(refuse, body)));
      }
      this.#server = server.clock;
      const nonce = decision.headers?.['Standpipe-Nonce'];
      this.#down.carry(0, () =>
        this.#hears(() => this.#handlers.open({ 'standpipe-nonce': nonce })),
      );
      decision.accept(this);
    });
  }

  // ---- the backend's end

  get bufferedBytes(): number {
    return this.#up.bytes;
  }

  send(bytes: Uint8Array): void {
    if (!this.#near) return;
    this.#up.carry(bytes.length, () => this.#told((session) => session.binary(bytes)));
  }

  // ---- the gateway's end

  get unsentBytes(): number {
    return this.#down.bytes;
  }

  sendBinary(bytes: Uint8Array): void {
    if (!this.#far) return;
    this.first ??= bytes;
    const sentMs = this.#network.time.nowMs;
    this.#down.carry(bytes.length, () =>
      this.#hears(() => {
        this.#network.read(this.owner, sentMs);
        this.#handlers.message(bytes);
      }),
    );
  }

  write(): void {
    throw new Error('the Pipe has no text messages');
  }

  onDrain(run: () => void): void {
    this.#down.whenEmpty(run);
  }

  pause(): void {
    // Nobody asks for it on a Pipe.
  }

  resume(): void {
    // Nobody asks for it on a Pipe.
  }

  // ---- both

  /** A close of either end. The gateway's is told from the backend's by who calls: both answer the same way. */
  close(code: number, reason: string): void {
    this.#up.carry(0, () => this.#endFar(code, reason));
    this.#down.carry(0, () => this.#endNear(code, reason));
  }

  terminate(): void {
    this.#near = false;
    if (this.#isCut) this.#network.ended(this);
    this.#up.carry(0, () => this.#endFar(1006, ''));
  }

  // ---- what goes wrong

  /** True when the connection was cut, though perhaps unnoticed. */
  get isCut(): boolean {
    return this.#isCut;
  }

  cut(how: Cut): void {
    const { chance, time } = this.#network;
    const delayMs = chance.whole(0, this.#network.slowestMs);
    if (how !== 'deaf') this.#up.cut(time.nowMs + delayMs);
    if (how !== 'mute') this.#down.cut(time.nowMs + delayMs);
    this.#isCut = true;
    if (how !== 'reset') return;
    this.#network.time.after(delayMs + chance.whole(0, 50), () => this.#endNear(1006, ''));
    const late = chance.percent(20) ? chance.whole(0, 3_000) : chance.whole(0, 50);
    this.#network.time.after(delayMs + late, () => this.#endFar(1006, ''));
  }

  /** The backend's process is killed; its machine too, when nobody is told. */
  kill(told: boolean): void {
    this.#near = false;
    this.#down.cut(this.#network.time.nowMs);
    if (told) this.#up.carry(0, () => this.#endFar(1006, ''));
    else this.#up.cut(this.#network.time.nowMs);
  }

  /** The same of the gateway. */
  killServer(told: boolean): void {
    this.#far = false;
    this.#up.cut(this.#network.time.nowMs);
    if (told) this.#down.carry(0, () => this.#endNear(1006, ''));
    else this.#down.cut(this.#network.time.nowMs);
  }

  #refused(status: number, body: string): void {
    this.#near = false;
    this.#network.ended(this);
    this.#handlers.refused(status, body, {});
  }

  #hears(tell: () => void): void {
    this.owner.receive(() => {
      if (this.#near && !this.owner.stopped) tell();
    });
  }

  #told(tell: (session: CarrierHandler) => void): void {
    if (!this.#far || this.#server?.stopped === true || this.session === undefined) return;
    tell(this.session);
  }

  #endNear(code: number, reason: string, error?: Error): void {
    this.owner.receive(() => {
      if (!this.#near) return;
      this.#near = false;
      if (!this.#far || this.session === undefined) this.#network.ended(this);
      if (!this.owner.stopped) this.#handlers.close(code, reason, error);
    });
  }

  #endFar(code: number, reason: string): void {
    if (!this.#far) return;
    this.#told((session) => session.closed(code, reason));
    this.#far = false;
    if (!this.#near) this.#network.ended(this);
  }
}
