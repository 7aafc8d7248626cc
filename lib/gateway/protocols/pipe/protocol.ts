import { CLOSE_CODES } from '../../../wire/close-codes';
import { FrameDecoder } from '../../../wire/codec';
import type { Decisions } from '../../core/decisions';
import type { UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import type { App, Apps, AppsChange } from '../../core/model/app';
import type { Protocol } from '../protocol';
import { applyForwarded } from './commands';
import { Homes } from './cluster/homes';
import { Places } from './cluster/places';
import { StoredStreams } from './cluster/stored-streams';
import { type TakeFar, Tunnels } from './cluster/tunnels';
import { PipeConnection, type Rooms } from './connection';
import type { PipeContext } from './context';
import { Deciders } from './deciders';
import { Groups, keptMs } from './groups';
import { PipeHandshake } from './handshake';
import { ClusterDecisions } from './cluster/decisions';
import { answerForwarded } from './cluster/forwarded-query';
import { Sessions } from './sessions';

/** The Pipe protocol of a gateway: builds its rooms and knows its connections. */
export class PipeProtocol implements Protocol {
  readonly entrance = 'pipe';
  /** Backends of any node that decide who may subscribe and sign in. */
  readonly decisions: Decisions;
  readonly #sessions: Sessions;
  readonly #handshake: PipeHandshake;
  readonly #apps: Apps;
  #draining = false;
  /** Connections, with the keys that they were opened by; none for those from other nodes. */
  readonly #connections = new Map<PipeConnection, string | undefined>();

  constructor(context: PipeContext, apps: Apps) {
    const { hub } = context;
    this.#apps = apps;
    hub.nodes.on('commands', (app, message) => applyForwarded(context, app, message));
    hub.nodes.on('query', (app, message) => answerForwarded(context, app, message));
    const deciders = new Deciders(context);
    this.decisions = new ClusterDecisions(context, deciders);
    const homes = new Homes();
    const stored = new StoredStreams(hub.nodes, keptMs(context));
    const groups = new Groups(context, homes, stored);
    const sessions = (this.#sessions = new Sessions(context, groups));
    const tunnels = new Tunnels(context, (...far) => this.#takeFar(rooms, ...far));
    const places = new Places({
      ...{ context, homes, stored, tunnels },
      knows: (...of) => sessions.knows(...of),
      has: (app, name) => groups.named(app, name) !== undefined,
    });
    const closed = (connection: PipeConnection): void => {
      if (this.#connections.delete(connection) && !connection.isFar) connection.app.backends--;
    };
    const rooms: Rooms = { context, sessions, deciders, places, closed };
    hub.nodes.watch({
      fenced: () => sessions.clear(),
      homeLost: (app, name) => sessions.endStream(app, name),
    });
    this.#handshake = new PipeHandshake(context, apps, (app, key, carrier, nonce) => {
      const connection = new PipeConnection(rooms, app, carrier, nonce);
      this.#connections.set(connection, key);
      app.backends++;
      carrier.session = connection;
    });
  }

  /** A backend that is connected to another node, which asks for a place here. */
  #takeFar(rooms: Rooms, ...[app, carrier, opening]: Parameters<TakeFar>): boolean {
    const { seeks, nonce, hello } = opening;
    const bytes = Buffer.from(hello, 'base64');
    if (this.#draining && !this.awaited) return false;
    if (seeks === 'session' && !this.#sessions.knows(app, sessionOf(bytes))) return false;
    const connection = new PipeConnection(rooms, app, carrier, nonce, true);
    this.#connections.set(connection, undefined);
    carrier.session = connection;
    connection.binary(bytes);
    return true;
  }

  /** Backends connected now. */
  get size(): number {
    let size = 0;
    for (const { isFar } of this.#connections.keys()) if (!isFar) size++;
    return size;
  }

  /** The backends of an app that are members of some stream, each over its connection here. */
  *members(app: App): IterableIterator<PipeConnection> {
    for (const connection of this.#connections.keys()) {
      if (connection.app === app && connection.session !== undefined) yield connection;
    }
  }

  /** Sessions of backends, connected or waited for. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** True while a disconnected backend, within its grace, has events to acknowledge. */
  get awaited(): boolean {
    return this.#sessions.awaited;
  }

  /** True while a backend, connected or within its grace, has events to acknowledge. */
  get behind(): boolean {
    return this.#sessions.behind;
  }

  /** Undefined when the path is not one of this protocol's. */
  upgrade(request: UpgradeRequest): UpgradeDecision | undefined {
    const decision = this.#handshake.upgrade(request);
    if (decision === undefined || 'refuse' in decision || !this.#draining) return decision;
    // A backend that is just away may come back to acknowledge what it has.
    if (this.awaited) return decision;
    return { refuse: 503, body: 'Going away\n', headers: { 'Retry-After': '1' } };
  }

  /**
   * Backends of an app that is gone come back when the app does: the refusal of its unknown id is not final. A backend
   * whose key is gone stays closed.
   */
  reload({ removed }: AppsChange): void {
    const { going_away: away, key_revoked: revoked } = CLOSE_CODES;
    for (const [connection, key] of [...this.#connections]) {
      const { app } = connection;
      if (removed.includes(app)) {
        connection.close(away.code, 'the app was taken out of this gateway');
      } else if (!app.options.enabled) {
        connection.close(away.code, 'the app is switched off');
      } else if (key !== undefined && app.keys.find(key)?.permissions.includes('pipe') !== true) {
        connection.close(revoked.code, `key ${key} of the app no longer opens a Pipe`);
      }
    }
    for (const app of removed) this.#sessions.remove(app);
  }

  /** Tells the backends that this gateway will be gone within a time. */
  drain(deadlineMs: number): void {
    this.#draining = true;
    for (const connection of this.#connections.keys()) {
      connection.send({ type: 'goAway', deadlineMs, reason: 'draining', nodes: [] });
    }
  }

  /** Closes every connection and ends every session. */
  stop(): void {
    const { code } = CLOSE_CODES.going_away;
    for (const connection of this.#connections.keys()) connection.close(code, 'the gateway stops');
    for (const app of this.#apps.all()) app.elsewhere?.leave();
    this.#sessions.clear();
  }
}

/** The session that HELLO asks for, none where it cannot be read: its connection is told why. */
function sessionOf(hello: Uint8Array): Uint8Array {
  try {
    const frame = new FrameDecoder().decode(hello);
    return frame?.type === 'hello' ? frame.session : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}
