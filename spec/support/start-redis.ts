import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, RESP_TYPES } from '@redis/client';
import type { Test } from 'tap';

/** True when redis-server is here. Without it a spec is skipped with the reason; in CI it fails. */
export function hasRedis(t: Test): boolean {
  if (spawnSync('redis-server', ['--version']).error === undefined) return true;
  const message = 'redis-server is not installed: several gateways on Redis are not tested';
  if (process.env['CI'] === 'true') t.fail(message);
  else t.comment(message);
  return false;
}

export type Fsync = 'off' | 'everysec' | 'always';

/** A redis-server of its own on a Unix socket, with its data in a temporary folder; it ends with the test. */
export class TestRedis {
  readonly address: string;
  readonly #folder: string;
  readonly #fsync: Fsync;
  #process: ChildProcess | undefined;

  private constructor(fsync: Fsync) {
    this.#fsync = fsync;
    this.#folder = mkdtempSync(join(tmpdir(), 'standpipe-redis-'));
    this.address = `unix:${this.#path}`;
  }

  get #path(): string {
    return join(this.#folder, 'socket');
  }

  static async start(t: Test, fsync: Fsync = 'off'): Promise<TestRedis> {
    const redis = new TestRedis(fsync);
    t.teardown(async () => {
      redis.resume();
      await redis.kill();
      rmSync(redis.#folder, { recursive: true, force: true });
    });
    await redis.start();
    return redis;
  }

  /** Starts it, again on the data that it had. */
  async start(): Promise<void> {
    const append = this.#fsync === 'off' ? ['no'] : ['yes', '--appendfsync', this.#fsync];
    const child = spawn(
      'redis-server',
      [
        ...['--port', '0', '--unixsocket', this.#path, '--dir', this.#folder, '--save', ''],
        ...['--appendonly', ...append],
      ],
      { stdio: 'ignore' },
    );
    this.#process = child;
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (error) => {
        reject(new Error('redis-server can not be started: is it installed?', { cause: error }));
      });
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    });
    failed.catch(() => undefined);
    await Promise.race([failed, this.#listens()]);
  }

  async #listens(): Promise<void> {
    while (!existsSync(this.#path)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    rmSync(this.#path, { force: true });
  }

  /**
   * Ends all connections of clients, as a network does. Commands that they have sent are on their way: some are applied,
   * and their answers are lost.
   */
  async cutConnections(): Promise<void> {
    const client = await this.#connect();
    this.pause();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const cuts = [
      client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
      client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']),
    ];
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.resume();
    await Promise.all(cuts);
    client.destroy();
  }

  async configure(setting: string, value: string): Promise<void> {
    await this.#command(['CONFIG', 'SET', setting, value]);
  }

  /** Leaves gateways no other rights than these rules give. */
  async permit(...rules: string[]): Promise<void> {
    await this.#command(['ACL', 'SETUSER', 'default', ...rules]);
  }

  /** Loses everything, and stays. */
  async flush(): Promise<void> {
    await this.#command(['FLUSHALL']);
  }

  async keys(pattern: string): Promise<string[]> {
    return (await this.#command(['KEYS', pattern])) as string[];
  }

  /** Keys that never expire. */
  async lasting(pattern: string): Promise<string[]> {
    const keys = await this.keys(pattern);
    const times = await Promise.all(keys.map(async (key) => this.#command(['PTTL', key])));
    return keys.filter((_, i) => times[i] === -1);
  }

  /** Bytes of keys. */
  async memory(pattern: string): Promise<number> {
    const keys = await this.keys(pattern);
    const sizes = await Promise.all(
      keys.map(async (key) => this.#command(['MEMORY', 'USAGE', key, 'SAMPLES', '0'])),
    );
    return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
  }

  /** Calls of a command by all clients so far. */
  async calls(command: string): Promise<number> {
    const stats = String(await this.#command(['INFO', 'commandstats']));
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  }

  /** Webhooks that gateways have yet to tell of an app. */
  async owed(app = '1'): Promise<number> {
    return (await this.#command(['HLEN', `sp:{${app}}:owed`])) as number;
  }

  /** A hash whose values are bytes. */
  async hash(key: string): Promise<Map<string, Uint8Array>> {
    const client = await this.#connect();
    try {
      const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };
      const reply = (await client.sendCommand(['HGETALL', key], { typeMapping })) as unknown;
      const list = reply as Buffer[];
      return new Map(
        list.flatMap((field, i) => (i % 2 === 0 ? [[String(field), list[i + 1] as Buffer]] : [])),
      );
    } finally {
      client.destroy();
    }
  }

  async #command(args: string[]): Promise<unknown> {
    const client = await this.#connect();
    try {
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  async #connect() {
    const socket = { path: this.#path, reconnectStrategy: false as const };
    const client = createClient({ RESP: 2, socket });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** The engine stands still: connections stay and nothing is answered. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }
}
