import type { ClientVerdict } from '../../pusher/close-codes';
import type { TransportClose } from '../transports/transport';
import type { ConnectionError } from './messages';

/**
 * Reaction of a client to a close code, by its class (Channels protocol, "Connection closure"). Undefined for codes of
 * RFC 6455, which ask for none.
 */
export function verdictOf(code: number | null): ClientVerdict | undefined {
  if (code === null || code < 1002) return undefined;
  if (code <= 1004) return 'backoff';
  if (code < 4000) return undefined;
  if (code === 4000) return 'tls';
  if (code < 4100) return 'never';
  if (code < 4200) return 'backoff';
  return code < 4300 ? 'now' : 'never';
}

/** The error of a close; undefined when the close is no failure. */
export function closeError({ code, reason }: TransportClose): ConnectionError | undefined {
  if (code === 1000 || code === 1001) return undefined;
  return { type: 'PusherError', data: { code, message: reason === '' ? undefined : reason } };
}
