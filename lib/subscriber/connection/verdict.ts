import type { ClientVerdict } from '../../pusher/close-codes';
import type { TransportClose } from '../transports/transport';
import type { ConnectionError } from './messages';

/**
 * What a client does after a close code, by its class (Channels protocol, "Connection closure"). Undefined for codes of
 * RFC 6455 that say nothing of it.
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

/** What a close is told as; undefined for one that is no failure. */
export function closeError({ code, reason }: TransportClose): ConnectionError | undefined {
  if (code === 1000 || code === 1001) return undefined;
  return { type: 'PusherError', data: { code, message: reason === '' ? undefined : reason } };
}
