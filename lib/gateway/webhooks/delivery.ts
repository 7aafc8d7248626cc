import { randomUUID } from 'node:crypto';
import { signWebhook } from '../../pusher/signature';
import type { App } from '../core/model/app';

const DELIVERY = 'X-Standpipe-Delivery';

/** A request, signed once: every attempt sends the same bytes. */
export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Makes a request of events. It is signed last, so that the signature fits the sent bytes.
 * @param headers the endpoint's own
 * @param timeMs wall time
 */
export function signedDelivery(
  { key, secret }: Pick<App, 'key' | 'secret'>,
  headers: Readonly<Record<string, string>> | undefined,
  entries: readonly string[],
  timeMs: number,
): Signed {
  const body = `{"time_ms":${timeMs},"events":[${entries.join(',')}]}`;
  const signed = {
    ...headers,
    ...signWebhook({ key, secret, body }),
    // The same in every attempt, and in no other delivery.
    [DELIVERY]: randomUUID(),
  };
  return { headers: signed, body: Buffer.from(body) };
}

/** Id of a delivery, which all of its attempts have. */
export function deliveryOf({ headers }: Signed): string {
  return headers[DELIVERY] ?? '';
}
