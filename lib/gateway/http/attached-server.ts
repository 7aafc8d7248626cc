import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { StandpipeError } from '../../errors';
import { parseTarget } from './target';

/** A server of the program's own, such as that of Express or Fastify. */
export type OwnServer = HttpServer | HttpsServer;

/** Takers of the gateway's part of a server. */
export interface Part {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
}

/** First segments of the gateway's paths. Without a prefix they are its own on a server that it shares. */
const FIRST = new Set(['app', 'apps', 'pipe', 'pusher', 'livez', 'readyz']);

/** Prefixes of the gateways that servers have now. */
const taken = new WeakMap<OwnServer, Set<string>>();

/**
 * Gives a gateway its part of a server: requests and upgrades of its paths, whatever listeners the server has or is given
 * later. All others stay with those listeners. Returns an end of it.
 *
 * @param prefix of the gateway's paths; '' for none
 * @throws StandpipeError `bad_option` when it is no server, or another gateway has the same paths of it
 */
export function attachTo(server: OwnServer, prefix: string, part: Part): () => void {
  // A server of node:net has no such time, and would never ask.
  if (typeof (server as Partial<OwnServer> | null | undefined)?.setTimeout !== 'function') {
    const message =
      'attach: takes the server of node:http or node:https, such as http.createServer(app) or fastify.server';
    throw new StandpipeError('bad_option', message);
  }
  const prefixes = taken.get(server) ?? new Set<string>();
  if (prefixes.has(prefix)) {
    const where = prefix === '' ? 'without a path' : `at ${prefix}`;
    const message = `attach: another gateway is attached to this server ${where}: stop it first, or give one of them another \`path\``;
    throw new StandpipeError('bad_option', message);
  }
  taken.set(server, prefixes.add(prefix));
  const isOwn = ({ url = '/' }: IncomingMessage): boolean => {
    const [{ path, signable }] = parseTarget(url, prefix);
    return prefix === '' ? FIRST.has(path.split('/', 2)[1] ?? '') : signable[0] !== path;
  };
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  let isAttached = true;
  // Listeners that come later, such as those of another WebSocket server, would refuse what is not theirs: they are not asked.
  server.emit = (event: string, ...args: unknown[]): boolean => {
    const isPart = isAttached && (event === 'request' || event === 'upgrade');
    const [request, to, head] = args as [IncomingMessage, ServerResponse & Duplex, Buffer];
    if (!isPart || !isOwn(request)) return emit(event, ...args);
    if (event === 'request') part.request(request, to);
    else part.upgrade(request, to, head);
    return true;
  };
  // Node asks for an upgrade only where somebody listens for one.
  server.on('upgrade', endUnheard);
  return () => {
    if (!isAttached) return;
    isAttached = false;
    prefixes.delete(prefix);
    server.off('upgrade', endUnheard);
  };
}

/** Ends an upgrade that is nobody's. */
function endUnheard(this: OwnServer, _request: IncomingMessage, stream: Duplex): void {
  // Gateways that share the server have one each.
  if (this.listeners('upgrade').some((each) => each !== endUnheard) || stream.writableEnded) return;
  stream.on('error', () => stream.destroy());
  stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
