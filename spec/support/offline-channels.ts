import { MemoryEngine } from '../../lib/brokers/memory/engine';
import { Admission } from '../../lib/gateway/core/admission';
import { Apps, type App } from '../../lib/gateway/core/model/app';
import type { Carrier, CarrierHandler } from '../../lib/gateway/core/fanout/carrier';
import { Hub } from '../../lib/gateway/core/hub';
import { Journal } from '../../lib/gateway/core/journal';
import { silent } from '../../lib/util/logger';
import { Metrics } from '../../lib/gateway/core/metrics';
import type { Encoder } from '../../lib/gateway/core/fanout/outlet';
import { Router } from '../../lib/gateway/core/router';
import { Overload } from '../../lib/gateway/core/timing/overload';
import { TurnBudget } from '../../lib/gateway/core/timing/turn-budget';
import { Turn } from '../../lib/gateway/core/fanout/turn';
import { checkGatewayOptions, type GatewayOptions } from '../../lib/gateway/options/options';
import { ChannelsContext } from '../../lib/gateway/protocols/channels/context';
import { ChannelsHandshake } from '../../lib/gateway/protocols/channels/handshake';
import { channelStringToSign, hmacHex, userStringToSign } from '../../lib/pusher/signature';
import { type PipeEvent } from '../../lib/wire/frames';
import { ManualClock } from './manual-clock';
import type { Message } from './test-socket';

const SECRET = 'a-secret-of-the-specs';

const lines: Encoder = {
  id: 9,
  encode(texts) {
    const ends: number[] = [];
    let size = 0;
    for (const text of texts) ends.push((size += Buffer.byteLength(text) + 1));
    return { bytes: Buffer.from(texts.map((text) => `${text}\n`).join('')), ends };
  },
};

export interface OfflineOptions {
  app?: Partial<GatewayOptions['apps'][number]>;
  limits?: Partial<NonNullable<GatewayOptions['limits']>>;
  /** Writes of one turn, as of `TurnOptions`. */
  writeUnits?: number;
}

/** The core and the Channels protocol of a gateway without a network, its clock turned by hand. */
export class OfflineChannels {
  readonly clock = new ManualClock();
  readonly hub: Hub;
  readonly router: Router;
  readonly apps: Apps;
  readonly app: App;
  /** Events that backends would be told. */
  readonly told: PipeEvent[] = [];
  readonly budget = new TurnBudget(this.clock);
  readonly #handshake: ChannelsHandshake;

  constructor({ app, limits: some, writeUnits }: OfflineOptions = {}) {
    const one = { id: '1', key: 'key', secret: SECRET, clientEvents: true, ...app };
    const { apps, limits } = checkGatewayOptions({ apps: [one], limits: some });
    const metrics = new Metrics();
    const journal = new Journal(silent, metrics);
    const turn = new Turn((run) => this.clock.endOfTurn(run), {
      ...(writeUnits !== undefined && { writeUnits }),
    });
    const broker = new MemoryEngine({ clock: this.clock, limits, isAlone: true }).join();
    this.hub = new Hub({ turn, clock: this.clock, limits, journal, metrics, broker });
    const all = (this.apps = new Apps(apps, (app) => this.hub.attach(app)));
    this.app = all.byKey('key') as App;
    this.app.observers.add({ wants: () => false, offer: (event) => this.told.push(event) });
    this.router = new Router(this.hub, metrics, journal);
    const { hub, router, clock } = this;
    const seconds = new Overload(clock);
    const admission = new Admission(limits, clock);
    const context = new ChannelsContext({
      hub,
      admission,
      router,
      metrics,
      journal,
      limits,
      clock,
      overload: seconds,
      budget: this.budget,
    });
    this.#handshake = new ChannelsHandshake(context, all);
  }

  /** A browser that has read its handshake, unless it was refused. */
  browser(protocol = 7): OfflineBrowser {
    const browser = new OfflineBrowser(this.clock);
    const query = new URLSearchParams({ protocol: String(protocol) });
    browser.session = this.#handshake.open('key', query, browser);
    if (browser.session === undefined) return browser;
    const [first] = browser.read();
    const { socket_id: id } = JSON.parse(String(first?.data)) as { socket_id: string };
    browser.id = id;
    return browser;
  }

  publish(channel: string, event: string, data: string): void {
    void this.router.publish(this.app, { channel, event, data });
  }
}

export class OfflineBrowser implements Carrier {
  readonly encoder = lines;
  readonly remoteAddress = '127.0.0.1';
  readonly unsentBytes = 0;
  session: CarrierHandler | undefined;
  id = '';
  closed: { code: number; reason: string } | undefined;
  paused = false;
  readonly #clock: ManualClock;
  #text = '';

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  /** All that came since it was last read. */
  texts(): string[] {
    this.#clock.endTurn();
    const texts = this.#text.split('\n').slice(0, -1);
    this.#text = '';
    return texts;
  }

  read(): Message[] {
    return this.texts().map((text) => JSON.parse(text) as Message);
  }

  send(message: unknown): void {
    this.session?.text(JSON.stringify(message));
  }

  /** Subscribes, signed where the channel asks for it. Returns the messages that came then. */
  subscribe(channel: string, member?: object): Message[] {
    const channelData = member === undefined ? undefined : JSON.stringify(member);
    const signature = hmacHex(SECRET, channelStringToSign(this.id, channel, channelData));
    const auth = /^(private|presence)-/.test(channel) ? `key:${signature}` : '';
    const data = { auth, channel_data: channelData, channel };
    this.send({ event: 'pusher:subscribe', data });
    return this.read();
  }

  unsubscribe(channel: string): void {
    this.send({ event: 'pusher:unsubscribe', data: { channel } });
  }

  /** Signs in with user data as it is, or as the JSON of an object. Returns the messages that came then. */
  signIn(user: object | string): Message[] {
    const userData = typeof user === 'string' ? user : JSON.stringify(user);
    const auth = `key:${hmacHex(SECRET, userStringToSign(this.id, userData))}`;
    this.send({ event: 'pusher:signin', data: { auth, user_data: userData } });
    return this.read();
  }

  /** Goes, as a closed tab does. */
  leave(): void {
    const session = this.session;
    this.session = undefined;
    session?.closed(1001, '');
  }

  write(bytes: Buffer): void {
    if (this.closed === undefined) this.#text += bytes.toString();
  }

  close(code: number, reason: string): void {
    if (this.closed !== undefined) return;
    const words = this.session?.lastWords?.(code, reason);
    if (words !== undefined) this.write(this.encoder.encode([words]).bytes);
    this.closed = { code, reason };
  }

  sendBinary(): void {
    throw new Error('the Channels protocol has no binary messages');
  }

  onDrain(run: () => void): void {
    run();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}
