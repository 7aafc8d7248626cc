import type { TestSocket } from '../support/test-socket';

/** Reads a socket until its connection ends, and hands on the data of one event. Pings are answered meanwhile. */
export async function listen<Data>(
  socket: TestSocket,
  event: string,
  heard: (data: Data) => void,
): Promise<void> {
  try {
    for (;;) {
      const message = await socket.next();
      if (message.event === event) heard(JSON.parse(message.data as string) as Data);
    }
  } catch {
    // The connection ended, with the test or before it.
  }
}
