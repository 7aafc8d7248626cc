import type { TestSocket } from '../support/test-socket';

/** Reads a socket until its connection ends, and hands on the data of one event, or of all. Pings are answered meanwhile. */
export async function listen<Data>(
  socket: TestSocket,
  event: string | undefined,
  heard: (data: Data, event: string) => void,
): Promise<void> {
  try {
    for (;;) {
      const message = await socket.next();
      if (event !== undefined && message.event !== event) continue;
      heard(JSON.parse(message.data as string) as Data, message.event);
    }
  } catch {
    // The connection ended, with the test or before it.
  }
}
