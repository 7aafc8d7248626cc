import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

/** A stretch of the way to a port that can be cut: open connections end, and nobody gets through until it is mended. */
export class Cuttable {
  readonly port: number;
  readonly #open = new Set<Socket>();
  #whole = true;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(t: Pick<Test, 'teardown'>, target: number): Promise<Cuttable> {
    const server = createServer((near) => cuttable.#join(near, target));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const cuttable = new Cuttable((server.address() as AddressInfo).port);
    t.teardown(() => {
      cuttable.cut();
      server.close();
    });
    return cuttable;
  }

  cut(): void {
    this.#whole = false;
    for (const socket of this.#open) socket.destroy();
  }

  mend(): void {
    this.#whole = true;
  }

  #join(near: Socket, target: number): void {
    if (!this.#whole) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
