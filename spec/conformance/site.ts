import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import PusherServer from 'pusher';
import type { Test } from 'tap';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import type { Certificate } from '../support/tls';
import { makeStage } from './stage';

export const APP = { id: '1', key: 'a-key', secret: 'a-secret-of-the-specs', clientEvents: true };

const root = join(__dirname, '../..');

/** A page as users write it: pusher-js as it comes from npm, and the back channel in front of a stage. */
function page(): string {
  const source = readFileSync(join(root, 'lib/back-channel.ts'), 'utf8');
  const { outputText } = transpileModule(source, {
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
  });
  return `<!doctype html><meta charset="utf-8"><title>pusher-js</title><link rel="icon" href="data:,">
    <script src="/pusher.js"></script>
    <script>const exports = {}; ${outputText}; var attachBackChannel = exports.attachBackChannel;
    ${makeStage.toString()}</script>`;
}

/** The web server of an app: its page, and the endpoint that signs subscriptions with the stock server library. */
export async function startSite(
  t: Pick<Test, 'teardown'>,
  tls: Certificate | undefined,
): Promise<string> {
  const { id: appId, key, secret } = APP;
  const signer = new PusherServer({ appId, key, secret, host: '127.0.0.1' });
  const html = page();
  const pusherJs = readFileSync(join(root, 'node_modules/pusher-js/dist/web/pusher.js'));

  const authorize = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const socketId = form.get('socket_id') ?? '';
    const channel = form.get('channel_name') ?? '';
    const member = channel.startsWith('presence-') ? { user_id: `user of ${socketId}` } : undefined;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(signer.authorizeChannel(socketId, channel, member)));
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === '/auth') void authorize(request, response);
    else if (request.url === '/pusher.js') {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
      response.end(pusherJs);
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
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
}
