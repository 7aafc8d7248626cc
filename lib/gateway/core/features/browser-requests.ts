import { type Reply, parseReply, requestMessage } from '../../../pusher/requests';
import { PING } from '../../../pusher/messages';
import type { Clock, Timer } from '../../../util/timers';
import type { Socket } from '../model/socket';
import type { Turn } from '../fanout/turn';
import { Pongs } from './pongs';

/** Outcome of a request: the browser's JSON text, its error, or the reason why no answer will come. */
export type RequestOutcome = { data: string } | { error: string } | 'closed' | 'timeout';

interface Request {
  deadline: Timer;
  done: (answer: RequestOutcome) => void;
}

/** Requests to browsers without a reply yet. Only the browser that was asked can answer. */
export class BrowserRequests {
  readonly #turn: Turn;
  readonly #clock: Clock;
  readonly #open = new Map<Socket, Map<string, Request>>();
  readonly #pongs: Pongs;
  #lastId = 0;

  constructor(turn: Turn, clock: Clock) {
    this.#turn = turn;
    this.#clock = clock;
    this.#pongs = new Pongs(clock);
  }

  /**
   * Asks a socket; `data` is JSON text. `done` is called once, later, with the answer. Returns what makes the request
   * void: `done` is not called after it.
   */
  ask(
    socket: Socket,
    { event, data, timeoutMs }: { event: string; data: string; timeoutMs: number },
    done: (answer: RequestOutcome) => void,
  ): () => void {
    const id = String(++this.#lastId);
    const deadline = this.#clock.setTimeout(
      () => this.#take(socket, id)?.done('timeout'),
      timeoutMs,
    );
    const requests = this.#open.get(socket) ?? new Map<string, Request>();
    this.#open.set(socket, requests.set(id, { deadline, done }));
    this.#turn.send(socket, requestMessage(id, event, data));
    return () => void this.#take(socket, id);
  }

  /** Settles the request that a socket has replied to. Late and unknown replies are dropped. */
  answered(socket: Socket, text: string): void {
    const reply: Reply | undefined = parseReply(text);
    if (reply !== undefined) this.#take(socket, reply.id)?.done(reply);
  }

  /**
   * Asks a page whether it has read everything so far; resolves with the milliseconds until its answer, and with undefined
   * when none came.
   */
  probe(socket: Socket): Promise<number | undefined> {
    this.#turn.send(socket, PING);
    return this.#pongs.wait(socket);
  }

  /** A socket has answered a ping. */
  ponged(socket: Socket): void {
    this.#pongs.heard(socket);
  }

  /** A socket is gone, and does not answer any more. */
  closed(socket: Socket): void {
    this.#pongs.closed(socket);
    for (const id of [...(this.#open.get(socket)?.keys() ?? [])]) {
      this.#take(socket, id)?.done('closed');
    }
  }

  stop(): void {
    this.#pongs.stop();
    for (const requests of this.#open.values()) {
      for (const { deadline } of requests.values()) this.#clock.clearTimeout(deadline);
    }
    this.#open.clear();
  }

  #take(socket: Socket, id: string): Request | undefined {
    const requests = this.#open.get(socket);
    const request = requests?.get(id);
    if (requests === undefined || request === undefined) return undefined;
    requests.delete(id);
    if (requests.size === 0) this.#open.delete(socket);
    this.#clock.clearTimeout(request.deadline);
    return request;
  }
}
