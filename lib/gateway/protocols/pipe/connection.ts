import { later } from '../../../brokers/eventual';
import { Heartbeat } from '../../../util/heartbeat';
import type { Timer } from '../../../util/timers';
import { CLOSE_CODES, closeCode } from '../../../wire/close-codes';
import { FrameDecoder, FrameEncoder } from '../../../wire/codec';
import { CodecError } from '../../../wire/codec-error';
import type { Frame, HelloFrame, Rule } from '../../../wire/frames';
import { WIRE_LIMITS } from '../../../wire/limits';
import type { App } from '../../core/model/app';
import type { CarrierHandler } from '../../core/fanout/carrier';
import type { BackendCarrier, BackendLink } from './backend-link';
import type { Edge } from './cluster/edge';
import type { Place, Places } from './cluster/places';
import type { PipeContext } from './context';
import type { Deciders } from './deciders';
import { Queries } from './queries';
import type { PipeSession } from './session';
import type { Sessions } from './sessions';

const NO_RULES: readonly Rule[] = [];

/** Frames that may come before READY: they belong to the connection, not to the session. */
const BEFORE_READY: ReadonlySet<Frame['type']> = new Set(['ping', 'pong', 'bye', 'error']);

type State =
  | { name: 'opening'; deadline: Timer }
  | {
      name: 'welcomed';
      session: PipeSession;
      queries: Queries;
      heartbeat: Heartbeat;
      deadline: Timer;
    }
  | { name: 'attached'; session: PipeSession; queries: Queries; heartbeat: Heartbeat }
  /** The place of its session is looked for. Nothing is read meanwhile. */
  | { name: 'placing' }
  /** Another node has its session. */
  | { name: 'passed on'; edge: Edge }
  | { name: 'closed' };

/** The rooms that a connection leads to. */
export interface Rooms {
  readonly context: PipeContext;
  readonly sessions: Sessions;
  readonly deciders: Deciders;
  readonly places: Places;
  /** A connection has ended. */
  closed(connection: PipeConnection): void;
}

/**
 * A connection of a backend: bytes in and out, the opening, and the heartbeat. Frames are handled by its session, which
 * outlives it.
 */
export class PipeConnection implements CarrierHandler, BackendLink {
  readonly app: App;
  readonly #nonce: string;
  readonly #rooms: Rooms;
  readonly #context: PipeContext;
  readonly #carrier: BackendCarrier;
  /** True when the backend is connected to another node. */
  readonly isFar: boolean;
  readonly #encoder = new FrameEncoder();
  readonly #decoder = new FrameDecoder();
  #state: State;

  /** @param nonce the challenge of this connection, which HELLO's proof must answer. */
  constructor(rooms: Rooms, app: App, carrier: BackendCarrier, nonce: string, isFar = false) {
    const { context } = rooms;
    this.#rooms = rooms;
    this.#context = context;
    this.app = app;
    this.#nonce = nonce;
    this.#carrier = carrier;
    this.isFar = isFar;
    const deadline = context.clock.setTimeout(
      () => this.fail('protocol_error', `HELLO did not come within ${WIRE_LIMITS.helloMs} ms`),
      WIRE_LIMITS.helloMs,
    );
    this.#state = { name: 'opening', deadline };
  }

  /** The rules of the backend: the events it hears of and the decisions it takes. None before HELLO. */
  get rules(): readonly Rule[] {
    return 'session' in this.#state ? this.#state.session.rules : NO_RULES;
  }

  /** The session that it carries, once the backend has read its WELCOME. */
  get session(): PipeSession | undefined {
    return this.#state.name === 'attached' ? this.#state.session : undefined;
  }

  get remoteAddress(): string {
    return this.#carrier.remoteAddress;
  }

  get unsentBytes(): number {
    return this.#carrier.unsentBytes;
  }

  get writable(): boolean {
    return this.#carrier.unsentBytes < this.#context.limits.maxUnsentBytes / 2;
  }

  onDrain(run: () => void): void {
    this.#carrier.onDrain(run);
  }

  send(frame: Frame): void {
    if ('heartbeat' in this.#state) this.#state.heartbeat.sent();
    if (frame.type !== 'events') return this.#carrier.sendBinary(this.#encoder.encode(frame));
    for (const bytes of this.#encoder.encodeEvents(frame.runs, frame.commandAck)) {
      this.#carrier.sendBinary(bytes);
    }
  }

  fail(name: keyof typeof CLOSE_CODES, message: string): void {
    this.#fail(CLOSE_CODES[name].code, message);
  }

  #fail(code: number, message: string): void {
    const reason = closeCode(code)?.name ?? 'protocol_error';
    const { app } = this;
    const { remoteAddress } = this.#carrier;
    const refused = { entrance: 'pipe', reason, app: app.id, message } as const;
    this.#context.journal.refused(refused, { remoteAddress });
    this.send({ type: 'error', code, message });
    this.close(code, message);
  }

  close(code: number, reason: string): void {
    this.#carrier.close(code, reason);
    this.#end(code, reason);
  }

  text(): void {
    this.fail('protocol_error', 'the Pipe carries binary messages only');
  }

  binary(bytes: Uint8Array): void {
    if (this.#state.name === 'passed on') return this.#state.edge.binary(bytes);
    if ('heartbeat' in this.#state) this.#state.heartbeat.heard();
    if (this.#state.name === 'opening' && bytes.length > WIRE_LIMITS.maxHelloBytes) {
      return this.fail('frame_too_large', `HELLO is limited to ${WIRE_LIMITS.maxHelloBytes} bytes`);
    }
    try {
      this.#frame(this.#decoder.decode(bytes), bytes);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#fail(error.closeCode, error.message);
    }
  }

  closed(code: number, reason: string): void {
    this.#end(code, reason);
  }

  #frame(frame: Frame | undefined, bytes: Uint8Array): void {
    const state = this.#state;
    // An unknown frame is one of a later version.
    if (!('deadline' in state || 'session' in state) || frame === undefined) return;
    if (state.name === 'opening') {
      if (frame.type !== 'hello')
        return this.fail('protocol_error', 'the first frame must be HELLO');
      return this.#hello(frame, bytes, state.deadline);
    }
    if (state.name === 'welcomed') {
      if (frame.type === 'ready') return this.#ready(state);
      if (!BEFORE_READY.has(frame.type))
        return this.fail('protocol_error', 'the first frame after WELCOME must be READY');
    }
    switch (frame.type) {
      case 'commands':
        if (frame.ack !== undefined) state.session.acknowledged(frame.ack);
        // An acknowledgement of what was never sent has closed the connection: nothing more of it is handled.
        if (this.#state === state) state.session.commands(frame);
        return this.#waitForTurn();
      case 'ack':
        return state.session.acknowledged(frame);
      case 'subscribe':
        return state.session.subscribe(frame.id, frame.rules);
      case 'ready':
        return this.fail('protocol_error', 'READY came twice');
      case 'returned':
        return state.session.returned(frame.position);
      case 'ping':
        return this.send({ type: 'pong', time: frame.time });
      case 'pong':
        return;
      case 'bye':
        this.close(CLOSE_CODES.bye.code, 'bye');
        return this.#rooms.sessions.ended(state.session);
      case 'query':
        return state.queries.ask(frame);
      case 'reply':
        return this.#rooms.deciders.answered(this, frame);
      case 'error':
        this.#context.log.warn(
          { code: frame.code, message: frame.message },
          'pipe reports an error',
        );
        return;
      case 'hello':
        return this.fail('protocol_error', 'HELLO came twice');
      case 'welcome':
      case 'events':
      case 'commandAck':
      case 'subscribed':
      case 'gap':
      case 'snapshot':
      case 'assign':
      case 'revoke':
      case 'lost':
      case 'goAway':
        return this.fail('protocol_error', `${frame.type} is not for a backend to send`);
    }
  }

  /** The backend is not read while the gateway is behind with writes, so that it does not fall behind further. */
  #waitForTurn(): void {
    const { turn } = this.#context.hub;
    if (!turn.behind || this.#state.name === 'closed') return;
    this.#carrier.pause?.();
    turn.whenCaughtUp(() => this.#carrier.resume?.());
  }

  #hello(hello: HelloFrame, bytes: Uint8Array, deadline: Timer): void {
    this.#context.clock.clearTimeout(deadline);
    const placing: State = (this.#state = { name: 'placing' });
    const about = { app: this.app, carrier: this.#carrier, nonce: this.#nonce };
    // Undefined until it is known whether the answer comes inside the call.
    let isFound: boolean | undefined;
    this.#rooms.places.find({ ...about, hello, bytes, isFar: this.isFar }, (place) => {
      const waited = isFound !== undefined;
      isFound = true;
      if (this.#state === placing) {
        this.#placed(hello, place);
        if (waited) this.#carrier.resume?.();
      } else if (typeof place === 'object' && 'edge' in place) place.edge.closed(1006, 'gone');
    });
    if (isFound === true) return;
    isFound = false;
    this.#carrier.pause?.();
  }

  #placed(hello: HelloFrame, place: Place): void {
    if (place === 'here') this.#attach(hello);
    else if ('edge' in place) this.#state = { name: 'passed on', edge: place.edge };
    else this.fail('going_away', place.refused);
  }

  #attach(hello: HelloFrame): void {
    const verdict = this.#rooms.sessions.attach(this, this.#nonce, hello);
    if ('refused' in verdict) return this.fail(verdict.refused, verdict.message);
    const { session } = verdict;
    const { helloMs } = WIRE_LIMITS;
    this.#state = {
      name: 'welcomed',
      session,
      queries: new Queries(this.#context, this, session),
      heartbeat: this.#watched(),
      deadline: this.#context.clock.setTimeout(
        () => this.fail('protocol_error', `READY did not come within ${helloMs} ms`),
        helloMs,
      ),
    };
    const welcomed = this.#state;
    void later(this.app.elsewhere?.heard(), () => {
      if (this.#state === welcomed) session.begin();
    });
  }

  #ready({ session, queries, heartbeat, deadline }: Extract<State, { name: 'welcomed' }>): void {
    this.#context.clock.clearTimeout(deadline);
    this.#state = { name: 'attached', session, queries, heartbeat };
    this.#rooms.deciders.opened(this);
    this.#rooms.sessions.ready(session);
    this.#context.log.info(this.#about(session), 'backend connected');
    this.#record(session, 'connected');
  }

  #watched(): Heartbeat {
    const { clock } = this.#context;
    return new Heartbeat(clock, WIRE_LIMITS, {
      ping: () => this.send({ type: 'ping', time: Math.floor(clock.now()) }),
      dead: () => this.close(CLOSE_CODES.dead.code, 'no frame within the dead time'),
    });
  }

  #about({ name, group, isNamed }: PipeSession): object {
    const { remoteAddress } = this.#carrier;
    const about = {
      app: this.app.id,
      ...(isNamed && { backend: name.replace(/^name /, '') }),
      remoteAddress,
    };
    return group.partitions.length > 1 ? { ...about, group: group.settings.name } : about;
  }

  #record(
    { name, group }: PipeSession,
    what: 'connected' | 'disconnected',
    code?: number,
    why = '',
  ): void {
    const { remoteAddress: address } = this.#carrier;
    const about = { app: this.app.id, group: group.settings.name, backend: name, address };
    this.#context.journal.recorder?.backend({ ...about, what, code, why });
  }

  #end(code: number, why: string): void {
    const state = this.#state;
    if (state.name === 'closed') return;
    const { clock } = this.#context;
    if ('deadline' in state) clock.clearTimeout(state.deadline);
    if ('heartbeat' in state) state.heartbeat.stop();
    this.#state = { name: 'closed' };
    this.#rooms.closed(this);
    if ('edge' in state) state.edge.closed(code, why);
    if (!('session' in state)) return;
    const gone = { ...this.#about(state.session), code, why };
    this.#context.log.info(gone, 'backend disconnected');
    this.#record(state.session, 'disconnected', code, why);
    this.#rooms.deciders.closed(this);
    state.queries.end();
    this.#rooms.sessions.detached(state.session, this);
  }
}
