import { CodecError } from './codec-error';
import { WIRE_LIMITS } from './limits';

/** The caps of a dictionary; lower ones only in specs, since both ends must agree on them. */
export interface NameCaps {
  maxNames: number;
  maxNamesBytes: number;
  maxNameBytes: number;
}

/**
 * The sender's dictionary: gives each name the next handle on first use, for one direction of one connection. A name is
 * never forgotten and never changes its handle; when a cap is reached further names travel in line.
 */
export class NameWriter {
  readonly #caps: NameCaps;
  readonly #handles = new Map<string, number>();
  #bytes = 0;
  #pending: string[] = [];
  #pendingBytes = 0;

  constructor(caps: NameCaps = WIRE_LIMITS) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#handles.size;
  }

  /** Names that got their handles since the last `settle`, in the order of these; the last one is `size`. */
  get pending(): readonly string[] {
    return this.#pending;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The handle of a name, or 0 when the name must travel in line. */
  handle(name: string): number {
    return this.#handles.get(name) ?? this.#define(name);
  }

  /** The pending definitions have been written. */
  settle(): void {
    if (this.#pending.length === 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Forgets every name defined since the dictionary had this size: the frames that define them were not made. */
  restore(size: number): void {
    for (const [name, handle] of this.#handles) {
      if (handle <= size) continue;
      this.#handles.delete(name);
      this.#bytes -= Buffer.byteLength(name);
    }
    this.settle();
  }

  #define(name: string): number {
    // The first test keeps a long text from being measured: no character takes less than a byte.
    if (name.length > this.#caps.maxNameBytes || this.#handles.size >= this.#caps.maxNames) {
      return 0;
    }
    const bytes = Buffer.byteLength(name);
    if (bytes === 0 || bytes > this.#caps.maxNameBytes) return 0;
    if (this.#bytes + bytes > this.#caps.maxNamesBytes) return 0;
    const handle = this.#handles.size + 1;
    this.#handles.set(name, handle);
    this.#bytes += bytes;
    this.#pending.push(name);
    this.#pendingBytes += bytes;
    return handle;
  }
}

/** The receiver's dictionary. A definition that breaks its rules throws a CodecError with close code 4400. */
export class NameReader {
  readonly #caps: NameCaps;
  readonly #names: string[] = [];
  #bytes = 0;

  constructor(caps: NameCaps = WIRE_LIMITS) {
    this.#caps = caps;
  }

  get size(): number {
    return this.#names.length;
  }

  /** Handles are 1, 2, 3 … in the order of their definitions, so 0, a second definition and a hole are one check. */
  define(handle: number, name: string): void {
    if (handle !== this.#names.length + 1) {
      throw new CodecError(
        `handle ${handle} is defined where handle ${this.#names.length + 1} is due`,
      );
    }
    if (handle > this.#caps.maxNames) {
      throw new CodecError(`more than ${this.#caps.maxNames} names are defined`);
    }
    const bytes = Buffer.byteLength(name);
    if (bytes === 0 || bytes > this.#caps.maxNameBytes) {
      throw new CodecError(
        `a defined name has 1 to ${this.#caps.maxNameBytes} bytes, not ${bytes}`,
      );
    }
    if (this.#bytes + bytes > this.#caps.maxNamesBytes) {
      throw new CodecError(`the defined names have more than ${this.#caps.maxNamesBytes} bytes`);
    }
    this.#bytes += bytes;
    this.#names.push(name);
  }

  name(handle: number): string {
    const name = this.#names[handle - 1];
    if (name === undefined) throw new CodecError(`handle ${handle} is not defined`);
    return name;
  }

  /** Forgets every name defined since the dictionary had this size: the frame that defines them was refused. */
  restore(size: number): void {
    for (const name of this.#names.splice(size)) this.#bytes -= Buffer.byteLength(name);
  }
}
