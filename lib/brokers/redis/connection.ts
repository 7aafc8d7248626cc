import { StandpipeError } from '../../errors';
import type { Clock } from '../../util/timers';
import {
  engineName,
  type RedisAddress,
  type SentinelAddress,
  sentinelsOf,
  type ServerAddress,
} from './address';
import { Patience } from './patience';
import { primaries } from './sentinels';
import { RIGHTS } from './scripts/rights';

type Argument = string | Buffer;
type Client = Awaited<ReturnType<typeof open>>;

const CONNECT_TIMEOUT_MS = 5000;
/** Time that a sentinel has to answer: another one is asked beside it. */
const SENTINEL_TIMEOUT_MS = 3000;
/** Topics in one command. */
const TOPICS_AT_ONCE = 1000;

/** Texts of a reply as bytes: `$` is the mark of a text (RESP 2). */
const BYTES = { ['$'.charCodeAt(0)]: Buffer };

/** An engine that Standpipe can not use; trying again does not help. */
class Unsuitable extends StandpipeError {
  constructor(message: string) {
    super('broker_unsuitable', message);
  }
}

/** Facts that an engine tells about itself. */
export interface EngineInfo {
  /** Another one after each restart. */
  run: string;
  version: string;
  /** For people: whether its data outlives it. */
  keeps: string;
}

export interface ConnectionParts {
  readonly clock: Clock;
  /** Hears a message of a topic. */
  readonly heard: (topic: string, message: Buffer) => void;
  /** Makes it ready. Calls `answered` in between: an engine that is silent for 5 s is given up. */
  readonly prepare: (connection: Connection, answered: () => void) => Promise<void>;
}

/**
 * Two connections with one engine: for commands, and for topics. They live and end together, and never connect again by
 * themselves: commands on their way then have an unknown outcome, and topics have been missed.
 */
export class Connection {
  readonly info: EngineInfo;
  /** The server, where sentinels have named it. */
  readonly server: ServerAddress | undefined;
  readonly #commands: Client;
  readonly #topics: Client;
  readonly #heard: (topic: string, message: Buffer) => void;
  #ended = false;
  /** Moment since which the connection for topics has carried nothing, though it was asked for an answer. */
  #silentSince: number | undefined;
  #onEnd: (() => void) | undefined;

  private constructor(
    commands: Client,
    topics: Client,
    info: EngineInfo,
    server: ServerAddress | undefined,
    heard: (topic: string, message: Buffer) => void,
  ) {
    this.info = info;
    this.server = server;
    this.#commands = commands;
    this.#topics = topics;
    this.#heard = heard;
    for (const client of [commands, topics]) {
      client.on('error', () => this.end());
      client.on('end', () => this.end());
    }
  }

  /** Rejects with the error of the connection, or `broker_unsuitable`. */
  static async open(address: RedisAddress, parts: ConnectionParts): Promise<Connection> {
    const sentinels = sentinelsOf(address);
    if (sentinels === undefined) return Connection.#open(address, undefined, parts);
    let failure: unknown;
    for (const server of await primaries(sentinels, askSentinel)) {
      try {
        return await Connection.#open(address, server, parts);
      } catch (error) {
        if (error instanceof Unsuitable) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  static async #open(
    address: RedisAddress,
    server: ServerAddress | undefined,
    parts: ConnectionParts,
  ): Promise<Connection> {
    const clients = [await open(address, server), await open(address, server)] as const;
    const [commands, topics] = clients;
    // Without a listener an error ends the process.
    for (const client of clients) client.on('error', () => undefined);
    const patience = new Patience(parts.clock);
    const opened = (async () => {
      await Promise.all(clients.map((client) => client.connect()));
      const info = await suitable(commands);
      patience.renew();
      const connection = new Connection(commands, topics, info, server, parts.heard);
      await parts.prepare(connection, patience.renew);
      return connection;
    })();
    // An attempt that is given up may fail later.
    opened.catch(() => undefined);
    try {
      return await Promise.race([opened, patience.over]);
    } catch (error) {
      for (const client of clients) if (client.isOpen) client.destroy();
      throw explained(error, address);
    } finally {
      patience.end();
    }
  }

  /** Called once, when either connection has ended. */
  onEnd(run: () => void): void {
    this.#onEnd = run;
    if (this.#ended) run();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const client of [this.#commands, this.#topics]) if (client.isOpen) client.destroy();
    this.#onEnd?.();
  }

  /** Rejects when the engine does not let its user do what a node with this prefix does. */
  async tryRights(prefix: string): Promise<void> {
    const named = (name: string): string => `${prefix}:{nodes}:rights:${name}`;
    const topic = named('topic');
    await this.subscribe([topic]);
    this.unsubscribe(topic);
    const keys = ['hash', 'sorted', 'set', 'text', 'stream'].map(named);
    await this.send(['EVAL', RIGHTS, `${keys.length}`, ...keys, topic]);
  }

  /** Rejects when the connection ends, and when the engine refuses the command. */
  send(args: readonly Argument[], as?: 'bytes'): Promise<unknown> {
    return this.#commands.sendCommand(args, as && { typeMapping: BYTES });
  }

  /**
   * Asks whether topics are heard. Both connections end when nothing has come since a question of so long ago: a connection
   * that is dead at its other end may look alive for many minutes.
   */
  probeTopics(nowMs: number, patienceMs: number): void {
    if (this.#silentSince !== undefined) {
      if (nowMs - this.#silentSince >= patienceMs) this.end();
      return;
    }
    this.#silentSince = nowMs;
    const answered = (): void => void (this.#silentSince = undefined);
    this.#topics.sendCommand(['PING']).then(answered, () => undefined);
  }

  /** @param answered called for each part of them */
  async subscribe(topics: readonly string[], answered?: () => void): Promise<void> {
    const parts: Promise<void>[] = [];
    for (let at = 0; at < topics.length; at += TOPICS_AT_ONCE) {
      const some = topics.slice(at, at + TOPICS_AT_ONCE);
      parts.push(this.#topics.subscribe(some, this.#listen, true).then(answered));
    }
    await Promise.all(parts);
  }

  /** An error means that the connection ends, and the topic with it. */
  unsubscribe(topic: string): void {
    if (this.#ended) return;
    this.#topics.unsubscribe(topic, this.#listen, true).catch(() => undefined);
  }

  readonly #listen = (message: Buffer, topic: Buffer): void => {
    this.#silentSince = undefined;
    this.#heard(topic.toString(), message);
  };
}

/** The reason for which an engine can not be spoken to, in a line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === '' && code !== undefined ? code : error.message;
}

/** Another try with the same user does not help. */
function explained(error: unknown, address: RedisAddress): unknown {
  const message = error instanceof Error ? error.message : '';
  const name = engineName(address);
  if (/^(NOAUTH|WRONGPASS|ERR AUTH) /.test(message)) {
    return new Unsuitable(
      `${name} wants another user or password (${message}); give them in STANDPIPE_BROKER: redis://user:password@host:port`,
    );
  }
  if (/^NOPERM |The user executing the script can't/.test(message)) {
    return new Unsuitable(
      `${name} gives its user too few rights (${message}); with the prefix sp they are: ${RIGHTS_OF_A_NODE}`,
    );
  }
  return error;
}

/** Rules of Redis for a user that is a gateway, of the prefix `sp`. */
export const RIGHTS_OF_A_NODE =
  '~sp:* &sp:* +@read +@write +@pubsub +@scripting +@connection +info +time';

/** Asks a sentinel where the primary is. */
export async function askSentinel(
  { name, tls = false, sentinelUsername: username, sentinelPassword: password }: SentinelAddress,
  { host, port }: ServerAddress,
): Promise<ServerAddress | undefined> {
  const { createClient } = await import('@redis/client');
  const times = { connectTimeout: SENTINEL_TIMEOUT_MS, socketTimeout: SENTINEL_TIMEOUT_MS };
  const client = createClient({
    ...CLIENT,
    ...credentials(username, password),
    socket: { ...socketAt({ host, port }, tls), ...times },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const reply = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]);
    if (reply === null) return undefined;
    const [primary = '', primaryPort] = reply as unknown as string[];
    return { host: primary, port: Number(primaryPort) };
  } finally {
    if (client.isOpen) client.destroy();
  }
}

const CLIENT = { RESP: 2, disableOfflineQueue: true, disableClientInfo: true } as const;

function socketAt({ host, port }: ServerAddress, tls: boolean) {
  const at = { host, port, reconnectStrategy: false as const };
  return tls ? { ...at, tls: true as const } : at;
}

function credentials(username: string | undefined, password: string | undefined) {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

/** @param server the primary that sentinels have named */
/** Loads the client of Redis, which takes as long as all else that a gateway needs. */
export function loadClient(): Promise<typeof import('@redis/client')> {
  return import('@redis/client');
}

async function open(address: RedisAddress, server: ServerAddress | undefined) {
  const { createClient } = await loadClient();
  const sentinels = sentinelsOf(address);
  const connectTimeout = CONNECT_TIMEOUT_MS;
  if (sentinels !== undefined && server !== undefined) {
    const { username, password, database, tls = false } = sentinels;
    const socket = { ...socketAt(server, tls), connectTimeout };
    const who = { ...credentials(username, password), ...(database !== undefined && { database }) };
    return createClient({ ...CLIENT, ...who, socket });
  }
  const text = address as string;
  const socket = { connectTimeout, reconnectStrategy: false as const };
  const where = text.startsWith('unix:')
    ? { socket: { ...socket, path: text.slice('unix:'.length) } }
    : { url: text, socket };
  return createClient({ ...CLIENT, ...where });
}

/** Looks at version, role and eviction policy. */
async function suitable(client: Client): Promise<EngineInfo> {
  const text = (await client.sendCommand(['INFO', 'everything'])) as unknown as string;
  const info = new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
  const valkey = info.get('valkey_version');
  const version = valkey ?? info.get('redis_version') ?? '';
  const least = valkey === undefined ? 7 : 8;
  if (!(Number.parseInt(version, 10) >= least)) {
    throw new Unsuitable(
      `the engine has version ${version}; Redis 7.0, Valkey 8.0 or later is needed`,
    );
  }
  if (info.get('loading') === '1') throw new Error('the engine is loading its data');
  if (info.get('role') !== 'master') {
    throw new StandpipeError(
      'broker_unavailable',
      'the engine is a replica, which takes no writes',
    );
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw new Unsuitable(
      `the engine's maxmemory-policy is ${policy}, which drops what is true; set it to noeviction`,
    );
  }
  return { run: info.get('run_id') ?? '', version, keeps: await keeps(client, info) };
}

/** Hosted engines may refuse CONFIG. */
async function keeps(client: Client, info: ReadonlyMap<string, string>): Promise<string> {
  if (info.get('aof_enabled') !== '1') return 'no: appendonly is off';
  const reply = await client.sendCommand(['CONFIG', 'GET', 'appendfsync']).catch(() => []);
  const [, mode] = reply as unknown as [string, string];
  if (mode === 'always') return 'yes';
  return mode === 'everysec' ? 'all but the last 2 s' : 'all but what the system has not written';
}
