import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import PusherServer from 'pusher';
import type { Test } from 'tap';
import type { Certificate } from '../support/tls';
import { built } from '../support/built';
import { makeProbe } from './probe';

export const APP = { id: '1', key: 'key', secret: 'a-secret-of-the-specs', clientEvents: true };

/** The master key of encrypted channels. */
export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

const root = join(__dirname, '../..');

/** A page as users write it: pusher-js as it comes from npm, and the back channel in front of a probe. */
function page(): string {
  const source = readFileSync(join(root, 'lib/back-channel.ts'), 'utf8');
  const { code } = transformSync(source, { loader: 'ts', format: 'iife', globalName: 'exported' });
  return `<!doctype html><meta charset="utf-8"><title>pusher-js</title><link rel="icon" href="data:,">
    <script src="/pusher.js"></script>
    <script>${code}; var attachBackChannel = exported.attachBackChannel;
    ${makeProbe.toString()}</script>`;
}

/** The builds of pusher-js for browsers, as they come from npm, and Standpipe's own. */
export type Build = 'pusher' | 'pusher-with-encryption' | 'standpipe';

/** The scripts of a page, by their path. */
function scriptsOf(build: Build): Map<string, Buffer> {
  if (build !== 'standpipe') {
    const file = join(root, `node_modules/pusher-js/dist/web/${build}.js`);
    return new Map([['/pusher.js', readFileSync(file)]]);
  }
  const encryption = 'standpipe-encryption.min.js';
  return new Map([
    ['/pusher.js', readFileSync(built('standpipe.min.js'))],
    [`/${encryption}`, readFileSync(built(encryption))],
  ]);
}

/** The answer of an auth endpoint: JSON, or a status that refuses. */
export type Answer = object | number;

/** The web server of an app: its page, and the endpoints that sign with the stock server library. */
export class AppServer {
  readonly url: string;
  readonly signer = new PusherServer({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    host: '127.0.0.1',
    encryptionMasterKeyBase64: MASTER_KEY,
  });
  /** Answers what pusher-js asks, by the path that it asks at. A path without an entry gets a signature. */
  readonly answers = new Map<string, (form: URLSearchParams) => Answer>();

  private constructor(url: string) {
    this.url = url;
  }

  static async start(
    t: Pick<Test, 'teardown'>,
    tls: Certificate | undefined,
    build: Build = 'pusher',
  ): Promise<AppServer> {
    const html = page();
    const scripts = scriptsOf(build);
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      if (request.method === 'POST') void appServer.#auth(request, response);
      else if (scripts.has(request.url ?? '')) {
        response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
        response.end(scripts.get(request.url ?? ''));
      } else {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end(html);
      }
    };
    const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const appServer = new AppServer(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`);
    return appServer;
  }

  /**
   * Signs what is asked for: a sign-in as the JSON in `user`, or a channel, as the member in `member`. A presence
   * channel has the `user` as its member, who needs no data of its own, and without any a member made up for the
   * socket.
   */
  sign(form: URLSearchParams): object {
    const socketId = form.get('socket_id') ?? '';
    const channel = form.get('channel_name');
    const user = form.get('user');
    if (channel === null) {
      return this.signer.authenticateUser(socketId, JSON.parse(user ?? '{}') as { id: string });
    }
    if (!channel.startsWith('presence-') || user !== null) {
      return this.signer.authorizeChannel(socketId, channel);
    }
    const given = form.get('member');
    const member = { user_id: `user of ${socketId}` };
    return this.signer.authorizeChannel(
      socketId,
      channel,
      given === null ? member : (JSON.parse(given) as typeof member),
    );
  }

  async #auth(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const answer = this.answers.get(request.url ?? '')?.(form) ?? this.sign(form);
    if (typeof answer === 'number') response.statusCode = answer;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(answer));
  }
}
