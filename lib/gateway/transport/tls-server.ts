import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { StandpipeError, asError } from '../../errors';

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
