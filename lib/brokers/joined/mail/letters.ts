import type { NodeMessage } from '../../../wire/cluster';
import type { Clock } from '../../../util/timers';
import type { BrokerMetrics, Eventual } from '../../broker';

type Letter = Extract<NodeMessage, { kind: 'letter' }>;

/** Time after which a letter without an answer is sent again, and after which nobody waits for its answer. */
const AGAIN_MS = 1000;
/** Letters to one node that are sent again together: more would slow down a node that is late already. */
const AGAIN = 256;
const DEADLINE_MS = 10_000;
/** Letters to one node that wait for an answer, at most. */
const MAX_WAITING = 10_000;

interface Sent {
  letter: Letter;
  sentAt: number;
  deadline: number;
  answer: (text: string | undefined) => void;
}

/** Letters to one node. */
class Outgoing {
  readonly waiting = new Map<number, Sent>();
  number = 0;
  /** The last letter of those that were sent again; when it is answered, the next ones are sent again. */
  again = 0;
}

/** Letters of one node: the next number, and answers that it may not have. */
class Incoming {
  next: number;
  /** Answers by number; undefined while it is not known. */
  readonly answers = new Map<number, { text: string | undefined } | undefined>();

  constructor(first: number) {
    this.next = first;
  }
}

export interface LettersParts {
  clock: Clock;
  metrics: BrokerMetrics;
  post(node: number, message: NodeMessage): void;
  /** Undefined when this node knows nothing of the app. */
  handle(app: string, from: number, text: string): Eventual<string | undefined>;
}

/**
 * Messages from node to node: once and in order while both live. Each is sent again every second until it is answered;
 * the receiver drops repeats by number, and answers them again.
 */
export class Letters {
  readonly #parts: LettersParts;
  readonly #outgoing = new Map<number, Outgoing>();
  readonly #incoming = new Map<number, Incoming>();
  #own = 0;

  constructor(parts: LettersParts) {
    this.#parts = parts;
  }

  /** This node has a number: letters of an earlier one are forgotten. */
  begin(own: number): void {
    this.#own = own;
    for (const node of [...this.#outgoing.keys()]) this.#forget(node);
    this.#incoming.clear();
  }

  send(node: number, app: string, text: string): Promise<string | undefined> {
    const { clock, metrics } = this.#parts;
    let outgoing = this.#outgoing.get(node);
    if (outgoing === undefined) {
      outgoing = new Outgoing();
      this.#outgoing.set(node, outgoing);
    }
    const { waiting } = outgoing;
    if (waiting.size >= MAX_WAITING) {
      metrics.dropped++;
      return Promise.resolve(undefined);
    }
    const number = ++outgoing.number;
    const letter: Letter = { kind: 'letter', from: this.#own, number, first: number, app, text };
    const now = clock.now();
    return new Promise((answer) => {
      waiting.set(number, { letter, sentAt: now, deadline: now + DEADLINE_MS, answer });
      this.#post(node, waiting, letter);
    });
  }

  /** Nodes with a lease have changed. */
  nodes(alive: ReadonlySet<number>): void {
    for (const node of [...this.#outgoing.keys()]) if (!alive.has(node)) this.#forget(node);
    for (const node of [...this.#incoming.keys()]) {
      if (!alive.has(node)) this.#incoming.delete(node);
    }
  }

  posted(message: Extract<NodeMessage, { kind: 'letter' | 'reply' }>): void {
    if (message.kind === 'letter') this.#received(message);
    else {
      const outgoing = this.#outgoing.get(message.from);
      const sent = outgoing?.waiting.get(message.number);
      if (outgoing === undefined || sent === undefined) return;
      outgoing.waiting.delete(message.number);
      sent.answer(message.text);
      if (message.number === outgoing.again) this.#sendAgain(message.from, outgoing);
    }
  }

  /** Time has passed. */
  tick(): void {
    const now = this.#parts.clock.now();
    for (const [node, outgoing] of this.#outgoing) {
      for (const [number, { deadline, answer }] of outgoing.waiting) {
        // They stand in the order of their deadlines.
        if (now < deadline) break;
        outgoing.waiting.delete(number);
        answer(undefined);
      }
      this.#sendAgain(node, outgoing);
    }
  }

  /** Sends the oldest letters again that have had no answer for long. */
  #sendAgain(node: number, outgoing: Outgoing): void {
    const now = this.#parts.clock.now();
    let left = AGAIN;
    for (const [number, sent] of outgoing.waiting) {
      if (now - sent.sentAt < AGAIN_MS || left-- === 0) return;
      sent.sentAt = now;
      outgoing.again = number;
      this.#post(node, outgoing.waiting, sent.letter);
    }
  }

  #post(node: number, waiting: ReadonlyMap<number, Sent>, letter: Letter): void {
    const [first = letter.number] = waiting.keys();
    this.#parts.post(node, { ...letter, first });
  }

  #forget(node: number): void {
    const outgoing = this.#outgoing.get(node);
    this.#outgoing.delete(node);
    for (const { answer } of outgoing?.waiting.values() ?? []) answer(undefined);
  }

  #received({ from, number, first, app, text }: Letter): void {
    let incoming = this.#incoming.get(from);
    if (incoming === undefined) {
      incoming = new Incoming(first);
      this.#incoming.set(from, incoming);
    }
    const { answers } = incoming;
    // They stand in the order of their numbers.
    for (const answered of answers.keys()) {
      if (answered >= first) break;
      answers.delete(answered);
    }
    // Letters whose deadline has passed never come again: numbers below `first` are not waited for.
    if (incoming.next < first) incoming.next = first;
    if (number > incoming.next) return;
    if (number < incoming.next) {
      const answer = answers.get(number);
      if (answer !== undefined) this.#reply(from, number, answer.text);
      return;
    }
    incoming.next++;
    answers.set(number, undefined);
    const done = (answer: string | undefined): void => {
      if (answers.has(number)) answers.set(number, { text: answer });
      this.#reply(from, number, answer);
    };
    const answer = this.#parts.handle(app, from, text);
    if (answer instanceof Promise) answer.then(done, () => done(undefined));
    else done(answer);
  }

  #reply(to: number, number: number, text: string | undefined): void {
    this.#parts.post(to, { kind: 'reply', from: this.#own, number, text });
  }
}
