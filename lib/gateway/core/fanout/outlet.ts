import type { DroppableTexts } from './droppable';

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

/** Tells how a socket keeps up with what is written to it. Times are those of the turn's clock, in milliseconds. */
export interface Pace {
  /** True when the socket has yet to read what was written a while ago: droppable texts are not for it now. */
  isBehind(nowMs: number): boolean;
  /** Bytes to write behind those of the turn, by whose answer it learns how the socket keeps up; none unless they are due. */
  probe(nowMs: number): Buffer | undefined;
}

/**
 * The transport's end of a socket, which takes finished bytes. Both calls are safe in every state, and neither calls
 * back into the gateway before it returns: the consequences of a write (a slow reader is cut) are told in a later
 * turn.
 */
export interface Sink {
  readonly encoder: Encoder;
  /** Absent where nothing tells it: such a socket is never behind. */
  readonly pace?: Pace | undefined;
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

/** Part of a sequence: a text's bytes, with the text's number in the turn. */
export interface Piece {
  seq: number;
  bytes: Buffer;
  start: number;
  end: number;
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
  /** Texts that sockets which are behind may miss; made with the first one. Replaced ones are empty, and take no bytes. */
  droppable: DroppableTexts | undefined;
  /** The texts of some batches of a turn, of which this is the first: sockets with the same ones share the bytes. */
  joined: { encoder: Encoder; batches: readonly Batch[]; bytes: Buffer } | undefined;
  readonly #encoded: Array<Encoded | undefined> = [];
  #probed: { encoder: Encoder; probe: Buffer; bytes: Buffer } | undefined;

  constructor(audience: Audience) {
    this.audience = audience;
  }

  encoded(encoder: Encoder): Encoded {
    return (this.#encoded[encoder.id] ??=
      this.droppable === undefined
        ? encoder.encode(this.texts)
        : withoutEmpty(encoder, this.texts));
  }

  /** All texts with a probe behind them. Sockets that are probed in one turn share the bytes. */
  probed(encoder: Encoder, probe: Buffer): Buffer {
    if (this.#probed?.encoder !== encoder || this.#probed.probe !== probe) {
      const bytes = Buffer.concat([this.encoded(encoder).bytes, probe]);
      this.#probed = { encoder, probe, bytes };
    }
    return this.#probed.bytes;
  }
}

/** Encodes texts of which some are empty and take no bytes. */
function withoutEmpty(encoder: Encoder, texts: readonly string[]): Encoded {
  const { bytes, ends } = encoder.encode(texts.filter((text) => text !== ''));
  let end = 0;
  let next = 0;
  return { bytes, ends: texts.map((text) => (text === '' ? end : (end = ends[next++] as number))) };
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
  /** Pieces before or behind the texts of the turn, for this socket alone. */
  extra: Piece[] | undefined;
  /** The socket alone, once a droppable text was sent to it. */
  own: Audience | undefined;
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
