import { inspect } from 'node:util';
import { StandpipeError } from '../errors';
import type { TlsOptions } from '../net/dial';
import { silent, type Logger } from '../util/logger';
import type { Group } from '../wire/frames';
import { WIRE_LIMITS } from '../wire/limits';

/** Backends that name the same group share one stream of events. */
export interface GroupOptions {
  /** 1 to 64 of `A-Z a-z 0-9 _ . : -`. */
  name: string;
  /**
   * Which events are handled one after the other: those of a socket, or those of a channel. Opens, closes and events
   * without a channel go by their socket in either. Default `socket`.
   */
  order?: 'socket' | 'channel' | undefined;
  /**
   * `sticky`: each socket, or channel, is with one member at a time. `shared`: each event goes to the member with the least
   * to do, without an order, and nothing is made good after a gap. `broadcast`: every member gets everything. Default
   * `sticky`. All members must say the same.
   */
  mode?: 'sticky' | 'shared' | 'broadcast' | undefined;
  /**
   * What follows when the group does not keep up and its stream at the gateway fills. `gap`: the oldest events are
   * dropped, and the client is told how many. `pause`: from three quarters on, a browser that sends something is not read
   * until half of the stream is free again, for the gateway's `pipePauseMs`; then, or when it is connected by HTTP
   * fallback, it is closed with 4100 and comes back later. `close`: it is closed at once. What was read is kept in either.
   * Default `gap`. All members must say the same.
   */
  overflow?: 'gap' | 'pause' | 'close' | undefined;
}

/** How to reach a gateway and how much to hold. Only `key`, `secret` and `appId` are required. */
export interface PipeOptions {
  /** Key of the app. */
  key: string;
  /** Secret of the app. It signs the handshake and is never sent. */
  secret: string;
  /** Id of the app. */
  appId?: string | number | undefined;
  /** The same as `appId`, as the client of 2011 spelled it. */
  app_id?: string | number | undefined;
  /** Default `127.0.0.1`. */
  host?: string | undefined;
  /** Default 443 with TLS, 6001 without. */
  port?: number | undefined;
  /** Default: false for a loopback host, true for any other. */
  useTLS?: boolean | undefined;
  /** The same as `useTLS`. */
  secure?: boolean | undefined;
  /** Which certificates to trust or to show. */
  tls?: TlsOptions | undefined;
  /** How long one attempt to connect may take, handshake and greeting together. Default 10 000. */
  connectTimeoutMs?: number | undefined;
  /** After this silence of its own the client sends a ping. Default 10 000. */
  pingMs?: number | undefined;
  /** After this silence of the gateway the connection is given up. Default 25 000. */
  deadMs?: number | undefined;
  /** How long `disconnect()` waits for running handlers and unacknowledged commands. Default 10 000. */
  drainMs?: number | undefined;
  /** Each wait is random between 0 and `baseMs`, doubled with every failure, at most `maxMs`. Default 500 and 30 000. */
  backoff?: { baseMs?: number | undefined; maxMs?: number | undefined } | undefined;
  /** Events the gateway may send ahead of the last finished handler. Default 32 768 messages, 8 MiB of data. */
  credit?: { messages?: number | undefined; bytes?: number | undefined } | undefined;
  /**
   * The group to be a member of, or its name. Default: none, and every event comes here. A group outlives its last member
   * for the gateway's window, so one that restarts goes on with it.
   */
  group?: string | GroupOptions | undefined;
  /**
   * Promises of handlers that may run at once, each for another socket (or channel, or user); further ones wait. Default:
   * as many as `credit.messages`, so that slow handlers delay only the events of their own socket.
   */
  concurrency?: number | undefined;
  /**
   * When an event counts as handled: when its handlers have ended, or as soon as it was received, which loses what waits
   * when the process dies. Default `handled`.
   */
  ack?: 'handled' | 'received' | undefined;
  /**
   * What follows when a handler throws or rejects, beside the `error` event. `continue`: nothing, its event counts as
   * handled. `stop`: that event and what ends after it do not, and the client disconnects; another member of the group, or
   * this one when it is back, gets them again. Default `continue`.
   */
  onHandlerError?: 'continue' | 'stop' | undefined;
  /** A handler that runs for so long is told of by `slow` and in the log, once. Default 30 000. */
  slowHandlerMs?: number | undefined;
  /** Commands held until the gateway has acknowledged them. Default 10 000. */
  maxOutboxEvents?: number | undefined;
  /** Bytes of data in these commands. Default 16 777 216 (16 MiB). */
  maxOutboxBytes?: number | undefined;
  /** What `publish` does while the outbox is full: wait for room, or reject with `outbox_full`. Default `wait`. */
  whenFull?: 'wait' | 'reject' | undefined;
  /** Anything shaped like a pino logger. Default: silent. */
  log?: Logger | undefined;
}

/** The same, complete and checked. */
export interface Settings {
  key: string;
  secret: string;
  appId: string;
  host: string;
  port: number;
  useTLS: boolean;
  tls: TlsOptions;
  connectTimeoutMs: number;
  pingMs: number;
  deadMs: number;
  drainMs: number;
  backoff: { baseMs: number; maxMs: number };
  credit: { messages: number; bytes: number };
  group: Group | undefined;
  concurrency: number;
  ack: 'handled' | 'received';
  onHandlerError: 'continue' | 'stop';
  slowHandlerMs: number;
  maxOutboxEvents: number;
  maxOutboxBytes: number;
  whenFull: 'wait' | 'reject';
  log: Logger;
}

export const PIPE_DEFAULTS = {
  host: '127.0.0.1',
  connectTimeoutMs: 10_000,
  pingMs: WIRE_LIMITS.pingMs,
  deadMs: WIRE_LIMITS.deadMs,
  drainMs: 10_000,
  backoff: { baseMs: 500, maxMs: 30_000 },
  credit: { messages: WIRE_LIMITS.creditMessages, bytes: WIRE_LIMITS.creditBytes },
  ack: 'handled',
  onHandlerError: 'continue',
  slowHandlerMs: 30_000,
  maxOutboxEvents: 10_000,
  maxOutboxBytes: 16 * 1024 * 1024,
  whenFull: 'wait',
  log: silent,
} as const;

const PLAIN_PORT = 6001;
const TLS_PORT = 443;

/** The longest delay a Node timer can hold. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const KNOWN = [
  ...['key', 'secret', 'appId', 'app_id', 'host', 'port', 'useTLS', 'secure', 'tls'],
  ...['connectTimeoutMs', 'pingMs', 'deadMs', 'drainMs', 'backoff', 'credit'],
  ...['group', 'concurrency', 'ack', 'onHandlerError', 'slowHandlerMs'],
  ...['maxOutboxEvents', 'maxOutboxBytes', 'whenFull', 'log'],
];
const KNOWN_GROUP = ['name', 'order', 'mode', 'overflow'];
const GROUP_NAME = /^[\w.:-]{1,64}$/;
const KNOWN_TLS = ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'];

/**
 * The one check at the door.
 * @throws StandpipeError `bad_option`; the message begins with the path of the option and never holds the secret.
 */
export function readOptions(given: PipeOptions): Settings {
  const options = record('options', given, KNOWN);
  const d = PIPE_DEFAULTS;
  const backoff = record('backoff', options['backoff'], ['baseMs', 'maxMs']);
  const credit = record('credit', options['credit'], ['messages', 'bytes']);
  const host = hostName(options['host'] ?? d.host);
  const useTLS =
    flag('useTLS', alias('useTLS', options['useTLS'], 'secure', options['secure'])) ??
    !isLoopback(host);
  const ms = (path: string, value: unknown, fallback: number, min = 1): number =>
    integer(path, value ?? fallback, min, MAX_DELAY_MS);
  const count = (path: string, value: unknown, fallback: number, max = 2 ** 40): number =>
    integer(path, value ?? fallback, 1, max);

  return {
    key: text('key', options['key']),
    secret: text('secret', options['secret']),
    appId: appIdOf(alias('appId', options['appId'], 'app_id', options['app_id'])),
    host,
    port: integer('port', options['port'] ?? (useTLS ? TLS_PORT : PLAIN_PORT), 1, 65_535),
    useTLS,
    tls: tlsOptions(options['tls']),
    connectTimeoutMs: ms('connectTimeoutMs', options['connectTimeoutMs'], d.connectTimeoutMs),
    pingMs: ms('pingMs', options['pingMs'], d.pingMs),
    deadMs: ms('deadMs', options['deadMs'], d.deadMs),
    drainMs: ms('drainMs', options['drainMs'], d.drainMs, 0),
    backoff: {
      baseMs: ms('backoff.baseMs', backoff['baseMs'], d.backoff.baseMs),
      maxMs: ms('backoff.maxMs', backoff['maxMs'], d.backoff.maxMs),
    },
    credit: {
      messages: count(
        'credit.messages',
        credit['messages'],
        d.credit.messages,
        WIRE_LIMITS.maxCreditMessages,
      ),
      bytes: count('credit.bytes', credit['bytes'], d.credit.bytes, WIRE_LIMITS.maxCreditBytes),
    },
    group: groupOf(options['group']),
    concurrency: count(
      'concurrency',
      options['concurrency'],
      Number(credit['messages'] ?? d.credit.messages),
    ),
    ack: oneOf('ack', options['ack'] ?? d.ack, ['handled', 'received']),
    onHandlerError: oneOf('onHandlerError', options['onHandlerError'] ?? d.onHandlerError, [
      'continue',
      'stop',
    ]),
    slowHandlerMs: ms('slowHandlerMs', options['slowHandlerMs'], d.slowHandlerMs),
    maxOutboxEvents: count('maxOutboxEvents', options['maxOutboxEvents'], d.maxOutboxEvents),
    maxOutboxBytes: count('maxOutboxBytes', options['maxOutboxBytes'], d.maxOutboxBytes),
    whenFull: oneOf('whenFull', options['whenFull'] ?? d.whenFull, ['wait', 'reject']),
    log: logger(options['log'] ?? d.log),
  };
}

/** Says in the log what was opened on purpose, in case it was not. */
export function warnOfOpenDoors({ host, useTLS, tls, log }: Settings): void {
  if (!useTLS && !isLoopback(host)) log.warn({ host }, 'no TLS: anybody on the way can read');
  if (useTLS && tls.rejectUnauthorized === false) {
    log.warn({ host }, 'tls.rejectUnauthorized is off: anybody on the way can pose as the gateway');
  }
}

/** True for hosts whose traffic never leaves the machine. */
function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

function throwBadOption(path: string, rule: string): never {
  throw new StandpipeError('bad_option', `${path}: ${rule}`);
}

function record(path: string, value: unknown, known: string[]): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throwBadOption(path, `must be an object`);
  }
  for (const name of Object.keys(value)) {
    const at = path === 'options' ? name : `${path}.${name}`;
    if (!known.includes(name))
      throwBadOption(at, `is no option; the options are ${known.join(', ')}`);
  }
  return value as Record<string, unknown>;
}

/** The value of an option with two names. */
function alias(name: string, value: unknown, other: string, otherValue: unknown): unknown {
  if (value !== undefined && otherValue !== undefined && value !== otherValue) {
    throwBadOption(name, `differs from ${other}`);
  }
  return value ?? otherValue;
}

function text(path: string, value: unknown): string {
  // The value itself is not shown: it may be a secret.
  if (typeof value !== 'string' || value === '')
    throwBadOption(path, 'must be a string that is not empty');
  return value;
}

function appIdOf(value: unknown): string {
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id !== 'string' || !/^[\w.~-]+$/.test(id)) {
    throwBadOption(
      'appId',
      `must be a number or a string of letters, digits and - . _ ~, not ${show(value)}`,
    );
  }
  return id;
}

function groupOf(value: unknown): Group | undefined {
  if (value === undefined) return undefined;
  const group = record('group', typeof value === 'string' ? { name: value } : value, KNOWN_GROUP);
  const { name } = group;
  if (typeof name !== 'string' || !GROUP_NAME.test(name)) {
    throwBadOption('group.name', `must be 1 to 64 letters, digits and _ . : -, not ${show(name)}`);
  }
  return {
    name,
    order: oneOf('group.order', group['order'] ?? 'socket', ['socket', 'channel']),
    mode: oneOf('group.mode', group['mode'] ?? 'sticky', ['sticky', 'shared', 'broadcast']),
    overflow: oneOf('group.overflow', group['overflow'] ?? 'gap', ['gap', 'pause', 'close']),
  };
}

function hostName(value: unknown): string {
  if (typeof value !== 'string' || !/^([\w.-]+|\[?[\da-f:.]+\]?)$/i.test(value)) {
    throwBadOption(
      'host',
      `must be a host name or an address without scheme or port, not ${show(value)}`,
    );
  }
  return value.replace(/^\[|\]$/g, '');
}

function flag(path: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  return throwBadOption(path, `must be true or false, not ${show(value)}`);
}

function integer(path: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throwBadOption(path, `must be a whole number from ${min} to ${max}, not ${show(value)}`);
  }
  return value;
}

function oneOf<T extends string>(path: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  return found ?? throwBadOption(path, `must be one of ${allowed.join(', ')}, not ${show(value)}`);
}

function tlsOptions(value: unknown): TlsOptions {
  const tls = record('tls', value, KNOWN_TLS);
  flag('tls.rejectUnauthorized', tls['rejectUnauthorized']);
  return tls;
}

function logger(value: unknown): Logger {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof (value as Partial<Logger> | null)?.[level] !== 'function') {
      throwBadOption('log', `must have a function ${level}(details, message)`);
    }
  }
  return value as Logger;
}

function show(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 40, breakLength: Infinity });
}
