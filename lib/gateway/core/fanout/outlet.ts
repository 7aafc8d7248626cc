/**
 * Encodes frame texts as bytes for one kind of connection. A fan-out encodes once per encoder, never once per socket,
 * so an encoder has no state of any connection. The encoding of several texts is the texts' encodings joined.
 */
export interface Encoder {
  /** A small number of its own: batches keep their encodings in an array by it. */
  readonly id: number;
  encode(texts: readonly string[]): Encoded;
}

/** Ids of encoders that are made at the start of a gateway. Lower ids belong to the encoders that every gateway has. */
let nextEncoderId = 3;

export function newEncoderId(): number {
  return nextEncoderId++;
}

/** The joined bytes of some texts; text i ends before `ends[i]`. */
export interface Encoded {
  bytes: Buffer;
  ends: number[];
}

/**
 * The transport's end of a socket, which takes finished bytes. Both calls are safe in every state, and neither calls
 * back into the gateway before it returns: the consequences of a write (a slow reader is cut) are told in a later
 * turn.
 */
export interface Sink {
  readonly encoder: Encoder;
  /** Address of the peer; absent where there is none. */
  readonly remoteAddress?: string;
  write(bytes: Buffer): void;
  close(code: number, reason: string): void;
  /**
   * Stops reading until `resume`. Messages of the peer wait in its TCP window. Absent where nothing can be held back.
   */
  pause?(): void;
  /** Reads again. Before a close all input that had been read is handled at once. */
  resume?(isLeaving?: boolean): void;
}

/** The subscribers of one source of events, with the batch of the present turn. */
export interface Audience {
  readonly sockets: Set<Outlet>;
  batch: Batch | undefined;
}

/** Events published to one audience in one turn, in the order of acceptance. */
export class Batch {
  readonly audience: Audience;
  readonly texts: string[] = [];
  /** Number of each text in the turn, growing. */
  readonly seqs: number[] = [];
  /** Characters of all texts. */
  characters = 0;
  /** Sockets that must not get the text of an index. Sparse: most texts exclude nobody. */
  excluded: Map<number, readonly Outlet[]> | undefined;
  readonly #encoded: Array<Encoded | undefined> = [];

  constructor(audience: Audience) {
    this.audience = audience;
  }

  encoded(encoder: Encoder): Encoded {
    return (this.#encoded[encoder.id] ??= encoder.encode(this.texts));
  }
}

/** A stretch of a turn in which a socket belonged to an audience: it gets `from < seq <= until`. */
export interface Stay {
  batch: Batch;
  from: number;
  until: number;
}

/**
 * A socket as a turn sees it. The fields belong to `Turn`: kept here, and not in a Map, because the fan-out touches
 * them once per socket and turn.
 */
export class Outlet {
  readonly sink: Sink;
  /** Number of the last turn whose flush met this socket. */
  metInTurn = 0;
  /** True when this turn's bytes must be put together for this socket alone. */
  special = false;
  batches: Batch[] | undefined;
  stays: Stay[] | undefined;
  privateTexts: string[] | undefined;
  privateSeqs: number[] | undefined;
  closing: { seq: number; code: number; reason: string } | undefined;
  /** Bytes of earlier turns that are not written yet; they belong to `DueWrites`. */
  due: Buffer[] | undefined;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  /** True from the moment its close was ordered: nothing sent later reaches it, nothing it sends is handled. */
  get closed(): boolean {
    return this.closing !== undefined;
  }

  /** Called once, when its close is ordered. */
  closeOrdered(): void {
    // An outlet that nobody counts has nothing to do.
  }
}
