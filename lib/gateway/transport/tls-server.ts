import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket as NetSocket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { StandpipeError, asError } from '../../errors';
import type { SpareConnections } from '../http/spare-connections';
import { countAddress } from './count-address';

export interface Certificate {
  cert: string | Buffer;
  key: string | Buffer;
}

/** Refuses a certificate and a key that TLS could not be served with. Throws `bad_option`, which names the option. */
export function requireUsable({ cert, key }: Certificate): void {
  try {
    // Node takes empty texts for none, and fails at the first handshake.
    if (cert.length === 0 || key.length === 0) throw new Error('it is empty');
    createSecureContext({ cert, key });
    // OpenSSL compares them only where both are of one kind.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
      throw new Error('the key belongs to another certificate');
    }
  } catch (cause) {
    const message = `tls: the certificate or the key cannot be used: ${asError(cause).message}`;
    throw new StandpipeError('bad_option', message, { cause });
  }
}

export function tlsServer({ cert, key }: Certificate, options: ServerOptions): Server {
  requireUsable({ cert, key });
  return createServer({ ...options, cert, key });
}

/** Limits of the connections of a TLS port. */
export interface TlsLimits {
  maxSockets: number;
  /** Infinity where connections of the address are not counted. */
  maxOfAddress: number;
}

/**
 * TCP connections of the TLS port, counted before their handshakes: above the limits a connection could only be told why
 * after the work of one.
 */
export class TlsSockets {
  readonly #spare: SpareConnections;
  readonly #sockets = new Set<NetSocket>();
  /** Their number by address. */
  readonly #addresses = new Map<string, number>();

  constructor(spare: SpareConnections) {
    this.#spare = spare;
  }

  add(socket: NetSocket, { maxSockets, maxOfAddress }: TlsLimits): void {
    const { remoteAddress = '' } = socket;
    const ofAddress = this.#addresses.get(remoteAddress) ?? 0;
    const isFull =
      this.#sockets.size >= maxSockets || ofAddress >= maxOfAddress || !this.#spare.admits(socket);
    if (isFull) return void socket.destroy();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    if (maxOfAddress !== Infinity) countAddress(this.#addresses, socket, remoteAddress);
  }

  /** A connection in the middle of its handshake is no HTTP connection yet, and would keep the port. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
