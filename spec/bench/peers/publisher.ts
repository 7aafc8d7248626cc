import { renumbered } from '../support/numbered';
import { RawSocket, type Opening } from '../support/raw-socket';
import type { Publisher } from './peer';

/** A connection that writes a frame of each channel in turn, numbered; the frames of one call travel in one write. */
export async function rawPublisher(
  port: number,
  frames: readonly Buffer[],
  { path, opening }: { path?: string | undefined; opening: Opening },
): Promise<Publisher> {
  const socket = await new RawSocket(port, path, opening).ready;
  let next = 0;
  const one = (): Buffer => {
    const frame = frames[next % frames.length] ?? Buffer.alloc(0);
    return renumbered(frame, next++);
  };
  return { publish: (count) => socket.write(Buffer.concat(Array.from({ length: count }, one))) };
}
