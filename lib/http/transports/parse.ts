import { StandpipeError } from '../../errors';
import { type Transport, timedOut } from './transport';

/** An answer of `Parse.Cloud.httpRequest`, in either of its outcomes. */
interface ParseAnswer {
  status?: number;
  headers?: Record<string, string>;
  text?: string;
}

interface ParseCloud {
  httpRequest(options: {
    method: string;
    url: string;
    headers: Record<string, string>;
    body?: string;
    followRedirects: boolean;
  }): PromiseLike<ParseAnswer>;
}

/** Requests of Parse Cloud code, which has no way out but `Parse.Cloud.httpRequest`. */
export function connectParse(): Transport {
  return {
    async send({ method, url, headers, body }, timeoutMs) {
      const request = { method, url, headers: { ...headers }, followRedirects: false };
      const sent = parseCloud()
        .httpRequest(body === undefined ? request : { ...request, body })
        // A status of 400 and above rejects there, with the answer.
        .then(undefined, (answer: unknown) => {
          if (isAnswer(answer)) return answer;
          throw answer;
        });
      const { status = 0, headers: received = {}, text = '' } = await within(timeoutMs, sent);
      return { status, headers: () => new Headers(received), body: text };
    },
  };
}

function parseCloud(): ParseCloud {
  const cloud = (globalThis as { Parse?: { Cloud?: Partial<ParseCloud> } }).Parse?.Cloud;
  if (cloud?.httpRequest === undefined) {
    const message =
      'there is no Parse.Cloud.httpRequest here; in other places use `standpipe/http`';
    throw new StandpipeError('bad_option', message);
  }
  return cloud as ParseCloud;
}

function isAnswer(value: unknown): value is ParseAnswer {
  return typeof (value as ParseAnswer | undefined)?.status === 'number';
}

/** Parse cannot end a request that takes too long, but nobody has to wait for it. */
async function within<T>(timeoutMs: number, promise: PromiseLike<T>): Promise<T> {
  if (timeoutMs === 0) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
