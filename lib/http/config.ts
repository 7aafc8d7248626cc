import { readMasterKey } from '../pusher/encryption';
import { utf8 } from '../pusher/digests';
import { shown } from '../util/option-table';
import { RuleError } from './errors';
import { Token } from './token';
import { fetchTransport } from './transports/fetch';
import { platform } from './transports/platform';
import type { Transport } from './transports/transport';
import type { Options } from './types';

const DEFAULT_TIMEOUT_MS = 30_000;
/** Timers of all platforms count in 31 bits, and run at once when told more. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const DEFAULT_MAX_CONNECTIONS = 64;
const DEFAULT_MAX_IN_FLIGHT = 10_000;
const KEY_CHARACTERS = 32;

/** Settings of a client as they came out of its options, with upstream's names. */
export class Config {
  readonly scheme: string;
  readonly host: string;
  readonly port: number | string | undefined;
  readonly appId: string | number | undefined;
  readonly token: Token;
  /** As it was given. */
  readonly timeout: number | undefined;
  readonly agent: object | undefined;
  readonly encryptionMasterKey: Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly maxInFlight: number;
  readonly coalesce: boolean;
  readonly #path: string;
  readonly #connect: () => Transport;
  #transport: Transport | undefined;

  constructor(options: Options = {}) {
    if (typeof options !== 'object' || options === null) {
      throw new RuleError(
        'options',
        `options: must be an object, not ${shown(options)}`,
        'bad_option',
      );
    }
    this.scheme = options.scheme ?? (readTls(options) ? 'https' : 'http');
    const cluster = options.cluster ? `api-${options.cluster}.pusher.com` : 'api.pusherapp.com';
    this.host = options.host || cluster;
    this.port = options.port;
    this.appId = options.appId;
    this.token = new Token(options.key as string, options.secret as string);
    this.timeout = options.timeout;
    this.agent = options.agent;
    const masterKey = readKey(options);
    this.encryptionMasterKey = masterKey && nodeBytes(masterKey);
    this.timeoutMs = readTimeout(options.timeout);
    this.retries = readNumber('retries', options.retries ?? 0, 0);
    this.maxInFlight = readNumber('maxInFlight', options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, 1);
    this.coalesce = readFlag('coalesce', options.coalesce ?? true);
    this.#path = (options.path ?? '').replace(/\/+$/, '').replace(/^(?=[^/])/, '/');
    const { fetch, proxy, agent, keepAlive = true } = options;
    const connections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    const maxConnections = readNumber('maxConnections', connections, 1);
    this.#connect = () =>
      fetch !== undefined
        ? fetchTransport(fetch)
        : platform.connect({ origin: this.getBaseURL(), keepAlive, maxConnections, proxy, agent });
  }

  /** The transport of requests, chosen with the first request. */
  get transport(): Transport {
    return (this.#transport ??= this.#connect());
  }

  /** The whole path of one below the app. */
  prefixPath(path: string): string {
    return `${this.#path}/apps/${this.appId}${path}`;
  }

  getBaseURL(): string {
    return `${this.scheme}://${this.host}${this.port ? `:${this.port}` : ''}`;
  }
}

function readTls({ useTLS, encrypted }: Options): boolean {
  if (useTLS !== undefined && encrypted !== undefined) {
    throw new RuleError(
      'tls',
      'Cannot set both `useTLS` and `encrypted` configuration options',
      'bad_option',
    );
  }
  return useTLS ?? encrypted ?? false;
}

function readTimeout(timeout: number | null | undefined): number {
  const timeoutMs = Number(timeout ?? DEFAULT_TIMEOUT_MS);
  if (timeoutMs >= 0) return Math.min(timeoutMs, MAX_TIMER_MS);
  throw new RuleError(
    'timeout',
    `timeout: ${timeout} is no time; give milliseconds, or 0 to wait for ever`,
    'bad_option',
  );
}

/** A whole number of an option that upstream does not have. */
function readNumber(
  name: 'retries' | 'maxInFlight' | 'maxConnections',
  given: unknown,
  least: number,
): number {
  if (Number.isSafeInteger(given) && (given as number) >= least) return given as number;
  const message = `${name}: must be a whole number from ${least} on, not ${shown(given)}`;
  throw new RuleError(name, message, 'bad_option');
}

function readFlag(name: 'coalesce', given: unknown): boolean {
  if (typeof given === 'boolean') return given;
  throw new RuleError(name, `${name}: must be true or false, not ${shown(given)}`, 'bad_option');
}

function readKey({
  encryptionMasterKey: raw,
  encryptionMasterKeyBase64: base64,
}: Options): Uint8Array | undefined {
  if (raw === undefined) {
    if (base64 === undefined) return undefined;
    const verdict = readMasterKey(base64);
    if (verdict.ok) return verdict.key;
    throw badKey(verdict.message);
  }
  if (base64 !== undefined) {
    throw badKey(
      'Do not specify both encryptionMasterKey and encryptionMasterKeyBase64. ' +
        'encryptionMasterKey is deprecated, please specify only encryptionMasterKeyBase64.',
    );
  }
  if (typeof raw !== 'string') throw badKey('encryptionMasterKey must be a string');
  if (raw.length === KEY_CHARACTERS) return utf8(raw);
  throw badKey(
    `encryptionMasterKey must be ${KEY_CHARACTERS} bytes long, but the provided key is ${raw.length} bytes long`,
  );
}

/** Bytes as users of upstream know them: a Buffer where the platform has one. */
export function nodeBytes(bytes: Uint8Array): Uint8Array {
  const { Buffer } = globalThis as { Buffer?: typeof globalThis.Buffer };
  return Buffer?.from(bytes) ?? bytes;
}

function badKey(message: string): RuleError {
  return new RuleError('master_key', message, 'bad_option');
}

/** Options of a URL `SCHEME://KEY:SECRET@HOST:PORT/apps/APP_ID`, by default that of the environment. */
export function readUrl(given: string | undefined): Options {
  const text = given ?? environmentUrl();
  const url = text === undefined ? undefined : parseUrl(text);
  const [, path = '', appId] = /^(.*)\/apps\/([^/]+)\/?$/.exec(url?.pathname ?? '') ?? [];
  if (url === undefined || appId === undefined) {
    // The text holds a secret, so it is not shown.
    const what = text === undefined ? 'none was given' : 'it has another form';
    throw new RuleError(
      'url',
      `Invalid URL of an app: expected SCHEME://KEY:SECRET@HOST:PORT/apps/APP_ID, but ${what}`,
    );
  }
  return {
    scheme: url.protocol.replace(/:$/, ''),
    host: url.hostname,
    port: Number(url.port) || undefined,
    path,
    appId: /^\d+$/.test(appId) ? Number(appId) : decodeURIComponent(appId),
    key: decodeURIComponent(url.username),
    secret: decodeURIComponent(url.password),
  };
}

/** The URL of the app that the environment names: STANDPIPE_URL, or PUSHER_URL as hosting services set it. */
export function environmentUrl(): string | undefined {
  const env = (globalThis as { process?: Partial<NodeJS.Process> }).process?.env;
  return env?.STANDPIPE_URL || env?.PUSHER_URL || undefined;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
