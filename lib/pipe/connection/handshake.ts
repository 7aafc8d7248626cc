import { StandpipeError } from '../../errors';
import type { DialOptions } from '../../net/dial';
import { signPipeRequest } from '../../pusher/pipe-signature';
import { WIRE_LIMITS } from '../../wire/limits';
import type { Settings } from '../options';

const SUBPROTOCOL = 'standpipe.v1';

/** Statuses with which a gateway refuses key, secret, app or timestamp. Trying again would not help. */
const FINAL = [401, 403, 404];
const MAX_TOLD = 300;

/**
 * URL and headers of the upgrade. The signature travels in a header, because URLs end up in logs.
 */
export function handshake(
  { host, port, useTLS, appId, key, secret, tls }: Settings,
  wallMs: number,
): { url: string; options: DialOptions } {
  const path = `/pipe/${appId}`;
  const origin = originOf({ host, port, useTLS });
  const signed = signPipeRequest({ key, secret, path, timestampS: Math.floor(wallMs / 1000) });
  return {
    url: origin + path,
    options: {
      headers: { authorization: `Standpipe ${signed}` },
      protocol: SUBPROTOCOL,
      maxMessageBytes: WIRE_LIMITS.maxFrameBytes,
      tls,
    },
  };
}

function originOf({ host, port, useTLS }: Pick<Settings, 'host' | 'port' | 'useTLS'>): string {
  return `${useTLS ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Usual causes of errors of TLS and TCP, for the reader of a log. */
const HINTS: ReadonlyArray<[sign: RegExp, hint: string]> = [
  [/self-signed|unable to verify|unable to get/, 'give the certificate of its authority as tls.ca'],
  [/wrong version number|packet length too long/, 'this port speaks no TLS: see port and useTLS'],
  [/socket hang up/, 'this port may want TLS: see port and useTLS'],
  [/ECONNREFUSED/, 'nothing listens there'],
];

/** Message of an error on the way to the gateway, with its address and what may help. */
export function explained(told: string, settings: Settings): string {
  const hint = HINTS.find(([sign]) => sign.test(told))?.[1];
  return `${originOf(settings)}: ${told}${hint === undefined ? '' : `; ${hint}`}`;
}

/** Error of an attempt that another one follows. */
export function connectFailed(message: string, cause?: unknown, status?: number): StandpipeError {
  return new StandpipeError('connect_failed', message, {
    ...(cause !== undefined && { cause }),
    ...(status !== undefined && { status }),
  });
}

/** The error for a gateway that answered the upgrade with something else than 101. */
export function connectRefused(status: number, body: string): StandpipeError {
  const told = messageOf(body);
  if (FINAL.includes(status)) {
    const message = told ?? `refused with status ${status}`;
    return new StandpipeError('bad_credentials', message, { status });
  }
  const why = told === undefined ? '' : `: ${told}`;
  return connectFailed(`refused with status ${status}${why}`, undefined, status);
}

/** `Retry-After` in either of its forms, seconds or a date, as milliseconds (RFC 9110, section 10.2.3); else 0. */
export function retryAfterMs(header: string | undefined, wallMs: number): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** Message of a refusal's body, `{"error":{"message":…}}`. */
function messageOf(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message.slice(0, MAX_TOLD) : undefined;
  } catch {
    return undefined;
  }
}
