import { MemoryEngine } from '../../../lib/brokers/memory/engine';
import { Admission } from '../../../lib/gateway/core/admission';
import { type App, Apps } from '../../../lib/gateway/core/model/app';
import type { UpgradeDecision, UpgradeRequest } from '../../../lib/gateway/core/fanout/carrier';
import { Group } from '../../../lib/gateway/core/streams/group';
import { Hub } from '../../../lib/gateway/core/hub';
import { Journal } from '../../../lib/gateway/core/journal';
import { Metrics } from '../../../lib/gateway/core/metrics';
import type { Sink } from '../../../lib/gateway/core/fanout/outlet';
import { Router } from '../../../lib/gateway/core/router';
import { Socket } from '../../../lib/gateway/core/model/socket';
import { Turn } from '../../../lib/gateway/core/fanout/turn';
import { checkGatewayOptions, type Limits } from '../../../lib/gateway/options/options';
import { PipeProtocol } from '../../../lib/gateway/protocols/pipe/protocol';
import { parseChannelName } from '../../../lib/pusher/channel-name';
import { memoryEncoder, textsOf } from '../../../lib/testing/memory-encoder';
import { silent } from '../../../lib/util/logger';
import { ROOMY } from '../../../lib/stream/memory-watch';
import type { PipeEvent } from '../../../lib/wire/frames';
import type { ManualClock } from '../manual-clock';

export const APP = { id: '1', key: 'key', secret: 'a-secret-of-the-specs' };

/** Names of the events that browsers send. */
export const EVENTS = ['event', 'other'] as const;
export type EventName = (typeof EVENTS)[number];

/** The channel of the one browser that sees all triggers. */
export const TAP = 'tap';

const settings = checkGatewayOptions({ apps: [APP] });
const metrics = new Metrics();
const journal = new Journal(silent, metrics);

export interface SimGatewayOptions {
  node: string;
  limits: Partial<Limits>;
  /** Every event, before any group has it. */
  told(event: PipeEvent): void;
  /** An event that the browser at the tap sees. */
  seen(data: string): void;
}

/** Core and Pipe of a real gateway, with sockets that have no browsers and a network that is none. */
export class SimGateway {
  readonly node: string;
  readonly clock: ManualClock;
  readonly app: App;
  readonly pipes: PipeProtocol;
  readonly #hub: Hub;
  readonly #router: Router;
  #made = 0;

  constructor(clock: ManualClock, options: SimGatewayOptions) {
    const limits = { ...settings.limits, ...options.limits };
    this.node = options.node;
    this.clock = clock;
    const turn = new Turn((run) => clock.endOfTurn(run));
    const broker = new MemoryEngine({ clock, limits, isAlone: true }).join();
    this.#hub = new Hub({ turn, clock, limits, journal, metrics, broker });
    const apps = new Apps(settings.apps, (app) => this.#hub.attach(app));
    this.app = apps.byId(APP.id) as App;
    this.app.observers.add({ wants: () => false, offer: (event) => options.told(event) });
    this.#router = new Router(this.#hub, metrics, journal);
    const admission = new Admission(limits, clock);
    const parts = {
      hub: this.#hub,
      admission,
      router: this.#router,
      metrics,
      journal,
      limits,
      clock,
      log: silent,
      memory: ROOMY,
    };
    this.pipes = new PipeProtocol({ ...parts, node: options.node }, apps);
    this.#openTap(options.seen);
  }

  /** All sockets but the tap. */
  get sockets(): Socket[] {
    return [...this.app.sockets.values()].filter(({ channels }) => channels?.has(TAP) !== true);
  }

  get groups(): Group[] {
    return [...this.app.observers].filter((listener) => listener instanceof Group);
  }

  upgrade(request: UpgradeRequest): UpgradeDecision | undefined {
    return this.pipes.upgrade(request);
  }

  open(): void {
    this.#open({ encoder: memoryEncoder, write: () => undefined, close: () => undefined });
  }

  close(socket: Socket): void {
    this.#hub.close(socket, 1001, '');
  }

  subscribe(socket: Socket, name: string): void {
    const kind = parseChannelName(name, 200);
    if (kind !== undefined) this.#hub.subscribe(socket, kind);
  }

  unsubscribe(socket: Socket): void {
    for (const channel of [...(socket.channels?.values() ?? [])]) {
      this.#hub.unsubscribe(socket, channel);
    }
  }

  /** A browser sends an event, on one of its channels when it has any and `onChannel` is set. */
  send(socket: Socket, data: string, onChannel: boolean, event: EventName = 'event'): void {
    const [channel] = onChannel ? (socket.channels?.values() ?? []) : [];
    this.#router.fromSocket(socket, channel, event, data, false);
  }

  #openTap(seen: (data: string) => void): void {
    const write = (bytes: Buffer): void => {
      for (const text of textsOf(bytes)) {
        const { event, data } = JSON.parse(text) as { event: string; data: string };
        if (event === 'seen') seen(data);
      }
    };
    const tap = this.#open({ encoder: memoryEncoder, write, close: () => undefined });
    this.subscribe(tap, TAP);
  }

  #open(sink: Sink): Socket {
    this.#made += 1;
    const socket = new Socket(this.app, `${this.node}.${this.#made}`, 7, sink);
    this.#hub.open(socket);
    return socket;
  }
}
