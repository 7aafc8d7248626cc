import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { StandpipeError } from '../../errors';
import type { MemoryWatch } from '../../stream/memory-watch';
import type { Logger } from '../../util/logger';
import type { Clock } from '../../util/timers';
import type { UpgradeDecision, UpgradeRequest } from '../core/fanout/carrier';
import type { BytePool } from '../core/timing/byte-pool';
import { type Overload, SECOND_MS } from '../core/timing/overload';
import type { TurnBudget } from '../core/timing/turn-budget';
import type { Answer } from '../http/answer';
import type { ClientAddress } from '../http/client-address';
import type { Target } from '../http/target';
import type { GatewaySettings } from '../options/options';
import type { HttpTimes } from './http-connections';
import type { KeepAlive } from './keep-alive';
import type { Certificate } from './tls-server';

/** Options of the ports. */
export interface ListenOptions extends HttpTimes {
  host: string;
  port: number;
  fd?: number | undefined;
  reusePort: boolean;
  portWaitMs: number;
  tls?: (Certificate & { port: number; fd?: number | undefined; only: boolean }) | undefined;
  /** Further plain ports. */
  morePorts: readonly number[];
  maxConnections: number;
  /** Connections of one remote address. Counted only when the limit is below `maxConnections`. */
  maxConnectionsPerAddress: number;
  maxHeaderBytes: number;
}

export function listenOptions({ limits, apps, ...settings }: GatewaySettings): ListenOptions {
  const morePorts = apps.flatMap(({ pushy }) => pushy?.port ?? []);
  return { ...settings, ...limits, morePorts };
}

/** Node's own deadlines count from the connect: they are for connections that say nothing at all. */
const SILENCE_MS = 60_000;

/** Options of Node's servers. */
export function serverOptions(options: ListenOptions): ServerOptions {
  const { headersTimeoutMs, requestTimeoutMs, maxHeaderBytes } = options;
  return {
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 65_000,
    noDelay: true,
    // Node would answer beside the budget.
    requireHostHeader: false,
    maxHeaderSize: maxHeaderBytes,
    handshakeTimeout: headersTimeoutMs,
    headersTimeout: Math.max(SILENCE_MS, headersTimeoutMs),
    requestTimeout: Math.max(SILENCE_MS, headersTimeoutMs, requestTimeoutMs),
  };
}

/** Times of a second: near the end of memory unfinished requests have one more. */
export function timesOf(options: ListenOptions, { isNear }: MemoryWatch): HttpTimes {
  if (!isNear) return options;
  return { ...options, headersTimeoutMs: SECOND_MS, requestTimeoutMs: SECOND_MS };
}

/** Rooms above that the ports ask and tell. */
export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse, remoteAddress: string): void;
  /** Decides on an upgrade; `target` is the one of the request line. */
  upgrade(target: string, request: Omit<UpgradeRequest, keyof Target>): UpgradeDecision;
  /** True when a request for this target is answered however many connections there are. */
  answersWhenFull(target: string): boolean;
  /** True when whoever asks for a WebSocket at this target takes any answer for final: a refusal for now is none. */
  takesAnswersForFinal(target: string): boolean;
  /** Told of each refusal by the ports themselves, before any protocol could be asked. */
  refused(answer: Answer, remoteAddress: string): void;
}

/** Base URL of a server. */
export function urlOf(host: string, port: number, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Connections that may wait to be accepted; the kernel has a limit of its own. SYNs beyond the limit are dropped. */
const BACKLOG = 4096;
/** Turns without a new connection after which none waits. */
const QUIET_TURNS = 2;
/** Time between two looks at a port that is taken. */
const LOOK_MS = 20;

/** State of a listening socket (Linux, include/net/tcp_states.h). */
const LISTEN = '0A';
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** A place to listen at: an address, or the descriptor of a socket that listens already. */
export interface Place {
  /** Option that names it. */
  option: string;
  host: string;
  port: number;
  fd?: number | undefined;
  /** Other processes may listen there too. */
  reusePort: boolean;
  /** Time to wait for a port that is taken. */
  waitMs: number;
}

export interface ListenParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Throws when the gateway was stopped meanwhile: nobody needs the port any more. */
  readonly requireWanted: () => void;
}

/** Parts of a gateway that its ports work with. */
export interface PortParts extends ListenParts {
  keepAlive: KeepAlive;
  budget: TurnBudget;
  clients: ClientAddress;
  overload: Overload;
  /** Room for requests without an answer. */
  requests: BytePool;
}

/**
 * Lets a server listen, after waiting for a port that is taken. Rejects with `listen_failed` and a message that names the
 * option and the place. The owner closes the server when it rejects.
 */
export async function listen(
  server: Server,
  place: Place,
  { clock, log, requireWanted }: ListenParts,
): Promise<void> {
  const until = clock.now() + place.waitMs;
  for (let waits = false; ; waits = true) {
    const error = await tryToListen(server, place);
    requireWanted();
    if (error === undefined && typeof server.address() === 'object') return;
    if (error?.code === 'EADDRINUSE' && clock.now() < until) {
      if (!waits) log.info({ option: place.option, port: place.port }, 'waits for a port in use');
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, LOOK_MS));
      continue;
    }
    const { option, host, port, fd } = place;
    const where = fd === undefined ? `${host}:${port}` : `file descriptor ${fd}`;
    const why = error?.code === 'EADDRINUSE' ? 'the port is in use' : error?.message;
    const message = `${option}: cannot listen on ${where}: ${why ?? 'it is no TCP socket'}`;
    throw new StandpipeError('listen_failed', message, { cause: error });
  }
}

/**
 * Resolves when no connection waits to be accepted. The loop accepts one a turn: it has to find none, or to have accepted
 * as many as can wait. The system resets connections in the queue of a port that is closed.
 */
export async function queueTaken(
  servers: readonly Server[],
  { endOfTurn }: Pick<Clock, 'endOfTurn'>,
): Promise<void> {
  let quiet = 0;
  const came = (): void => void (quiet = 0);
  for (const server of servers) server.on('connection', came);
  for (let turns = 0; quiet < QUIET_TURNS && turns < BACKLOG; turns++) {
    quiet++;
    await new Promise<void>((resolve) => endOfTurn(resolve));
  }
  for (const server of servers) server.off('connection', came);
}

function tryToListen(
  server: Server,
  { host, port, fd, reusePort }: Place,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    // Both listeners go with either outcome: each look at a port that is taken would leave one.
    const end = (error?: NodeJS.ErrnoException): void => {
      server.off('error', end).off('listening', end);
      resolve(error);
    };
    server.on('error', end).on('listening', end);
    const at = fd === undefined ? { port, host, reusePort } : { fd };
    server.listen({ ...at, backlog: BACKLOG });
  });
}

/**
 * True when two sockets of this network namespace listen on the same address and port, as they may with SO_REUSEPORT.
 * False where the system has no table of them.
 */
export function isShared(port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return TABLES.some((path) => {
    const addresses = rowsOf(path).flatMap((row) => {
      // Columns: number, local address, remote address, state.
      const [, local = '', , state] = row.trim().split(/\s+/);
      return state === LISTEN && local.endsWith(suffix) ? local : [];
    });
    return new Set(addresses).size < addresses.length;
  });
}

function rowsOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
