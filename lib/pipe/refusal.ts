import { StandpipeError } from '../errors';

/** Statuses with which a gateway refuses key, secret, app or timestamp. Trying again would not help. */
const FINAL = [401, 403, 404];
const MAX_TOLD = 300;

/** The error for a gateway that answered the upgrade with something else than 101. */
export function connectRefused(status: number, body: string): StandpipeError {
  const told = messageOf(body);
  return FINAL.includes(status)
    ? new StandpipeError('bad_credentials', told ?? `refused with status ${status}`, { status })
    : new StandpipeError(
        'connect_failed',
        `refused with status ${status}${told ? `: ${told}` : ''}`,
        {
          status,
        },
      );
}

/** `Retry-After` in either of its forms, seconds or a date, as milliseconds (RFC 9110, section 10.2.3); else 0. */
export function retryAfterMs(header: string | undefined, wallMs: number): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** The sentence that says what to fix, if the body has one: `{"error":{"message":…}}`. */
function messageOf(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message.slice(0, MAX_TOLD) : undefined;
  } catch {
    return undefined;
  }
}
