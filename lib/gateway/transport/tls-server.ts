import type { Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { StandpipeError, asError } from '../../errors';

export interface TlsFiles {
  port: number;
  cert: string | Buffer;
  key: string | Buffer;
}

/** A TLS server; an error of the certificate or the key names the option. */
export function tlsServer({ cert, key }: TlsFiles, options: ServerOptions): Server {
  try {
    // Node takes empty texts for none, and fails at the first handshake.
    if (cert.length === 0 || key.length === 0) throw new Error('it is empty');
    return createServer({ ...options, cert, key });
  } catch (cause) {
    const message = `tls: the certificate or the key cannot be used: ${asError(cause).message}`;
    throw new StandpipeError('bad_option', message, { cause });
  }
}
