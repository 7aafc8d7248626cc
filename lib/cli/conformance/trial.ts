import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { verifyPipeRequest } from '../../pusher/pipe-signature';
import type { Command, PartitionPosition } from '../../wire/frames';
import { NONCE_HEADER, SUBPROTOCOL } from '../../wire/opening';
import { Fault, Peer, type PeerOwner, type TrialSession } from './peer';

/** The channel to which a client under test triggers its reports. */
export const REPORT_CHANNEL = 'conformance';

const APP = { id: '1001', key: 'conformance-key', secret: 'conformance-secret' };
/** Time for a client to do what a script waits for: a reconnect takes up to a second by itself. */
const PATIENCE_MS = 6_000;
/** Time for the program of a client to start. */
const START_MS = 20_000;

export interface Report {
  name: string;
  data: Record<string, unknown>;
}

/** A run of one script: a port of its own, a session, and the reports of the client under test. */
export class Trial {
  readonly session: TrialSession = {
    id: new Uint8Array(),
    secret: new Uint8Array(),
    attempt: 0,
    nextSeq: 1,
    sent: new Map(),
    told: new Map(),
  };
  readonly reports: Report[] = [];
  /** Commands that are no reports, with their seqs. */
  readonly commands: Array<Command & { seq: number }> = [];
  readonly #server: Server;
  readonly #peers: Peer[] = [];
  #taken = 0;
  #fault: string | undefined;
  #wakers: Array<() => void> = [];

  private constructor() {
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    this.#server = createServer((_, response) => response.writeHead(404).end());
    this.#server.on('upgrade', (request, socket, head) => {
      const nonce = randomBytes(16).toString('base64url');
      if (!this.#admits(request, socket)) return;
      sockets.once('headers', (headers: string[]) => headers.push(`${NONCE_HEADER}: ${nonce}`));
      sockets.handleUpgrade(request, socket, head, (ws) => {
        this.#peers.push(new Peer(ws, nonce, this.#owner()));
        this.#wake();
      });
    });
  }

  static async open(): Promise<Trial> {
    const trial = new Trial();
    await new Promise<void>((resolve) => trial.#server.listen(0, '127.0.0.1', resolve));
    return trial;
  }

  /** Variables that tell a client under test where to connect. */
  env(script: { name: string; group?: boolean }): Record<string, string> {
    return {
      STANDPIPE_HOST: '127.0.0.1',
      STANDPIPE_PORT: String((this.#server.address() as AddressInfo).port),
      STANDPIPE_APP_ID: APP.id,
      STANDPIPE_APP_KEY: APP.key,
      STANDPIPE_APP_SECRET: APP.secret,
      STANDPIPE_GROUP: script.group === true ? 'conformance' : '',
      STANDPIPE_SCRIPT: script.name,
    };
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next connection, when its HELLO has come. */
  async connection(): Promise<Peer> {
    const number = this.#taken++;
    const get = (): Peer | undefined => {
      const peer = this.#peers[number];
      return peer?.hello === undefined ? undefined : peer;
    };
    return this.until('a connection with HELLO', get, number === 0 ? START_MS : PATIENCE_MS);
  }

  /** The next connection, welcomed with a new session, ready, and with partition 0. */
  async started({ snapshot = true } = {}): Promise<Peer> {
    const peer = await this.connection();
    peer.welcome();
    await this.ready(peer);
    peer.send({
      type: 'assign',
      assigned: [{ partition: 0, generation: 1, epoch: 1, firstOffset: 1 }],
    });
    if (snapshot) peer.snapshot(0, []);
    return peer;
  }

  /** Cuts a connection and waits for the one that resumes its session. */
  async resumed(before: Peer): Promise<Peer> {
    before.cut();
    const peer = await this.connection();
    if (!peer.resumes) this.fail('a client whose link was cut must resume its session in HELLO');
    return peer;
  }

  async ready(peer: Peer): Promise<void> {
    await this.until('READY', () => peer.isReady || undefined);
  }

  /** Welcomes a connection as the resumed session, with partition 0 from an offset on. */
  async goesOn(
    peer: Peer,
    firstOffset: number,
    change: Parameters<Peer['welcome']>[0] = {},
  ): Promise<void> {
    peer.welcome({
      verdict: 'resumed',
      assigned: [{ partition: 0, generation: 1, epoch: 1, firstOffset }],
      ...change,
    });
    await this.ready(peer);
  }

  /** A report of the client under test whose data has these values. */
  async report(name: string, data: Record<string, unknown> = {}): Promise<Report> {
    const told = `the report '${name}' ${JSON.stringify(data)}`;
    return this.until(told, () => this.found(name, data)[0]);
  }

  found(name: string, data: Record<string, unknown> = {}): Report[] {
    return this.reports.filter(
      (report) =>
        report.name === name &&
        Object.entries(data).every(([key, value]) => report.data[key] === value),
    );
  }

  /** The last position that the client told of a partition, once it says at least this offset. */
  async acknowledged(offset: number, partition = 0): Promise<PartitionPosition> {
    return this.until(`an acknowledgement of offset ${offset}`, () => {
      const position = this.session.told.get(partition);
      return position !== undefined && position.offset >= offset ? position : undefined;
    });
  }

  async until<T>(what: string, get: () => T | undefined, ms = PATIENCE_MS): Promise<T> {
    const endsAt = Date.now() + ms;
    for (;;) {
      this.check();
      const got = get();
      if (got !== undefined) return got;
      const leftMs = endsAt - Date.now();
      if (leftMs <= 0) throw new Fault(`${what} did not come within ${ms} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wakers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Lets the client do what it should not. */
  async pause(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.check();
  }

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.fail(otherwise);
  }

  fail(message: string): never {
    throw new Fault(message);
  }

  /** Throws the first breach that a connection has found. */
  check(): void {
    if (this.#fault !== undefined) throw new Fault(this.#fault);
  }

  /** Takes note of a breach that no script has to look for. The first one counts. */
  breach(message: string): void {
    this.#fault ??= message;
    this.#wake();
  }

  #owner(): PeerOwner {
    return {
      session: this.session,
      command: (command, seq) => this.#command(command, seq),
      fault: (message) => this.breach(message),
      wake: () => this.#wake(),
    };
  }

  #command(command: Command, seq: number): void {
    if (command.channel !== REPORT_CHANNEL) {
      this.commands.push({ ...command, seq });
      return;
    }
    const data = JSON.parse(command.data ?? '{}') as Record<string, unknown>;
    this.reports.push({ name: command.event ?? '', data });
  }

  /** True when the upgrade follows the protocol. A bad upgrade is refused and reported. */
  #admits({ url = '', headers }: IncomingMessage, socket: Duplex): boolean {
    const [path = '', query = ''] = url.split('?');
    const header = /^standpipe (.*)$/i.exec(headers.authorization ?? '')?.[1];
    const verdict = verifyPipeRequest({
      params: header ?? query,
      path,
      secretOf: (key) => (key === APP.key ? APP.secret : undefined),
      nowS: Math.floor(Date.now() / 1_000),
    });
    if (path !== `/pipe/${APP.id}`) this.#fault ??= `asked for ${path}`;
    else if (!verdict.ok) this.#fault ??= `the upgrade is signed wrongly: ${verdict.message}`;
    else if (!headers['sec-websocket-protocol']?.split(/, */).includes(SUBPROTOCOL)) {
      this.#fault ??= `did not offer the subprotocol ${SUBPROTOCOL}`;
    } else return true;
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    this.#wake();
    return false;
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
