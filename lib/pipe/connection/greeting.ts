import { StandpipeError } from '../../errors';
import { CLOSE_CODES } from '../../wire/close-codes';
import type { Group, HelloFrame, WelcomeFrame } from '../../wire/frames';
import { PROTOCOL_VERSION, STREAM_KEPT } from '../../wire/opening';
import type { Inbox } from '../inbox/inbox';
import type { Sender } from '../outbox/sender';
import type { Subscriptions } from '../subscriptions';
import type { ConnectedInfo } from '../types';
import { SessionCredentials } from './session-credentials';

/** The last WELCOME, as far as the program is told of it. */
export interface Welcomed extends ConnectedInfo {
  /** Id of the session, as hex digits: the same after a resume. */
  readonly id: string;
  /** Reason why the session before was lost; '' when it was not. */
  readonly reason: string;
  /** Events that an earlier client without a name has left unhandled. */
  readonly unhandled: number;
}

const LIBRARY = 'standpipe-node';

/** The rooms that HELLO speaks for, and that WELCOME is told to. */
export interface GreetingParts {
  /** Name of this backend; '' for none. */
  readonly name: string;
  readonly group: Group | undefined;
  readonly inbox: Inbox;
  readonly sender: Sender;
  readonly subscriptions: Subscriptions;
}

/**
 * Opening of each connection: HELLO asks for the session to go on, WELCOME says whether it does.
 */
export class Greeting {
  readonly #parts: GreetingParts;
  readonly #credentials = new SessionCredentials();
  /** True when this connection is to resume an earlier session. */
  #continuing = false;
  #welcomed: Welcomed | undefined;

  constructor(parts: GreetingParts) {
    this.#parts = parts;
  }

  /** Undefined before the first one. */
  get welcomed(): Welcomed | undefined {
    return this.#welcomed;
  }

  hello(nonce: string): HelloFrame {
    const { name, group, inbox, sender, subscriptions } = this.#parts;
    const proof = this.#credentials.prove(nonce);
    return {
      type: 'hello',
      version: PROTOCOL_VERSION,
      library: LIBRARY,
      group,
      name,
      session: this.#credentials.id,
      proof,
      attempt: this.#credentials.attempt,
      positions: inbox.positions(),
      nextSeq: sender.nextSeq,
      credit: inbox.credit(),
      rules: subscriptions.announced(),
    };
  }

  /**
   * False when the session is lost and a new one is not wanted. Throws a StandpipeError for a WELCOME that breaks the
   * protocol.
   * @param isLeaving the client disconnects: a session that is lost needs no successor
   */
  welcome(frame: WelcomeFrame, isLeaving: boolean): boolean {
    if (frame.version !== PROTOCOL_VERSION) {
      throw new StandpipeError('protocol_error', `the gateway speaks version ${frame.version}`);
    }
    if (frame.verdict === 'resumed' && !this.#credentials.known) {
      throw new StandpipeError('protocol_error', 'the gateway resumed a session that never was');
    }
    const isGone = this.#continuing && frame.verdict !== 'resumed';
    if (isGone && isLeaving) return false;
    // A session that was and does not go on is lost, whatever a gateway calls it, unless its stream goes on.
    const lost = isGone && frame.reason !== STREAM_KEPT;
    this.#welcomed = {
      id: Buffer.from(frame.session).toString('hex'),
      session: lost ? 'reset' : frame.verdict === 'resumed' ? 'resumed' : 'new',
      node: frame.node,
      reason: frame.reason,
      unhandled: frame.unhandled,
    };
    this.#continuing = true;
    this.#credentials.welcomed(frame);
    this.#parts.inbox.welcome(frame);
    if (!this.#parts.sender.welcome(frame)) {
      throw new StandpipeError('protocol_error', 'the gateway applied commands never sent');
    }
    return true;
  }

  /**
   * An attempt to connect has failed. When the gateway has refused the proof, or this client the answer, the next one asks
   * for a new session; the old one counts as lost.
   */
  failed({ status }: StandpipeError): void {
    const { bad_proof, protocol_error } = CLOSE_CODES;
    if (status === bad_proof.code || status === protocol_error.code) this.#credentials.end();
  }

  /** Ends the session on purpose: the next one is new, and nothing was lost. */
  end(): void {
    this.#continuing = false;
    this.#credentials.end();
  }
}
