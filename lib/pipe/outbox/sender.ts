import { StandpipeError } from '../../errors';
import { Outbox } from '../../stream/outbox';
import { Ring } from '../../util/ring';
import type { Clock } from '../../util/timers';
import {
  Verb,
  type Command,
  type CommandAck,
  type CommandsFrame,
  type WelcomeFrame,
} from '../../wire/frames';
import { WIRE_LIMITS, capCredit } from '../../wire/limits';
import {
  badArgument,
  checkCallback,
  checkEventName,
  checkKeys,
  checkedAck,
  checkedExcept,
  checkedKey,
  checkedLatest,
  checkedVolatile,
  jsonOf,
} from '../checks';
import { originOf, sizeOf, type Done, type Queued, type Target } from './command';
import { sealedFor } from './encryption';
import type { Settings } from '../options';
import { traceCommand } from './traced-command';
import { Outcomes, failure, type OutcomesOwner } from './outcomes';
import type {
  PublishOptions,
  PublishReceipt,
  SocketPublishOptions,
  TriggerCallback,
  TriggerOptions,
} from '../types';

export interface SenderOwner extends OutcomesOwner {
  /** Sends commands, with the acknowledgement that is at hand. */
  send(frame: CommandsFrame): void;
  /** Commands have left. */
  sent(): void;
  /** There is room again. */
  drained(): void;
}

const ACCEPTED: PublishReceipt = Object.freeze({ status: 'accepted' });
const NO_OPTIONS: TriggerOptions = Object.freeze({});
/** Options of events for one socket, and of events for anything else. */
const SOCKET_OPTIONS = [...(['latest', 'volatile', 'cause', 'ack'] as const)] satisfies Array<
  keyof SocketPublishOptions
>;
const EVENT_OPTIONS = [
  ...(['except', 'ifOccupied', 'idempotencyKey', 'latest', 'volatile', 'cause', 'ack'] as const),
] satisfies Array<keyof PublishOptions>;

/** Share of its limits above which the outbox tells its users to slow down. */
const HIGH_WATER_RATIO = 0.75;
/** Longest data of one command until the gateway has told its limit. */
const DATA_BYTES = 10_240;

/**
 * Commands on their way to the gateway. Commands of one turn travel together; each is kept until the gateway has
 * acknowledged it.
 */
export class Sender {
  readonly #clock: Clock;
  readonly #owner: SenderOwner;
  readonly #settings: Settings;
  readonly #outbox: Outbox<Queued>;
  /** Publishes that found the outbox full, in order. Each belongs to a caller who awaits it. */
  readonly #waiting = new Ring<{ command: Queued; bytes: number }>();
  #waitingBytes = 0;
  #open = true;
  #online = false;
  #flushDue = false;
  #unflushed = 0;
  /** Commands taken so far, those that wait for room included. */
  #queued = 0;
  #batch: number = WIRE_LIMITS.maxBatch;
  #flushBytes: number = WIRE_LIMITS.flushBytes;
  #dataBytes = DATA_BYTES;
  #node = '';
  /** The event name that was checked last; programs use the same one again and again. */
  #checkedName: string | undefined;
  readonly #outcomes: Outcomes;
  /** Triggers with `latest` or `volatile` that were dropped here: the outbox was full, or there was no connection. */
  dropped = 0;
  #emptied: (() => void) | undefined;

  constructor(settings: Settings, clock: Clock, owner: SenderOwner) {
    this.#clock = clock;
    this.#owner = owner;
    this.#settings = settings;
    this.#outcomes = new Outcomes(clock, owner);
    this.#outbox = new Outbox<Queued>({
      maxEntries: settings.maxOutboxEvents,
      maxBytes: settings.maxOutboxBytes,
      highWaterRatio: HIGH_WATER_RATIO,
      awaitsReceipt: (command) => command.receipt === 'delivered',
      settle: (command, outcome) => this.#outcomes.settle(command, outcome),
      drained: () => this.#drained(),
    });
  }

  /** Commands taken so far, and how many of them have left over the present connection. They leave in order. */
  get progress(): { queued: number; sent: number } {
    const queued = this.#queued;
    return { queued, sent: queued - this.#outbox.unsent - this.#waiting.length };
  }

  /** For HELLO. */
  get nextSeq(): number {
    return this.#outbox.nextSeq;
  }

  /**
   * Queues a command. False when it was refused, which the callback or the error event tells, or when the caller should slow
   * down until `drained`.
   * @throws StandpipeError `bad_argument`
   */
  trigger(
    target: Target,
    event: string,
    data: unknown,
    options: TriggerOptions | undefined,
    callback: TriggerCallback | undefined,
  ): boolean {
    checkCallback(callback);
    const done: Done | undefined =
      callback && ((error) => (error === null ? callback(null, ACCEPTED) : callback(error)));
    const command = this.#command(target, event, data, options, done);
    const bytes = this.#measured(command);
    if (this.#isTooLate(command)) {
      this.#drop('not_sent', command.done);
      return true;
    }
    const verdict = this.#open ? this.#offer(command, bytes) : 'closed';
    if (verdict === 'ok') return true;
    if (verdict === 'closed') this.#outcomes.fail('closed', command.done);
    if (verdict === 'full' && isDroppable(command)) this.#drop('outbox_full', command.done);
    else if (verdict === 'full') this.#outcomes.fail('outbox_full', command.done);
    return false;
  }

  /** `trigger` as a promise, which rejects where `trigger` throws or reports. */
  publish(
    target: Target,
    event: string,
    data: unknown,
    options: PublishOptions,
  ): Promise<PublishReceipt> {
    return new Promise((resolve, reject) => {
      const ack = checkedAck(options.ack);
      const command = this.#command(target, event, data, options, (error, sockets) => {
        if (error !== null) reject(error);
        // A receipt that went down with its connection is not made up.
        else if (ack === 'accepted' || sockets === undefined) resolve({ status: 'accepted' });
        else resolve({ status: ack, sockets });
      });
      command.receipt = ack;
      try {
        this.#admit(command);
      } catch (error) {
        // By way of the command, so that its span ends too.
        command.done?.(error as StandpipeError);
      }
    });
  }

  /** Queues a command that is no event, and resolves when it was applied. Rejects as `publish` does. */
  perform(command: Command): Promise<void> {
    const performed = new Promise<void>((resolve, reject) => {
      const done: Done = (error) => (error === null ? resolve() : reject(error));
      this.#admit({ ...command, done });
    });
    // Commands are often sent without waiting for them; one that fails then must not end the process.
    performed.catch(() => undefined);
    return performed;
  }

  /** A connection was welcomed. False when what it says about the commands cannot be true. */
  welcome(frame: WelcomeFrame): boolean {
    if (frame.verdict !== 'resumed') this.#restart(frame.node);
    else if (!this.#outbox.resume(frame.nextSeq - 1)) return false;
    if (!this.acked(frame.commandAck)) return false;
    // A limit of 0 was not told.
    const { batch, frameBytes, dataBytes } = frame.limits;
    this.#batch = Math.min(batch || Infinity, WIRE_LIMITS.maxBatch);
    // Names are counted by characters, of which each may take three bytes.
    this.#flushBytes = Math.min(Math.floor(frameBytes / 4) || Infinity, WIRE_LIMITS.flushBytes);
    this.#dataBytes = dataBytes || DATA_BYTES;
    return true;
  }

  /** Sends the commands at hand; later ones travel from here on. */
  online(): void {
    this.#online = true;
    this.flush();
  }

  offline(): void {
    this.#online = false;
  }

  /** Takes the gateway's acknowledgement. False when it speaks of commands that were never sent. */
  acked({ applied, refused, receipts, credit }: CommandAck): boolean {
    if (credit !== undefined) this.#outbox.grant(capCredit(credit));
    if (!this.#outbox.applied(applied, refused, receipts)) return false;
    if (this.#outbox.unsent > 0) this.#flushSoon();
    this.#tellEmptied();
    return true;
  }

  /** Sends what the credit allows. */
  flush(): void {
    this.#flushDue = false;
    this.#unflushed = 0;
    let some = false;
    while (this.#online) {
      const batch = this.#outbox.take(this.#batch, this.#flushBytes);
      if (batch === undefined) break;
      this.#owner.send({ type: 'commands', firstSeq: batch.first, commands: batch.entries });
      some = true;
    }
    if (some) this.#owner.sent();
  }

  /** Takes commands again after `close`. */
  open(): void {
    this.#open = true;
  }

  /**
   * Takes no more commands; commands at hand still travel. Resolves when all have their outcome.
   */
  close(): Promise<void> {
    this.#open = false;
    return new Promise((resolve) => {
      this.#emptied = resolve;
      this.#tellEmptied();
    });
  }

  /** Ends all commands, also the ones at hand. */
  clear(): void {
    this.#open = false;
    const waiting = this.#waiting.slice(0, this.#waiting.length);
    this.#waiting.drop(waiting.length);
    this.#waitingBytes = 0;
    this.#outbox.clear();
    for (const { command } of waiting) this.#outcomes.settle(command, { status: 'not_sent' });
    this.#tellEmptied();
  }

  #restart(node: string): void {
    this.#outbox.restart();
    if (node === this.#node) return;
    this.#node = node;
    // Origins are numbers of a gateway process that is gone; to the next one they mean something else.
    for (const command of this.#outbox.entries) command.origin = undefined;
    const waiting = this.#waiting.slice(0, this.#waiting.length);
    for (const { command } of waiting) command.origin = undefined;
  }

  /** Queues a command, or lets it wait for room. Throws why it cannot. */
  #admit(command: Queued): void {
    const bytes = this.#measured(command);
    if (!this.#open) throw failure('closed');
    if (this.#isTooLate(command)) throw failure('not_sent');
    if (this.#offer(command, bytes) !== 'full') return;
    if (this.#settings.whenFull === 'reject') throw failure('outbox_full');
    const { maxWaitingPublishes, maxWaitingBytes } = this.#settings;
    const tooMany = this.#waiting.length >= maxWaitingPublishes;
    if (tooMany || this.#waitingBytes + bytes > maxWaitingBytes) {
      throw waitingFull(tooMany ? `${maxWaitingPublishes} publishes` : `${maxWaitingBytes} bytes`);
    }
    this.#waiting.push({ command, bytes });
    this.#waitingBytes += bytes;
    this.#queued += 1;
  }

  /** Builds commands with the same fields in the same order, so that V8 keeps one shape. */
  #command(
    target: Target,
    event: string,
    data: unknown,
    options: TriggerOptions | undefined,
    done: Done | undefined,
  ): Queued {
    const { verb, channel, channels, socketId, userId } = target;
    const known = verb === Verb.TRIGGER_SOCKET ? SOCKET_OPTIONS : EVENT_OPTIONS;
    checkKeys('options', options, known);
    const { except, ifOccupied, idempotencyKey, latest, volatile, cause } = options ?? NO_OPTIONS;
    if (typeof event !== 'string' || event !== this.#checkedName) {
      checkEventName(event);
      this.#checkedName = event;
    }
    const json = jsonOf(data, this.#dataBytes);
    const { encryptionMasterKeyBase64: masterKey } = this.#settings;
    return {
      verb,
      channel,
      channels,
      socketId,
      userId,
      event,
      data: sealedFor(target, json, masterKey, this.#dataBytes),
      exceptSockets: checkedExcept(except),
      ifOccupied: ifOccupied === true,
      idempotencyKey: checkedKey(idempotencyKey),
      origin: originOf(cause),
      receipt: undefined,
      latestKey: checkedLatest(latest, event),
      volatile: checkedVolatile(volatile, latest),
      trace: undefined,
      done,
    };
  }

  /** A volatile event would be late: there is no connection. */
  #isTooLate({ volatile }: Queued): boolean {
    return volatile === true && this.#open && !this.#online;
  }

  /** An event of which the next one is as good: unless its callback hears of it, it is counted alone. */
  #drop(code: 'not_sent' | 'outbox_full', done: Done | undefined): void {
    this.dropped += 1;
    if (done !== undefined) this.#outcomes.fail(code, done);
  }

  #measured(command: Queued): number {
    const bytes = sizeOf(command);
    const { maxOutboxBytes } = this.#settings;
    if (bytes <= maxOutboxBytes) {
      if (this.#settings.tracing !== undefined) traceCommand(this.#settings.tracing, command);
      return bytes;
    }
    throw badArgument(`the event alone is above ${maxOutboxBytes} bytes`);
  }

  /** Offers a command to the outbox, unless earlier ones wait: the order of calls is kept. */
  #offer(command: Queued, bytes: number): 'ok' | 'high' | 'full' {
    if (this.#waiting.length > 0) return 'full';
    const verdict = this.#outbox.offer(command, bytes);
    if (verdict !== 'full') {
      this.#queued += 1;
      this.#unflushed += 1;
      if (this.#unflushed >= this.#batch) this.flush();
      else this.#flushSoon();
    }
    return verdict;
  }

  #flushSoon(): void {
    if (this.#flushDue || !this.#online) return;
    this.#flushDue = true;
    this.#clock.endOfTurn(this.#endOfTurn);
  }

  readonly #endOfTurn = (): void => {
    if (this.#flushDue) this.flush();
  };

  #drained(): void {
    let next = this.#waiting.at(0);
    while (next !== undefined && this.#outbox.offer(next.command, next.bytes) !== 'full') {
      this.#waiting.drop(1);
      this.#waitingBytes -= next.bytes;
      next = this.#waiting.at(0);
    }
    this.#flushSoon();
    if (next === undefined) this.#owner.drained();
  }

  #tellEmptied(): void {
    if (this.#outbox.length > 0 || this.#waiting.length > 0) return;
    this.#emptied?.();
    this.#emptied = undefined;
  }
}

function isDroppable({ latestKey, volatile }: Queued): boolean {
  return latestKey !== undefined || volatile === true;
}

/** The error of a publish that finds too many others waiting. */
function waitingFull(what: string): StandpipeError {
  return new StandpipeError(
    'outbox_full',
    `the outbox is full and ${what} wait for room already: await some of them before the next one`,
  );
}
