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

/** Paths of a gateway on a server that it shares. */
export interface Paths {
  /** Prefix of all of them; '' for none. */
  readonly prefix: string;
  /** First segments beside the usual ones, for a gateway without a prefix. */
  readonly more: readonly string[];
}

/** First segments of the gateway's paths. Without a prefix they are its own on a server that it shares. */
const FIRST = ['app', 'apps', 'pipe', 'pusher', 'livez', 'readyz'];

type Emit = (event: string, ...args: unknown[]) => boolean;

/** A gateway's part of a server. */
interface OwnPart extends Part {
  isOwn(target: string): boolean;
}

/** Servers that gateways are attached to, or were while somebody else has wrapped `emit` in front of theirs. */
const shared = new WeakMap<OwnServer, SharedServer>();

/**
 * Gives a gateway its part of a server: requests and upgrades of its paths, whatever listeners the server has or is given
 * later. All others stay with those listeners. Returns an end of it; behind the last one the server is as it was.
 *
 * @throws StandpipeError `bad_option` when it is no server, or another gateway has the same paths of it
 */
export function attachTo(server: OwnServer, { prefix, more }: Paths, part: Part): () => void {
  // A server of node:net has no such time, and would never ask.
  if (typeof (server as Partial<OwnServer> | null | undefined)?.setTimeout !== 'function') {
    const message =
      'attach: takes the server of node:http or node:https, such as http.createServer(app) or fastify.server';
    throw new StandpipeError('bad_option', message);
  }
  const first = new Set([...FIRST, ...more]);
  const isOwn = (target: string): boolean => {
    const [{ path, signable }] = parseTarget(target, prefix);
    return prefix === '' ? first.has(path.split('/', 2)[1] ?? '') : signable[0] !== path;
  };
  const gateways = shared.get(server) ?? new SharedServer(server);
  gateways.add(prefix, {
    request: (...received) => part.request(...received),
    upgrade: (...received) => part.upgrade(...received),
    isOwn,
  });
  shared.set(server, gateways);
  let isAttached = true;
  return () => {
    if (!isAttached) return;
    isAttached = false;
    if (gateways.remove(prefix)) shared.delete(server);
  };
}

/** The gateways of one server, behind one `emit` in the place of its own. */
class SharedServer {
  readonly #server: OwnServer;
  /** By their prefixes, the longest one first: its paths begin with a shorter one as well. */
  #parts: ReadonlyMap<string, OwnPart> = new Map();
  /** `emit` of the server before, as a property of its own; undefined when it had the class's. */
  #before: PropertyDescriptor | undefined;
  #emit: Emit | undefined;

  constructor(server: OwnServer) {
    this.#server = server;
  }

  add(prefix: string, part: OwnPart): void {
    if (this.#parts.has(prefix)) {
      const where = prefix === '' ? 'without a path' : `at ${prefix}`;
      const message = `attach: another gateway is attached to this server ${where}: stop it first, or give one of them another \`path\``;
      throw new StandpipeError('bad_option', message);
    }
    const parts = [...this.#parts, [prefix, part] as const];
    this.#parts = new Map(parts.toSorted(([a], [b]) => b.length - a.length));
    if (this.#emit === undefined) this.#wrap();
    // Node asks for an upgrade only where somebody listens for one.
    if (parts.length === 1) this.#server.on('upgrade', endUnheard);
  }

  /** True when nothing is left of it at the server. */
  remove(prefix: string): boolean {
    this.#parts = new Map([...this.#parts].filter(([each]) => each !== prefix));
    if (this.#parts.size > 0) return false;
    this.#server.off('upgrade', endUnheard);
    // A wrapper of somebody else's in front of it would be taken away with it.
    if (this.#server.emit !== this.#emit) return false;
    if (this.#before === undefined) Reflect.deleteProperty(this.#server, 'emit');
    else Object.defineProperty(this.#server, 'emit', this.#before);
    return true;
  }

  /** Listeners that come later, such as those of another WebSocket server, would refuse what is not theirs: they are not asked. */
  #wrap(): void {
    const server = this.#server;
    this.#before = Object.getOwnPropertyDescriptor(server, 'emit');
    const emit = server.emit.bind(server) as Emit;
    this.#emit = server.emit = (event: string, ...args: unknown[]): boolean => {
      if (event !== 'request' && event !== 'upgrade') return emit(event, ...args);
      const [{ url = '/' }] = args as [IncomingMessage];
      for (const part of this.#parts.values()) {
        if (!part.isOwn(url)) continue;
        if (event === 'request') part.request(...(args as Parameters<Part['request']>));
        else part.upgrade(...(args as Parameters<Part['upgrade']>));
        return true;
      }
      return emit(event, ...args);
    };
  }
}

/** Ends an upgrade that is nobody's. */
function endUnheard(this: OwnServer, _request: IncomingMessage, stream: Duplex): void {
  if (this.listenerCount('upgrade') > 1 || stream.writableEnded) return;
  stream.on('error', () => stream.destroy());
  stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
