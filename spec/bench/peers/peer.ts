import { FIRST, type Shape } from '../support/numbered';
import type { Opening } from '../support/raw-socket';

/** A connection that publishes numbered events to some channels in turn, the first number to the first channel. */
export interface Publisher {
  publish(count: number): void;
}

/** A server as its clients see it. */
export interface Peer {
  readonly name: string;
  /** File of its process under spec/bench. */
  readonly server: string;
  /** Options of its process besides the port. */
  readonly options?: object;
  /** Path of the WebSocket of a subscriber; undefined where clients speak over bare TCP. */
  path?(channels: readonly string[]): string;
  opening(channels: readonly string[]): Opening;
  publisher(port: number, channels: readonly string[], data: string): Promise<Publisher>;
  /** Events of `data`, JSON text of `payload`, as a subscriber of the channel gets them. */
  event(channel: string, data: string): Shape;
  /** A message that is answered, and the answer; undefined where the server relays only. */
  echo?(data: string): { question: Buffer; answer: Shape };
}

export const EVENT = 'bench';

/** Data of an event: its number, and a text that makes it long. */
export interface Payload {
  n: number;
  text: string;
}

/** JSON text of `bytes` bytes with the first number. */
export function payload(bytes: number): string {
  const empty = JSON.stringify({ n: FIRST, text: '' });
  return JSON.stringify({ n: FIRST, text: 'x'.repeat(Math.max(0, bytes - empty.length)) });
}

/** Names of channels, all of one length, so that frames of all of them have one size. */
export function channelNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `bench-${i + 100_000}`);
}
