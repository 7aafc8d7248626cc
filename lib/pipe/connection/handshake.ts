import type { IncomingHttpHeaders } from 'node:http';
import { StandpipeError, type ErrorCode } from '../../errors';
import type { DialOptions } from '../../net/dial';
import { signPipeRequest } from '../../pusher/pipe-signature';
import { WIRE_LIMITS } from '../../wire/limits';
import { SUBPROTOCOL } from '../../wire/opening';
import type { Settings } from '../options';

/**
 * Codes of refusals after which trying again would not help, with the code of their error. Others pass: the app is
 * unknown or switched off while a gateway is deployed, the clock was wrong for a moment.
 */
const FINAL: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['missing_parameter', 'bad_credentials'],
  ['unknown_key', 'bad_credentials'],
  ['bad_version', 'bad_credentials'],
  ['bad_timestamp', 'bad_credentials'],
  ['bad_signature', 'bad_credentials'],
  ['bad_subprotocol', 'protocol_error'],
]);
/** Statuses with which a gateway refuses credentials, and with which anything else on the way may refuse. */
const DOUBTFUL = [401, 403, 404];
const MAX_TOLD = 300;

/**
 * URL and headers of the upgrade. The signature travels in a header, because URLs end up in logs. A prefix of the
 * path is not signed: it is removed on the way to the gateway.
 */
export function handshake(
  { host, port, useTLS, path: prefix, appId, key, secret, tls }: Settings,
  wallMs: number,
): { url: string; options: DialOptions } {
  const path = `/pipe/${appId}`;
  const origin = originOf({ host, port, useTLS });
  const signed = signPipeRequest({ key, secret, path, timestampS: Math.floor(wallMs / 1000) });
  return {
    url: origin + prefix + path,
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

/** An answer to the upgrade other than 101. */
export interface Refused {
  readonly error: StandpipeError;
  /** True when the gateway itself has refused for good. */
  readonly final: boolean;
  /** Time to add to the clock for the next signature; undefined unless the gateway took this one for expired. */
  readonly skewMs: number | undefined;
}

/** Reads an answer to the upgrade. Only a body of the gateway's own can be final: a proxy answers as it likes. */
export function readRefusal(
  status: number,
  body: string,
  headers: IncomingHttpHeaders,
  wallMs: number,
): Refused {
  const { code, message } = refusalOf(body);
  const final = FINAL.get(code);
  if (final !== undefined) {
    const error = new StandpipeError(final, message ?? `refused: ${String(code)}`, { status });
    return { error, final: true, skewMs: undefined };
  }
  const why = code === undefined && DOUBTFUL.includes(status) ? NOT_THE_GATEWAY : message;
  const told = `refused with status ${status}${why === undefined ? '' : `: ${why}`}`;
  const skewMs = code === 'expired' ? skewOf(headers.date, wallMs) : undefined;
  return { error: connectFailed(told, undefined, status), final: false, skewMs };
}

const NOT_THE_GATEWAY =
  'not an answer of a gateway; see host, port and path, and what stands between';

/** The gateway's clock against this one, by its Date header (RFC 9110, section 6.6.1); 0 where it has none. */
function skewOf(date: string | undefined, wallMs: number): number {
  const skewMs = Date.parse(date ?? '') - wallMs;
  return Number.isFinite(skewMs) ? skewMs : 0;
}

/** `Retry-After` in either of its forms, seconds or a date, as milliseconds (RFC 9110, section 10.2.3); else 0. */
export function retryAfterMs(header: string | undefined, wallMs: number): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** Code and message of a gateway's refusal, `{"error":{"code":…,"message":…}}`; undefined where the body is another. */
function refusalOf(body: string): { code?: string | undefined; message?: string | undefined } {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } };
    const [code, message] = [error?.code, error?.message];
    return {
      code: typeof code === 'string' ? code : undefined,
      message: typeof message === 'string' ? message.slice(0, MAX_TOLD) : undefined,
    };
  } catch {
    return {};
  }
}
