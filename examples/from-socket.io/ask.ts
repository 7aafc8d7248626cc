/**
 * Questions of a page to the backend, with an answer: the acknowledgements of Socket.IO, made of two events of the back
 * channel. `ask` is for the page, `answer` for the backend.
 */
import type { PipeClient } from 'standpipe';
import type { BackChannel } from 'standpipe/back-channel';

/** Asks the backend. Rejects when there is no connection, or no answer in time. */
export type Ask = (event: string, data: unknown, timeoutMs?: number) => Promise<unknown>;

interface Answer {
  id: number;
  data?: unknown;
  error?: string;
}

export function askOver(back: BackChannel): Ask {
  const waiting = new Map<number, (answer: Answer) => void>();
  let count = 0;
  back.bind('answer', (data) => {
    const answer = data as Answer;
    waiting.get(answer.id)?.(answer);
  });
  return (event, data, timeoutMs = 4_000) =>
    new Promise((resolve, reject) => {
      count += 1;
      const id = count;
      const end = ({ data: given, error }: Answer): void => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error === undefined) resolve(given);
        else reject(new Error(error));
      };
      const timer = setTimeout(() => end({ id, error: `no answer to ${event}` }), timeoutMs);
      waiting.set(id, end);
      if (!back.trigger(event, { id, data })) end({ id, error: 'not connected' });
    });
}

/** Answers the questions of one name with the value that `handler` returns or resolves with. */
export function answer(
  client: PipeClient,
  event: string,
  handler: (data: unknown, socketId: string) => unknown,
): void {
  client.sockets.on(`event:${event}`, async (socketId, asked, meta) => {
    const { id, data } = (asked ?? {}) as { id?: number; data?: unknown };
    const reply = (part: object): void => {
      client.socket(socketId).trigger('answer', { id, ...part }, { cause: meta });
    };
    try {
      reply({ data: await handler(data, socketId) });
    } catch (error) {
      reply({ error: (error as Error).message });
    }
  });
}
