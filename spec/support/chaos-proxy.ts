import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';

/** Which way: `up` from the one who dialled, `down` to it. */
export type Direction = 'up' | 'down';

/** Where to cut: so many WebSocket messages of a connection get through in one direction, and not a byte more. */
export interface CutPoint {
  direction: Direction;
  frames: number;
}

/**
 * A TCP proxy that knows where WebSocket messages end (RFC 6455, section 5.2), so that a connection can be cut exactly
 * there. A cut is a reset; what had arrived before it has arrived.
 */
export class ChaosProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  /** Messages of the last connection that got through. */
  readonly frames = { up: 0, down: 0 };
  /** The next connection is cut there; the ones behind it are left alone. */
  #cutPoint: CutPoint | undefined;
  #reached: (() => void) | undefined;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near: Socket) => this.#join(near));
  }

  static async start(t: Pick<Test, 'teardown'>, target: number): Promise<ChaosProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new ChaosProxy(server, target);
    t.teardown(() => proxy.close());
    return proxy;
  }

  /** Cuts the next connection at a point. Resolves when that has happened. */
  cutAt(point: CutPoint): Promise<void> {
    this.#cutPoint = point;
    return new Promise((resolve) => (this.#reached = resolve));
  }

  /** Resets all connections now. */
  cut(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    const cutPoint = this.#cutPoint;
    this.#cutPoint = undefined;
    this.frames.up = this.frames.down = 0;
    const far = connect(this.#target, '127.0.0.1');
    const pair: Pair = new Pair(near, far, {
      passed: (direction) => (this.frames[direction] += 1),
      ended: () => this.#pairs.delete(pair),
      cutPoint,
      reached: () => this.#reached?.(),
    });
    this.#pairs.add(pair);
  }
}

interface PairOwner {
  passed(direction: Direction): void;
  ended(): void;
  cutPoint: CutPoint | undefined;
  reached(): void;
}

class Pair {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #owner: PairOwner;

  constructor(near: Socket, far: Socket, owner: PairOwner) {
    this.#near = near;
    this.#far = far;
    this.#owner = owner;
    this.#carry('up', near, far);
    this.#carry('down', far, near);
  }

  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  #carry(direction: Direction, from: Socket, to: Socket): void {
    const reader = new MessageEnds();
    const { cutPoint } = this.#owner;
    const most = cutPoint?.direction === direction ? cutPoint.frames : Infinity;
    let passed = 0;
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      for (const end of reader.read(bytes)) {
        passed += 1;
        this.#owner.passed(direction);
        if (passed < most) continue;
        // Written and flushed before the reset, which would take along what still waits.
        to.write(bytes.subarray(0, end), () => setImmediate(() => this.reset()));
        from.removeAllListeners('data');
        from.pause();
        this.#owner.reached();
        return;
      }
      to.write(bytes);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      to.destroy();
      this.#owner.ended();
    });
  }
}

/** Finds the ends of WebSocket frames behind an HTTP head. */
class MessageEnds {
  #head = Buffer.alloc(0);
  #isOpen = false;
  /** Bytes of the present frame that are still to come; below 0 while its header is not complete. */
  #left = -1;

  /** Offsets in `bytes` behind each frame that ends in them. */
  read(bytes: Buffer): number[] {
    const ends: number[] = [];
    let at = this.#isOpen ? 0 : this.#skipHead(bytes);
    while (at < bytes.length) {
      if (this.#left < 0) at = this.#readHeader(bytes, at);
      if (this.#left < 0) break;
      const taken = Math.min(this.#left, bytes.length - at);
      at += taken;
      this.#left -= taken;
      if (this.#left > 0) break;
      ends.push(at);
      this.#left = -1;
    }
    return ends;
  }

  #skipHead(bytes: Buffer): number {
    const before = this.#head.length;
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return bytes.length;
    this.#isOpen = true;
    this.#head = Buffer.alloc(0);
    return end + 4 - before;
  }

  #readHeader(bytes: Buffer, from: number): number {
    const header = Buffer.concat([this.#head, bytes.subarray(from, from + 14)]);
    const before = this.#head.length;
    this.#head = header;
    if (header.length < 2) return bytes.length;
    const short = header.readUInt8(1) & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const mask = (header.readUInt8(1) & 0x80) === 0 ? 0 : 4;
    if (header.length < 2 + extended) return bytes.length;
    const length =
      extended === 2
        ? header.readUInt16BE(2)
        : extended === 8
          ? Number(header.readBigUInt64BE(2))
          : short;
    this.#left = length + mask;
    this.#head = Buffer.alloc(0);
    return from + 2 + extended - before;
  }
}
