import { later } from '../../../brokers/eventual';
import { InFlight } from '../../../stream/in-flight';
import { EventKind, RuleKind, type PipeEvent, type Rule } from '../../../wire/frames';
import { CloseCode } from '../../../pusher/close-codes';
import { newSocketId } from '../../../pusher/socket-id';
import type { Carrier, CarrierHandler } from '../../core/fanout/carrier';
import { countUp } from '../../core/metrics';
import type { App } from '../../core/model/app';
import type { Parts } from '../../core/parts';
import { TokenBucket } from '../../core/timing/token-bucket';
import { Group, type GroupMember } from '../../core/streams/group';
import type { Partition } from '../../core/streams/partition';
import * as frames from './frames';
import { answer, type Asking, type Subscription } from './requests';

/** Events and bytes that are taken from the stream at a time, so that the connection can say in between that it is full. */
const BATCH_EVENTS = 1024;
const BATCH_BYTES = 64 * 1024;

const RULES: ReadonlyMap<Subscription, Rule> = new Map([
  ['socket_existence', { kind: RuleKind.SOCKET, channels: [], events: [] }],
  ['socket_message', { kind: RuleKind.MESSAGE, channels: [], events: [] }],
  ['channel_existence', { kind: RuleKind.CHANNEL, channels: [], events: [] }],
]);

export interface ConnectionOptions {
  app: App;
  /** Key that it was opened by. */
  key: string;
  carrier: Carrier;
  /** Subscriptions from the beginning: the first client could not subscribe. */
  subscriptions: readonly Subscription[];
  closed: (connection: Pipe2011Connection) => void;
}

/**
 * A backend that speaks Pipe 0.2: the only member of a group of its own, which ends with the connection, since the
 * protocol has no way to go on later. It has no acknowledgements either: an event is finished as soon as it is written. A
 * backend that does not read leaves its events in the bounded log, and is warned of those that the log had to drop.
 */
export class Pipe2011Connection implements CarrierHandler, GroupMember, Asking {
  readonly app: App;
  readonly key: string;
  readonly name = 'pipe 0.2';
  readonly attached = true;
  readonly subscriptions: Set<Subscription>;
  readonly #parts: Parts;
  readonly #carrier: Carrier;
  readonly #group: Group;
  readonly #flight = new InFlight();
  readonly #closed: (connection: Pipe2011Connection) => void;
  #isOpen = true;
  #isAwake = false;
  #waitsForDrain = false;
  readonly #malformed = new TokenBucket();

  constructor(parts: Parts, { app, key, carrier, subscriptions, closed }: ConnectionOptions) {
    const { limits, hub } = parts;
    this.app = app;
    this.key = key;
    this.subscriptions = new Set(subscriptions);
    this.#parts = parts;
    this.#carrier = carrier;
    this.#closed = closed;
    this.#flight.grant({ messages: Infinity, bytes: Infinity });
    const settings = {
      ...({ name: this.name, order: 'socket', mode: 'sticky', overflow: 'gap' } as const),
      ...{ epoch: 1, partitions: 1, revokeMs: limits.pipeRevokeMs },
      maxEntries: limits.maxPipeUnackedEvents,
      maxBytes: limits.maxPipeUnackedBytes,
    };
    this.#group = new Group(app, settings, { ...parts, holdback: hub.holdback });
    this.#write([frames.connectionEstablished(newSocketId())]);
    app.observers.add(this.#group);
    this.#group.join(this);
    this.#tell('backend connected');
  }

  get rules(): readonly Rule[] {
    return [...this.subscriptions].flatMap((each) => RULES.get(each) ?? []);
  }

  /** True while something waits to be sent to it. */
  get behind(): boolean {
    return this.#group.lag.events > 0;
  }

  subscribed(): void {
    this.#group.subscribed();
  }

  text(text: string): void {
    if (!this.#isOpen) return;
    this.#parts.metrics.pipeCommands++;
    void later(answer(this.#parts, this, text), ({ id, outcome, malformed }) => {
      if (!this.#isOpen) return;
      if ('code' in outcome) this.#refuse(id, outcome);
      else this.#write([frames.reply(id, outcome.result)]);
      if (malformed) this.#countMalformed();
    });
  }

  binary(): void {
    if (!this.#isOpen) return;
    const { INVALID_REQUEST: code } = frames.ErrorCode;
    this.#refuse(null, { code, message: 'Binary messages are not supported' });
    this.#countMalformed();
  }

  /** A few messages that break the protocol are forgiven; a backend that goes on loses its connection. */
  #countMalformed(): void {
    const { clock, limits, metrics } = this.#parts;
    metrics.malformedMessages++;
    if (!this.#malformed.take(1, limits.maxMalformedMessages, clock.now())) {
      this.close(CloseCode.OVER_CAPACITY, 'Too many malformed messages');
    }
  }

  close(code: number, reason: string): void {
    this.#carrier.close(code, reason);
    this.closed(code, reason);
  }

  closed(code: number, why: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.app.observers.delete(this.#group);
    this.#group.leave(this);
    this.#group.dispose();
    this.#closed(this);
    this.#tell('backend disconnected', { code, why });
  }

  gained(partitions: readonly Partition[]): void {
    for (const { log } of partitions) log.attach(log.committed, this.#flight);
  }

  /** There is no other member that could be given the partition. */
  asked(): void {}

  lost(): void {}

  ready(): void {
    if (this.#isAwake || !this.#isOpen) return;
    this.#isAwake = true;
    this.#parts.hub.turn.whenWritten(() => {
      this.#isAwake = false;
      this.#flush();
    });
  }

  /** Writes what the log holds, as far as the connection takes it. */
  #flush(): void {
    const { limits, metrics } = this.#parts;
    for (const { log } of this.#group.partitions) {
      while (this.#isOpen && this.#carrier.unsentBytes < limits.maxUnsentBytes / 2) {
        const taken = log.take(BATCH_EVENTS, BATCH_BYTES);
        if (taken === undefined) return;
        if (taken.type === 'gap') {
          const { count, cause } = taken.gap;
          metrics.pipeEventsDropped += count;
          countUp(metrics.pipeGaps, cause);
          this.#write([frames.warning(`${count} events were lost: this backend does not keep up`)]);
          continue;
        }
        const { epoch, first, events } = taken;
        this.#write(events.flatMap(textOf));
        metrics.pipeEvents += events.length;
        log.ack({ epoch, offset: first + events.length - 1 });
      }
    }
    if (!this.#isOpen || this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    this.#carrier.onDrain(() => {
      this.#waitsForDrain = false;
      this.ready();
    });
  }

  #tell(message: string, more: object = {}): void {
    const { remoteAddress } = this.#carrier;
    const about = { app: this.app.id, protocol: this.name, remoteAddress, ...more };
    this.#parts.log.info(about, message);
  }

  #refuse(id: frames.RequestId, error: frames.RequestError): void {
    this.#write([frames.errorReply(id, error)]);
    const { code, message } = error;
    const refused = { entrance: 'pipe_2011', reason: `error_${code}`, message } as const;
    this.#parts.journal.refused({ ...refused, app: this.app.id });
  }

  #write(texts: readonly string[]): void {
    if (texts.length > 0) this.#carrier.write(this.#carrier.encoder.encode(texts).bytes);
  }
}

function textOf({ kind, socketId, event = '', data = '', channel }: PipeEvent): string[] {
  switch (kind) {
    case EventKind.OPEN:
      return [frames.socketOpened(socketId)];
    case EventKind.CLOSE:
      return [frames.socketClosed(socketId)];
    case EventKind.MESSAGE:
      return [frames.socketMessage(socketId, event, data, channel)];
    case EventKind.OCCUPIED:
      return [frames.channelChanged('channel_occupied', channel ?? '')];
    case EventKind.VACATED:
      return [frames.channelChanged('channel_vacated', channel ?? '')];
    default:
      // No subscription of this protocol brings any other kind.
      return [];
  }
}
