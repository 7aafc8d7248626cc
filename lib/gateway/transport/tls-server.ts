import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { StandpipeError, asError } from '../../errors';
import type { SpareConnections } from '../http/spare-connections';
import { AddressCounts } from './address-counts';

export interface Certificate {
  cert: string | Buffer;
  key: string | Buffer;
}

/** Refuses a certificate and a key that TLS could not be served with. Throws `bad_option`, which names the option. */
export function requireUsable({ cert, key }: Certificate, option = 'tls'): void {
  try {
    // Node takes empty texts for none, and fails at the first handshake.
    if (cert.length === 0 || key.length === 0) throw new Error('it is empty');
    createSecureContext({ cert, key });
    // OpenSSL compares them only where both are of one kind.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
      throw new Error('the key belongs to another certificate');
    }
  } catch (cause) {
    const message = `${option}: the certificate or the key cannot be used: ${asError(cause).message}`;
    throw new StandpipeError('bad_option', message, { cause });
  }
}

export function tlsServer(
  { cert, key }: Certificate,
  options: ServerOptions,
  option?: string,
): Server {
  requireUsable({ cert, key }, option);
  return createServer({ ...options, cert, key });
}

/**
 * TCP connections of a TLS port, from before their handshakes on. They are counted there, since above the limits a peer could
 * only be told why after the work of a handshake.
 */
export class TlsConnections {
  readonly #open = new Set<Socket>();
  readonly #addresses = new AddressCounts();
  readonly #spare: SpareConnections;

  constructor(spare: SpareConnections) {
    this.#spare = spare;
  }

  /** Destroys the connection when there are so many, or so many of its address, already, or no memory is left. */
  add(socket: Socket, most: number, mostOfAddress: number): void {
    const { remoteAddress = '' } = socket;
    const ofAddress = this.#addresses.of(remoteAddress);
    const isFull = this.#open.size >= most || ofAddress >= mostOfAddress;
    if (isFull || !this.#spare.admits(socket)) return void socket.destroy();
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    if (mostOfAddress < Infinity) this.#addresses.add(socket, remoteAddress);
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
