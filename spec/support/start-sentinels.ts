import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { Test } from 'tap';
import { freePort } from './nginx';
import { untilAnswered } from './until';

/** Name of the primary. */
const NAME = 'main';

/** A process of redis-server on a port of 127.0.0.1, a sentinel too. */
class Server {
  readonly port: number;
  readonly #child: ChildProcess;

  constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#child = spawn('redis-server', args, { stdio: 'ignore' });
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async kill(): Promise<void> {
    if (this.isGone) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async ask(...args: string[]): Promise<unknown> {
    const socket = { host: '127.0.0.1', port: this.port, reconnectStrategy: false as const };
    const client = createClient({ socket, RESP: 2 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.sendCommand(args);
    } finally {
      if (client.isOpen) client.destroy();
    }
  }

  /** Waits until the server answers something; errors are no answers. */
  async says(answer: RegExp, ...args: string[]): Promise<void> {
    await untilAnswered(async () => {
      if (this.isGone) throw new Error('redis-server has ended');
      const reply = await this.ask(...args).catch(() => '');
      const isIt = answer.test(String(reply));
      if (!isIt) await setTimeout(20);
      return isIt;
    });
  }
}

/** A primary with a replica, and a sentinel that looks after them; they end with the test. */
export class TestSentinels {
  readonly #folder: string;
  #primary: Server;
  #replica: Server;
  #sentinel: Server | undefined;

  private constructor(folder: string, primary: Server, replica: Server) {
    this.#folder = folder;
    this.#primary = primary;
    this.#replica = replica;
  }

  static async start(t: Test): Promise<TestSentinels> {
    const folder = mkdtempSync(join(tmpdir(), 'standpipe-sentinels-'));
    const make = async (more: readonly string[]): Promise<Server> => serverIn(folder, more);
    const primary = await make([]);
    const replica = await make(['--replicaof', '127.0.0.1', String(primary.port)]);
    const all = new TestSentinels(folder, primary, replica);
    t.teardown(async () => {
      const servers = [all.#primary, all.#replica, all.#sentinel];
      await Promise.all(servers.map(async (each) => each?.kill()));
      rmSync(folder, { recursive: true, force: true });
    });
    await replica.says(/master_link_status:up/, 'INFO', 'replication');
    all.#sentinel = all.#startSentinel(await freePort());
    await all.#sentinel.says(/num-slaves,1,/, 'SENTINEL', 'MASTER', NAME);
    return all;
  }

  /** As the setting `broker.redis` names them. */
  get address(): string {
    return `redis+sentinel://127.0.0.1:${this.port}/${NAME}`;
  }

  /** Port of the sentinel. */
  get port(): number {
    return this.#sentinel?.port ?? 0;
  }

  /** Waits until the replica has all that the primary has. */
  async replicated(): Promise<void> {
    await this.#primary.says(/^1$/, 'WAIT', '1', '1000');
  }

  /** Writes from now on do not reach the replica. The sentinels speak with both. */
  async cutReplica(): Promise<void> {
    await this.#primary.ask('ACL', 'SETUSER', 'default', '-sync', '-psync');
    await this.#primary.ask('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  /** Kills the primary. The replica becomes the primary as soon as the sentinels agree on it. */
  async killPrimary(): Promise<void> {
    await this.#primary.kill();
  }

  /** Waits until the replica is the primary. */
  async failedOver(): Promise<void> {
    await this.#replica.says(/role:master/, 'INFO', 'replication');
  }

  /** Kills the primary, has the replica take its place, and starts another replica where the primary was. */
  async failOver(): Promise<void> {
    await this.killPrimary();
    await this.failedOver();
    const { port } = this.#primary;
    this.#primary = this.#replica;
    const from = ['--replicaof', '127.0.0.1', String(this.#primary.port)];
    this.#replica = await serverIn(this.#folder, from, port);
    const isGood = /flags,slave,.*master-link-status,ok/;
    await this.#sentinel?.says(isGood, 'SENTINEL', 'REPLICAS', NAME);
  }

  /** Ends all connections of clients with the primary, as a network does. */
  async cutConnections(): Promise<void> {
    await this.#primary.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await this.#primary.ask('CLIENT', 'KILL', 'TYPE', 'pubsub');
  }

  /** Has the sentinel replace a primary that is alive, which takes itself for the primary for some seconds yet. */
  async replacePrimary(): Promise<void> {
    await this.#sentinel?.ask('SENTINEL', 'FAILOVER', NAME);
    await this.failedOver();
  }

  #startSentinel(port: number): Server {
    const folder = join(this.#folder, String(port));
    mkdirSync(folder);
    const config = join(folder, 'sentinel.conf');
    const lines = [
      `port ${port}`,
      `bind 127.0.0.1`,
      `dir ${folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${this.#primary.port} 1`,
      `sentinel down-after-milliseconds ${NAME} 1000`,
      `sentinel failover-timeout ${NAME} 3000`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    return new Server(port, [config, '--sentinel']);
  }
}

async function serverIn(folder: string, more: readonly string[], at?: number): Promise<Server> {
  const port = at ?? (await freePort());
  const own = join(folder, String(port));
  mkdirSync(own, { recursive: true });
  const server = new Server(port, [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', own, '--save', ''],
    // A replica is sent the data at once.
    ...['--appendonly', 'no', '--repl-diskless-sync-delay', '0', ...more],
  ]);
  await server.says(/PONG/, 'PING');
  return server;
}
