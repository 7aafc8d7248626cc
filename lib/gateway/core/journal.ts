import { STATUS_CODES } from 'node:http';
import { type Logger, tellsDebug } from '../../util/logger';
import { CloseCode } from '../../pusher/close-codes';
import type { Recorder } from './console/recorder';
import { countUp, type Metrics, type Traffic } from './metrics';

/** Ways into a gateway, as metrics and the log name them. */
export type Entrance =
  | 'port'
  | 'channels'
  | 'fallback'
  | 'http_api'
  | 'auth'
  | 'health'
  | 'console'
  | 'pipe'
  | 'pipe_2011'
  | 'pushy';

/** A refusal: a connection, request or message of a peer that the gateway did not serve. */
export interface Refused {
  entrance: Entrance;
  /**
   * A word of the gateway's own: it becomes a label of a metric, and must never come from outside. That of the status unless
   * given.
   */
  reason?: string | undefined;
  /** Status of the answer, over HTTP. */
  status?: number;
  /** Id of the app, when it is known. */
  app?: string | undefined;
  /** The text that the peer is told. */
  message: string;
}

type Counts = Pick<Metrics, 'refusals' | 'answers' | keyof Traffic>;
/** The peer that was refused, as far as it is known, and what else the log is told of it. */
export interface RefusedPeer {
  readonly remoteAddress?: string | undefined;
  readonly socket?: string;
  readonly channel?: string;
  readonly [field: string]: unknown;
}

/** Longest text from outside in a line of the log. */
const MAX_TEXT_LENGTH = 300;

/**
 * The gateway's account of what it does: lines at debug for connections, subscriptions, publishes and refusals, and the
 * count of refusals by their reason. Data of events and signatures never stand in it.
 */
export class Journal {
  readonly #log: Logger;
  readonly #metrics: Counts;
  /** Keeps what people ask for afterwards; undefined where there is no console to ask. */
  recorder: Recorder | undefined;

  constructor(log: Logger, metrics: Counts) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** True when somebody reads `note`: its details are made only then. */
  get isRead(): boolean {
    return tellsDebug(this.#log);
  }

  note(details: object, message: string): void {
    this.#log.debug(details, message);
  }

  /** Faults that an operator should know of. */
  warn(details: object, message: string): void {
    this.#log.warn(details, message);
  }

  /** Counts an answer over HTTP, with the bytes of the bodies of its request and of itself. */
  answered(entrance: Entrance, status: number, bytes = { received: 0, sent: 0 }): void {
    const { answers } = this.#metrics;
    let statuses = answers.get(entrance);
    if (statuses === undefined) answers.set(entrance, (statuses = new Map<number, number>()));
    countUp(statuses, status);
    this.#metrics.receivedBytes += bytes.received;
    this.#metrics.sentBytes += bytes.sent;
  }

  /** Counts a refusal and notes it. `about` is what else is known of the peer. */
  refused(
    { entrance, status, app = '', message, ...given }: Refused,
    about: RefusedPeer = {},
  ): void {
    const reason = given.reason ?? statusReason(status);
    this.#metrics.refusals.inc({ entrance, reason, app });
    if (this.recorder !== undefined) {
      const { remoteAddress: address = '', socket = '', channel = '' } = about;
      const text = message.trimEnd();
      this.recorder.refused({ entrance, reason, app, message: text, address, socket, channel });
    }
    if (!this.isRead) return;
    const why = message.trimEnd().slice(0, MAX_TEXT_LENGTH);
    const where = { entrance, reason, status, ...(app !== '' && { app }) };
    this.#log.debug({ ...where, why, ...about }, 'refused');
  }
}

/** The reason for a refusal by a status of HTTP (RFC 9110, section 15), such as `unauthorized`. */
function statusReason(status = 0): string {
  return STATUS_CODES[status]?.toLowerCase().replaceAll(/[ -]/g, '_') ?? 'other';
}

const CLOSE_REASONS: ReadonlyMap<number, string> = new Map(
  Object.entries(CloseCode).map(([name, code]) => [code, name.toLowerCase()]),
);

/** The reason for a close with a code of the Channels protocol, such as `over_quota`. */
export function closeReason(code: number): string {
  return CLOSE_REASONS.get(code) ?? 'other';
}
