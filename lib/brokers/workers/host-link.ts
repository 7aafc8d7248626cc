import { StandpipeError } from '../../errors';
import type { Clock } from '../../util/timers';
import { CodecError } from '../../wire/codec-error';
import { type NodeMessage, readNodeMessages, writeNodeMessages } from '../../wire/cluster';
import type { CachedEvent, ChannelCount, MemberList, OnlineUsers, Totals } from '../broker';
import type {
  EngineLink,
  EngineTellings,
  Lease,
  LinkListener,
  Renewal,
  Replay,
} from '../joined/engine-link';
import type { Fact, Operation, TurnReply } from '../operation';
import type { Channel } from './channel';
import { type FromHost, Outbox, readPacket } from './messages';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Numbers of calls: a later link over the same channel takes no answer of an earlier one for its own. */
let calls = 0;

/**
 * The way of a worker to the engine of its host. It is there as long as both processes are: a worker ends with its host, and
 * calls to a host that stands still wait.
 */
export class HostLink implements EngineLink {
  isUp = false;
  run = '';
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #waiting = new Map<number, Waiting>();
  #listener: LinkListener | undefined;

  constructor(channel: Channel, clock: Clock) {
    this.#clock = clock;
    this.#outbox = new Outbox(channel, (run) => clock.endOfTurn(run));
    channel.hear((packet) => readPacket(packet, (message) => this.#heard(message as FromHost)));
  }

  async connect(listener: LinkListener, timeoutMs: number): Promise<void> {
    this.#listener = listener;
    const connected = this.#call<string>('connect');
    const timer = this.#clock.setTimeout(() => this.close(), timeoutMs);
    try {
      this.run = await connected;
    } catch {
      const message = 'the process that started this worker hosts no engine, or does not answer';
      throw new StandpipeError('broker_unavailable', message);
    } finally {
      this.#clock.clearTimeout(timer);
    }
    this.isUp = true;
  }

  close(): void {
    this.isUp = false;
    this.#listener = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Error('the way was closed'));
    this.#waiting.clear();
  }

  /** No other way leads to the host: when it goes on, calls that waited are answered. */
  reset(): void {}

  register(leaseMs: number): Promise<Lease> {
    return this.#call('register', leaseMs);
  }

  renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    return this.#call('renew', lease, leaseMs);
  }

  release(lease: Lease): Promise<void> {
    return this.#call('release', lease);
  }

  bury(notAfterMs: number): Promise<readonly number[]> {
    return this.#call('bury', notAfterMs);
  }

  buried(node: number, apps: number): Promise<boolean> {
    return this.#call('buried', node, apps);
  }

  apps(): Promise<readonly string[]> {
    return this.#call('apps');
  }

  fence(app: string, node: number): Promise<void> {
    return this.#call('fence', app, node);
  }

  facts(app: string, node: number): AsyncGenerator<readonly Fact[]> {
    return this.#pieces('facts', app, node);
  }

  turn(
    app: string,
    node: number,
    turn: number,
    operations: readonly Operation[],
  ): Promise<TurnReply> {
    return this.#answer((call) => this.#outbox.turn(call, { app, node, turn, operations }));
  }

  rejoin(app: string, node: number, turn: number, seq: number): Promise<void> {
    return this.#call('rejoin', app, node, turn, seq);
  }

  members(app: string, channel: string): Promise<MemberList> {
    return this.#call('members', app, channel);
  }

  online(app: string, userIds: readonly string[]): Promise<OnlineUsers> {
    return this.#call('online', app, userIds);
  }

  cached(app: string, channel: string): Promise<CachedEvent | undefined> {
    return this.#call('cached', app, channel);
  }

  counts(app: string, channels: readonly string[]): Promise<readonly ChannelCount[]> {
    return this.#call('counts', app, channels);
  }

  channels(app: string, prefix: string): Promise<ReadonlyMap<string, number>> {
    return this.#call('channels', app, prefix);
  }

  sockets(app: string): AsyncGenerator<readonly string[]> {
    return this.#pieces('sockets', app);
  }

  tellings(app: string): EngineTellings {
    return {
      tell: (node, tellings) => this.#call('tell', app, node, tellings),
      told: (node, settled) => this.#call('told', app, node, settled),
      untold: () => this.#pieces('untold', app),
      owed: () => this.#call('owed', app),
      take: (node, owed) => this.#call('take', app, node, owed),
    };
  }

  totals(app: string): Promise<Totals> {
    return this.#call('totals', app);
  }

  socketsOf(app: string, node: number): Promise<readonly string[]> {
    return this.#call('socketsOf', app, node);
  }

  records(app: string, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#call('records', app, name);
  }

  /** A number is of no use: nothing is read behind a cut. */
  async watch(app: string, channel: string): Promise<number> {
    await this.#quietly('watch', app, channel);
    return 0;
  }

  unwatch(app: string, channel: string): void {
    void this.#quietly('unwatch', app, channel);
  }

  watchUser(app: string, userId: string): Promise<void> {
    return this.#quietly('watchUser', app, userId);
  }

  unwatchUser(app: string, userId: string): void {
    void this.#quietly('unwatchUser', app, userId);
  }

  /** A worker misses nothing: its channel is there as long as it is. */
  replay(): Promise<Replay> {
    return Promise.resolve({ batches: [], upTo: 0, low: 0, isLast: true });
  }

  hearNode(node: number): Promise<void> {
    return this.#call('hearNode', node);
  }

  post(node: number, messages: readonly NodeMessage[]): Promise<void> {
    try {
      this.#outbox.post(node, writeNodeMessages(messages));
    } catch (error) {
      // Messages that are too long are lost, as those to a node that is gone.
      if (!(error instanceof CodecError)) throw error;
    }
    return Promise.resolve();
  }

  async *#pieces<T>(name: string, ...args: readonly unknown[]): AsyncGenerator<T> {
    yield* await this.#call<T[]>(name, ...args);
  }

  /** A call that never fails: a way that was closed needs no topics. */
  async #quietly(name: string, ...args: readonly unknown[]): Promise<void> {
    await this.#call(name, ...args).catch(() => undefined);
  }

  #call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    return this.#answer((call) => this.#outbox.clone({ kind: 'call', call, method, args }));
  }

  #answer<T>(ask: (call: number) => void): Promise<T> {
    const call = ++calls;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(call, { resolve: (value) => resolve(value as T), reject });
      ask(call);
    });
  }

  #heard(message: FromHost): void {
    switch (message.kind) {
      case 'event':
        return this.#listener?.heard(message.app, message.channel, [message.event]);
      case 'posted':
        return this.#posted(message.messages);
      case 'applied':
        return this.#answered(message.call)?.resolve(APPLIED);
      case 'answer':
        return this.#answered(message.call)?.resolve(message.value);
      case 'turned':
        return this.#answered(message.call)?.resolve(message.reply);
      case 'failed':
        return this.#answered(message.call)?.reject(new Error(message.message));
      case 'heard':
        return this.#listener?.heard(...message.args);
      case 'heardUser':
        return this.#listener?.heardUser(...message.args);
    }
  }

  #posted(bytes: Buffer): void {
    let messages: readonly NodeMessage[] = [];
    try {
      messages = readNodeMessages(bytes);
    } catch {
      this.#listener?.unreadable();
    }
    for (const message of messages) this.#listener?.posted(message);
  }

  #answered(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    return waiting;
  }
}

const APPLIED: TurnReply = { kind: 'applied', results: [] };
