import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';
import { MessageEnds } from './message-ends';
import { Line, type LineOptions } from './slow-line';

/** A direction: `up` from the dialling side, `down` to it. */
export type Direction = 'up' | 'down';

/** The place of a cut: so many WebSocket messages of a connection get through in one direction, and not a byte more. */
export interface CutPoint {
  direction: Direction;
  frames: number;
}

/**
 * A TCP proxy that knows where WebSocket messages end (RFC 6455, section 5.2), so that a connection can be cut exactly
 * there. A cut is a reset; bytes that had arrived before it have arrived.
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
  #held = false;
  readonly #line: LineOptions;

  private constructor(server: Server, target: number, line: LineOptions) {
    this.#server = server;
    this.#target = target;
    this.#line = line;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near: Socket) => this.#join(near));
  }

  /** @param line how slow the line is, in each direction; as fast as it goes unless told otherwise */
  static async start(
    t: Pick<Test, 'teardown'>,
    target: number,
    line: LineOptions = {},
  ): Promise<ChaosProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new ChaosProxy(server, target, line);
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

  /**
   * Lets nothing through any more, of the connections there are and of those to come, and tells nobody: bytes of either
   * end, its close included, are on their way until `release`.
   */
  hold(): void {
    this.#held = true;
    for (const pair of this.#pairs) pair.hold();
  }

  /** Lets through what was held, and all that comes. */
  release(): void {
    this.#held = false;
    for (const pair of this.#pairs) pair.release();
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
      line: this.#line,
    });
    this.#pairs.add(pair);
    if (this.#held) pair.hold();
  }
}

interface PairOwner {
  passed(direction: Direction): void;
  ended(): void;
  cutPoint: CutPoint | undefined;
  reached(): void;
  line: LineOptions;
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

  hold(): void {
    this.#near.pause();
    this.#far.pause();
  }

  release(): void {
    this.#near.resume();
    this.#far.resume();
  }

  #carry(direction: Direction, from: Socket, to: Socket): void {
    const reader = new MessageEnds();
    const { cutPoint } = this.#owner;
    const most = cutPoint?.direction === direction ? cutPoint.frames : Infinity;
    const line = new Line(from, to, this.#owner.line);
    let passed = 0;
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      for (const end of reader.read(bytes)) {
        passed += 1;
        this.#owner.passed(direction);
        if (passed < most) continue;
        // Written and flushed before the reset, which would take along what still waits.
        line.write(bytes.subarray(0, end), () => setImmediate(() => this.reset()));
        from.removeAllListeners('data');
        from.pause();
        this.#owner.reached();
        return;
      }
      line.write(bytes);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      line.end();
      this.#owner.ended();
    });
  }
}
