import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { MAX_ANSWER_BYTES, type Transport, timedOut, tooLong } from './transport';
import { webHeaders } from './undici';

/** Requests through an agent of node:http or node:https that the caller has made, such as one for a proxy. */
export function agentTransport(agent: object): Transport {
  return {
    send({ method, url, headers, body }, timeoutMs) {
      const open = url.startsWith('https:') ? tlsRequest : httpRequest;
      return new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
        const request = open(url, {
          agent: agent as Agent,
          method,
          headers: { ...headers, ...length },
        });
        const timer =
          timeoutMs === 0
            ? undefined
            : setTimeout(() => request.destroy(timedOut(timeoutMs)), timeoutMs);
        const end = (error: Error): void => {
          clearTimeout(timer);
          reject(error);
        };
        request.once('error', end);
        request.once('response', (response) => {
          read(
            response,
            (body) => {
              clearTimeout(timer);
              const { statusCode = 0, headers: received } = response;
              resolve({ status: statusCode, headers: () => webHeaders(received), body });
            },
            end,
          );
        });
        request.end(body);
      });
    },
  };
}

function read(
  response: IncomingMessage,
  done: (body: string) => void,
  failed: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) response.destroy(tooLong());
    else chunks.push(chunk);
  });
  response.once('error', failed);
  response.once('end', () => done(Buffer.concat(chunks).toString()));
}
