import type { Carrier, CarrierHandler } from '../../lib/gateway/core/fanout/carrier';
import { signPipeRequest } from '../../lib/pusher/pipe-signature';
import { memoryEncoder } from '../../lib/testing/memory-encoder';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import type { Frame, HelloFrame } from '../../lib/wire/frames';
import { APP, type SimGateway } from './simulator/sim-gateway';
import { helloFrame } from './wire-client';

/** A backend's connection in memory, with the spec as the backend. Frames of the gateway wait until they are read. */
export class MemoryPipe implements Carrier {
  readonly encoder = memoryEncoder;
  readonly remoteAddress = '127.0.0.1';
  session: CarrierHandler | undefined;
  closed: { code: number; reason: string } | undefined;
  /** The most bytes that have waited at once. */
  maxUnsentBytes = 0;
  unsentBytes = 0;
  /** The gateway does not read it now. */
  paused = false;
  readonly #written: Uint8Array[] = [];
  readonly #encoder = new FrameEncoder();
  readonly #decoder = new FrameDecoder();
  #whenDrained: Array<() => void> = [];

  /** @param hello differences from the HELLO of `helloFrame` */
  constructor(gateway: SimGateway, hello: Partial<HelloFrame> = {}) {
    const { key, secret, id } = APP;
    const path = `/pipe/${id}`;
    const timestampS = Math.floor(gateway.clock.wall() / 1000);
    const decision = gateway.upgrade({
      ...{ path, signable: [path], secure: false, remoteAddress: this.remoteAddress },
      query: signPipeRequest({ key, secret, path, timestampS }),
      headers: new Map([['sec-websocket-protocol', 'standpipe.v1']]),
    });
    if (decision === undefined || 'refuse' in decision) throw new Error('refused');
    decision.accept(this);
    this.send({ ...helloFrame, ...hello });
    this.send({ type: 'ready' });
  }

  sendBinary(bytes: Uint8Array): void {
    this.#written.push(bytes);
    this.unsentBytes += bytes.length;
    this.maxUnsentBytes = Math.max(this.maxUnsentBytes, this.unsentBytes);
  }

  write(): void {
    throw new Error('the Pipe has no text messages');
  }

  onDrain(run: () => void): void {
    this.#whenDrained.push(run);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  terminate(): void {
    this.session?.closed(1006, '');
  }

  send(frame: Frame): void {
    this.session?.binary(this.#encoder.encode(frame));
  }

  /** Reads so many messages; all that wait unless told otherwise. */
  read(most = Infinity): Frame[] {
    const frames: Frame[] = [];
    for (const bytes of this.#written.splice(0, most)) {
      const frame = this.#decoder.decode(bytes);
      if (frame !== undefined) frames.push(frame);
      this.unsentBytes -= bytes.length;
    }
    if (this.unsentBytes === 0) for (const run of this.#whenDrained.splice(0)) run();
    return frames;
  }
}
