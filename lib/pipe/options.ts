import { isIPv6 } from 'node:net';
import { readMasterKey } from '../pusher/encryption';
import type { Dial, TlsOptions } from '../net/dial';
import { loadTracing } from '../tracing/load-tracing';
import { tracedLog } from '../tracing/traced-log';
import type { Tracing } from '../tracing/tracing';
import { silent } from '../util/logger';
import { stderrLog } from '../util/stderr-log';
import { warningLog } from '../util/warning-log';
import type { Logger } from '../util/logger';
import {
  checkedLogger,
  count,
  flag,
  integer,
  ms,
  nested,
  oneOf,
  optional,
  readTable,
  shown,
  text,
  throwBadOption,
  type Option,
  type OptionTable,
  type OptionValues,
} from '../util/option-table';
import { type Schemas, type SchemaTable, schemaTable } from './handlers/schemas';
import type { Clock } from '../util/timers';
import type { Group } from '../wire/frames';
import { GROUP_NAME_RULE, isGroupName } from '../wire/group-name';
import { WIRE_LIMITS } from '../wire/limits';

/** The clock and the dialler of a client. Specs turn the one by hand and script the other. */
export interface Surroundings {
  clock: Clock;
  dial: Dial;
}

/** Backends that name the same group share one stream of events. */
export interface GroupOptions {
  /** Name of the group: 1 to 64 of `A-Z a-z 0-9 _ . : -`. */
  name: string;
  /**
   * Key of the order: events of one socket, or of one channel, are handled one after the other. Opens, closes and events
   * without a channel go by their socket in either. Default `socket`.
   */
  order?: 'socket' | 'channel' | undefined;
  /**
   * `sticky`: each socket, or channel, is with one member at a time. `shared`: each event goes to the member with the
   * least to do, without an order, and nothing is made good after a gap. `broadcast`: every member gets everything.
   * Default `sticky`. All members must say the same.
   */
  mode?: 'sticky' | 'shared' | 'broadcast' | undefined;
  /**
   * Policy when the group does not keep up and its stream at the gateway fills. `gap`: the oldest events are dropped,
   * and the client is told how many. `pause`: from three quarters on, a browser that sends something is not read
   * until half of the stream is free again, for the gateway's `pipePauseMs`; then, or when it is connected by HTTP
   * fallback, it is closed with 4100 and comes back later. `close`: it is closed at once, and messages behind the one
   * that filled the stream are lost with its connection. Events that were taken are kept under both. Default `gap`. All members must say the same.
   */
  overflow?: 'gap' | 'pause' | 'close' | undefined;
}

/**
 * Options of a client: how to reach a gateway and how much to hold. Only `key`, `secret` and `appId` are required.
 */
export interface PipeOptions {
  /** Key of the app; required. */
  key: string;
  /** Secret of the app; required. It signs the handshake and is never sent. */
  secret: string;
  /** Id of the app; required, by this name or the next one. */
  appId?: string | number | undefined;
  /** The same as `appId`, as the client of 2011 spelled it. */
  app_id?: string | number | undefined;
  /**
   * Name of this backend, the same after a restart: 1 to 64 of `A-Z a-z 0-9 _ . : -`. Its events are kept for the
   * gateway's window while it is away, and a second client of that name takes its place. In a group it is the name of
   * the member. Default: none, and the events between the end of a process and its next start are lost, which `reset`
   * tells.
   */
  name?: string | undefined;
  /** Host name or address of the gateway. Default `127.0.0.1`. */
  host?: string | undefined;
  /** Port of the gateway. Default 443 with TLS, 6001 without. */
  port?: number | undefined;
  /** Prefix of the gateway's paths behind a proxy that removes it, such as `/realtime`. Default: none. */
  path?: string | undefined;
  /** TLS to the gateway. Default: false for a loopback host, true for any other. */
  useTLS?: boolean | undefined;
  /** The same as `useTLS`. */
  secure?: boolean | undefined;
  /** Certificates to trust or to show. */
  tls?: TlsOptions | undefined;
  /** Time for one attempt to connect, handshake and greeting together. Default 10 000. */
  connectTimeoutMs?: number | undefined;
  /** Silence of the client after which it sends a ping. Default 10 000, or half of `deadMs` where that is less. */
  pingMs?: number | undefined;
  /** Silence of the gateway after which the connection is given up; above `pingMs` and 1 000. Default 25 000. */
  deadMs?: number | undefined;
  /**
   * Time that `disconnect()` waits for running handlers, unacknowledged commands and a lost link. Default 10 000.
   */
  drainMs?: number | undefined;
  /**
   * Waits between attempts: random between 0 and `baseMs`, which is doubled with every failure up to `maxMs`. Default
   * 500 and 30 000.
   */
  backoff?:
    | {
        /** Longest wait after the first failure. */
        baseMs?: number | undefined;
        /** Longest wait of all. */
        maxMs?: number | undefined;
      }
    | undefined;
  /** Events the gateway may send ahead of the last finished handler. Default 32 768 messages, 8 MiB of data. */
  credit?:
    | {
        /** Number of events. */
        messages?: number | undefined;
        /** Bytes of their data. */
        bytes?: number | undefined;
      }
    | undefined;
  /**
   * The group to be a member of, or its name. Default: none, and every event comes here. A group outlives its last
   * member for the gateway's window, so one that restarts goes on with it.
   */
  group?: string | GroupOptions | undefined;
  /**
   * Promises of handlers that may run at once, each for another socket (or channel, or user); further ones wait.
   * Default: as many as `credit.messages`, so that slow handlers delay only the events of their own socket.
   */
  concurrency?: number | undefined;
  /**
   * Moment at which an event counts as handled: when its handlers have ended, or as soon as it was received, which loses
   * the waiting events when the process dies. Default `handled`.
   */
  ack?: 'handled' | 'received' | undefined;
  /**
   * Policy when a handler throws or rejects, beside the `error` event. `continue`: its event counts as handled.
   * `stop`: its event and all whose handlers end later do not count, those of other sockets too, and the client
   * disconnects; another member of the group, or this one when it is back, gets them again. `stop` needs a `name`, or a `group` other than `broadcast`.
   * Default `continue`.
   */
  onHandlerError?: 'continue' | 'stop' | undefined;
  /**
   * Running time after which a handler is told of by `handler_slow` and in the log, once. Default 30 000.
   */
  slowHandlerMs?: number | undefined;
  /** Commands held until the gateway has acknowledged them. Default 10 000. */
  maxOutboxEvents?: number | undefined;
  /** Bytes of data in these commands. Default 16 777 216 (16 MiB). */
  maxOutboxBytes?: number | undefined;
  /** Publishes that wait for room in a full outbox; one more rejects with `outbox_full`. Default 100 000. */
  maxWaitingPublishes?: number | undefined;
  /** Bytes of data in these. Default 67 108 864 (64 MiB). */
  maxWaitingBytes?: number | undefined;
  /**
   * `publish` while the outbox is full: waits for room, or rejects with `outbox_full`. Default `wait`.
   */
  whenFull?: 'wait' | 'reject' | undefined;
  /**
   * 32 bytes in base64, from which the keys of `private-encrypted-` channels are derived. Events for these channels are
   * encrypted with it; without it they are refused with `bad_argument`.
   */
  encryptionMasterKeyBase64?: string | undefined;
  /**
   * Schemas of events that browsers send, by name: of zod, valibot, arktype or any library with the Standard Schema
   * interface. Handlers get the value that the schema gives; data that does not fit is refused and told by `invalid`.
   * An event without a schema, or without a handler, is not checked. Other browsers on the channel get every client event.
   * Default: none.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- fits every declaration, also one that a program leaves open
  schemas?: any;
  /** Time for a schema that answers with a promise; then the event is refused. Default 5 000. */
  schemaMs?: number | undefined;
  /**
   * Logger shaped like pino's; false for none. Default: failures that no handler of `error` hears become warnings of the
   * process on stderr, each kind once a minute.
   */
  log?: Logger | false | undefined;
  /** True without a `log`: everything that is logged goes to stderr. Default false. */
  debug?: boolean | undefined;
  /**
   * Spans of OpenTelemetry: `publish` for each trigger, and `process` around the handlers of events that are part of a
   * sampled trace. Their context travels with commands and events; lines of the log carry `trace_id` and `span_id`. Needs
   * the package `@opentelemetry/api`, and an SDK that the program has registered. Default false.
   */
  tracing?: boolean | undefined;
}

/** Options of a client with the events `Events`: schemas have the types of their events, which `PipeOptions` cannot know. */
export type OptionsOf<Events extends object> = Omit<PipeOptions, 'schemas'> & {
  /** Schemas of events that browsers send, as of `PipeOptions`. */
  schemas?: Schemas<Events> | undefined;
};

/** Shortest time between two pings, whatever a gateway or the options ask for. */
export const MIN_PING_MS = 1_000;
const PLAIN_PORT = 6001;
const TLS_PORT = 443;

const GROUP = {
  name: { check: plainName },
  order: oneOf('socket', 'channel'),
  mode: oneOf('sticky', 'shared', 'broadcast'),
  overflow: oneOf('gap', 'pause', 'close'),
} satisfies Record<keyof GroupOptions, Option<unknown>>;

/** Rows of `tls`. Certificates and keys are checked by Node. */
const TLS = {
  ca: anything<TlsOptions['ca']>(),
  cert: anything<TlsOptions['cert']>(),
  key: anything<TlsOptions['key']>(),
  servername: anything<TlsOptions['servername']>(),
  rejectUnauthorized: optional(flag()),
} satisfies Record<keyof TlsOptions, Option<unknown>>;

/** Rows of all options: default and check. Their meaning stands in PipeOptions. */
const OPTIONS = {
  key: text(),
  secret: text(),
  appId: optional({ check: appIdOf }),
  app_id: optional({ check: appIdOf }),
  name: optional({ check: plainName }),
  host: { initial: '127.0.0.1', check: hostName },
  port: optional(integer(PLAIN_PORT, 1, 65_535)),
  path: { initial: '', check: pathPrefix },
  useTLS: optional(flag()),
  secure: optional(flag()),
  tls: { initial: {}, check: tlsOptions } as Option<TlsOptions>,
  connectTimeoutMs: ms(10_000),
  pingMs: ms(WIRE_LIMITS.pingMs),
  deadMs: ms(WIRE_LIMITS.deadMs),
  drainMs: ms(10_000, 0),
  backoff: nested({ baseMs: ms(500), maxMs: ms(30_000) }),
  credit: nested({
    messages: count(WIRE_LIMITS.creditMessages, WIRE_LIMITS.maxCreditMessages),
    bytes: count(WIRE_LIMITS.creditBytes, WIRE_LIMITS.maxCreditBytes),
  }),
  group: optional<Group>({ check: groupOf }),
  concurrency: optional(count(1)),
  ack: oneOf('handled', 'received'),
  onHandlerError: oneOf('continue', 'stop'),
  slowHandlerMs: ms(30_000),
  maxOutboxEvents: count(10_000),
  maxOutboxBytes: count(16 * 1024 * 1024),
  maxWaitingPublishes: count(100_000),
  maxWaitingBytes: count(64 * 1024 * 1024),
  whenFull: oneOf('wait', 'reject'),
  encryptionMasterKeyBase64: optional<Uint8Array>({ check: masterKey }),
  schemas: { initial: new Map(), check: schemaTable } as Option<SchemaTable>,
  schemaMs: ms(5_000),
  log: { initial: warningLog, check: loggerOf },
  debug: optional(flag()),
  tracing: { ...flag(), initial: false },
} satisfies OptionTable & Record<keyof PipeOptions, Option<unknown>>;

type Read = OptionValues<typeof OPTIONS>;

/** The options complete and checked. */
export interface Settings extends Omit<Read, 'app_id' | 'secure' | 'debug' | 'tracing'> {
  appId: string;
  concurrency: number;
  port: number;
  useTLS: boolean;
  /** Undefined unless tracing is on. */
  tracing: Tracing | undefined;
}

/**
 * Checks the options of a client and completes them.
 * @throws StandpipeError `bad_option`; the message begins with the path of the option and never holds the secret.
 */
export function readOptions(given: PipeOptions): Settings {
  const { app_id, secure, debug, ...read } = readTable(OPTIONS, '', given);
  const appId = same('appId', read.appId, 'app_id', app_id) ?? appIdOf('appId', undefined);
  const useTLS = same('useTLS', read.useTLS, 'secure', secure) ?? !isLoopback(read.host);
  const port = read.port ?? (useTLS ? TLS_PORT : PLAIN_PORT);
  const isShared = read.group !== undefined && read.group.mode !== 'broadcast';
  if (read.onHandlerError === 'stop' && !isShared && read.name === undefined) {
    throwBadOption(
      'onHandlerError',
      "'stop' needs a name or a group that shares its events, or nobody gets the event again",
    );
  }
  const pingMs = given.pingMs ?? Math.min(read.pingMs, Math.floor(read.deadMs / 2));
  requireTogether({ ...read, pingMs }, given.backoff);
  const concurrency = read.concurrency ?? read.credit.messages;
  const log = debug === true && given.log === undefined ? stderrLog : read.log;
  const tracing = read.tracing ? loadTracing() : undefined;
  const tracedLogger = tracing === undefined ? log : tracedLog(log, tracing);
  return { ...read, appId, useTLS, port, pingMs, concurrency, tracing, log: tracedLogger };
}

/** Refuses times that are valid each by itself and defeat each other. */
function requireTogether(
  { pingMs, deadMs, backoff }: Pick<Read, 'pingMs' | 'deadMs' | 'backoff'>,
  givenBackoff: PipeOptions['backoff'],
): void {
  if (deadMs <= Math.max(pingMs, MIN_PING_MS)) {
    const rule = `must be above pingMs (${pingMs}) and above ${MIN_PING_MS}, the least time between pings`;
    throwBadOption('deadMs', `${rule}, not ${deadMs}: an idle connection would be given up`);
  }
  // A `maxMs` below the default of `baseMs` bounds every wait, as it says.
  if (givenBackoff?.baseMs !== undefined && backoff.baseMs > backoff.maxMs) {
    const rule = `must be at most backoff.maxMs (${backoff.maxMs})`;
    throwBadOption('backoff.baseMs', `${rule}, not ${backoff.baseMs}`);
  }
}

/** The options with their defaults where these are plain values. The table of the documents is made from it. */
export function optionDefaults(): Array<{ name: string; value: unknown }> {
  const values = ([name, option]: [string, object]): { name: string; value: unknown } => ({
    name,
    value: 'initial' in option ? option.initial : undefined,
  });
  const group = Object.entries(GROUP).map(([name, option]) => values([`group.${name}`, option]));
  return [...Object.entries(OPTIONS).map(values), ...group];
}

/** Warns in the log of options that give up TLS or its checks. */
export function warnOfOpenDoors({ host, useTLS, tls, log }: Settings): void {
  if (!useTLS && !isLoopback(host)) log.warn({ host }, 'no TLS: anybody on the way can read');
  if (useTLS && tls.rejectUnauthorized === false) {
    log.warn({ host }, 'tls.rejectUnauthorized is off: anybody on the way can pose as the gateway');
  }
}

function loggerOf(path: string, value: unknown): Logger {
  return value === false ? silent : checkedLogger(path, value);
}

/** True for hosts whose traffic never leaves the machine. */
function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** The value of an option that has two names. */
function same<T>(name: string, value: T | undefined, other: string, otherValue: T | undefined) {
  if (value !== undefined && otherValue !== undefined && value !== otherValue) {
    throwBadOption(name, `differs from ${other}`);
  }
  return value ?? otherValue;
}

function appIdOf(path: string, value: unknown): string {
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id === 'string' && /^[\w.~-]+$/.test(id)) return id;
  const rule = 'must be a number or a string of letters, digits and - . _ ~';
  return throwBadOption(path, `${rule}, not ${shown(value)}`);
}

function groupOf(path: string, value: unknown): Group {
  return readTable(GROUP, path, typeof value === 'string' ? { name: value } : value);
}

/** The name of a group or of a backend. */
function plainName(path: string, value: unknown): string {
  if (isGroupName(value)) return value;
  return throwBadOption(path, `must be ${GROUP_NAME_RULE}, not ${shown(value)}`);
}

/** The message never shows the key. Messages of the Channels protocol begin with the name of the option. */
function masterKey(path: string, value: unknown): Uint8Array {
  const verdict = readMasterKey(value);
  if (verdict.ok) return verdict.key;
  return throwBadOption(path, verdict.message.replace(/^encryptionMasterKeyBase64 /, ''));
}

function hostName(path: string, value: unknown): string {
  if (typeof value === 'string') {
    const host = value.replace(/^\[(.*)\]$/, '$1');
    if (/^[\w.-]+$/.test(value) || isIPv6(host)) return host;
  }
  const rule = 'must be a host name or an address without scheme, port or path';
  return throwBadOption(path, `${rule}, not ${shown(value)}`);
}

function pathPrefix(path: string, value: unknown): string {
  const sound = typeof value === 'string' && /^(\/[\w~-][\w.~-]*)*\/?$/.test(value);
  if (sound) return value.replace(/\/$/, '');
  return throwBadOption(path, 'must be a path such as /realtime, without a query');
}

/** TLS options that are given. Node takes a key that is undefined for a key. */
function tlsOptions(path: string, value: unknown): TlsOptions {
  const read = Object.entries(readTable(TLS, path, value));
  return Object.fromEntries(read.filter(([, each]) => each !== undefined));
}

function anything<T>(): Option<T> {
  return { initial: undefined, check: (_path, value) => value as T };
}
