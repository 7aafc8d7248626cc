import { Agent, type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as TlsAgent, request as overTls } from 'node:https';
import { fetchPost } from './fetch-post';
import type { Post } from './platform';

/** Connections to one auth endpoint; more requests wait for their turn. */
const MAX_CONNECTIONS = 64;
/** An answer holds a signature and a member, or those of a batch. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const pool = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
const agents = { 'http:': new Agent(pool), 'https:': new TlsAgent(pool) };

/**
 * By requests of Node over connections that are kept: for many small requests they cost a fraction of `fetch`. Redirections
 * are left to `fetch`, which knows their rules.
 */
export const nodePost: Post = async (url, headers, form) => {
  const { protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return fetchPost(url, headers, form);
  const answer = await ask(url, protocol, headers, form);
  return answer.redirected ? fetchPost(url, headers, form) : answer;
};

interface Answer {
  status: number;
  text: string;
  redirected: boolean;
}

function ask(
  url: string,
  protocol: keyof typeof agents,
  headers: Record<string, string>,
  form: string,
): Promise<Answer> {
  const start = protocol === 'https:' ? overTls : overHttp;
  return new Promise((resolve, reject) => {
    const body = Buffer.from(form);
    const request = start(url, {
      method: 'POST',
      agent: agents[protocol],
      headers: { ...headers, 'Content-Length': body.length },
    });
    // A client that was disconnected must not keep the process for an endpoint that does not answer.
    request.on('socket', (socket) => socket.unref());
    request.on('error', (error) => {
      if (isStale(request, error)) resolve(ask(url, protocol, headers, form));
      else reject(error);
    });
    request.on('response', (response) => read(response, resolve, reject));
    request.end(body);
  });
}

/** The endpoint had closed a kept connection before this request reached it. */
function isStale({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException): boolean {
  return reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}

function read(
  response: IncomingMessage,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): void {
  const { statusCode: status = 0, headers } = response;
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) return;
    response.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
  });
  response.on('error', reject);
  response.on('end', () => {
    const redirected = status >= 300 && status < 400 && headers.location !== undefined;
    resolve({ status, text: Buffer.concat(chunks).toString(), redirected });
  });
}
