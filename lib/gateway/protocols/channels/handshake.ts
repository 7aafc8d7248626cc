import { CloseCode, RESTARTS, precedesWithError } from '../../../pusher/close-codes';
import * as messages from '../../../pusher/messages';
import type { Apps } from '../../core/model/app';
import { type AppKey, forbidden } from '../../core/model/app-keys';
import type { Carrier, UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import type { ConnectionRefusal } from '../../core/admission';
import { closeReason, type Refused } from '../../core/journal';
import { Socket } from '../../core/model/socket';
import type { ChannelsContext } from './context';
import { ChannelsSession } from './session';
import type { Protocol } from '../protocol';

const PREFIX = '/app/';
const OLDEST_PROTOCOL = 4;
const NEWEST_PROTOCOL = 7;

/** Before the upgrade, which is most of the work. */
const OVERLOADED: UpgradeDecision = {
  refuse: 503,
  body: 'Over capacity\n',
  headers: { 'Retry-After': '10' },
};

/**
 * The opening of a Channels connection: `/app/<key>?protocol=7&…`. Refusals are told after the upgrade, by a
 * close code: browsers see an HTTP refusal only as 1006 and would come back for ever.
 */
export class ChannelsHandshake implements Protocol {
  readonly entrance = 'channels';
  readonly #context: ChannelsContext;
  readonly #apps: Apps;
  #draining = false;

  constructor(context: ChannelsContext, apps: Apps) {
    this.#context = context;
    this.#apps = apps;
  }

  /** Browsers that come from now on are told to come back after a second. */
  drain(): void {
    this.#draining = true;
  }

  stop(): void {
    this.drain();
  }

  /** Undefined when the path is not one of this protocol's. */
  upgrade({ path, query, headers }: UpgradeRequest): UpgradeDecision | undefined {
    if (!path.startsWith(PREFIX)) return undefined;
    const key = path.slice(PREFIX.length).replace(/\/$/, '');
    // Path of the fallback, whose own prefix is the gateway's too.
    if (/\/xhr(_[a-z]+)?$/.test(key)) return undefined;
    if (this.#context.overload.overloaded) return OVERLOADED;
    return {
      maxPayloadBytes: this.#context.limits.maxMessageBytes,
      slowCode: CloseCode.OVER_CAPACITY,
      accept: (carrier) => {
        const origin = headers.get('origin');
        const session = this.open(key, new URLSearchParams(query), carrier, origin);
        if (session !== undefined) carrier.session = session;
      },
    };
  }

  /** Starts a session on a carrier, or refuses it with a close code and returns undefined. */
  open(
    key: string,
    query: URLSearchParams,
    carrier: Carrier,
    origin?: string,
  ): ChannelsSession | undefined {
    const context = this.#context;
    const app = this.#apps.byKey(key);
    const opener = app?.keys.find(key);
    const protocol = Number(query.get('protocol'));
    const refusal =
      (this.#draining ? { code: CloseCode.OVER_CAPACITY, message: RESTARTS } : undefined) ??
      versionRefusal(query) ??
      (app === undefined
        ? { code: CloseCode.APP_UNKNOWN, message: `App key ${key.slice(0, 64)} does not exist` }
        : (keyRefusal(opener) ?? context.admission.socketRefusal(app, origin)));
    if (app === undefined || refusal !== undefined) {
      const { code, message } = refusal as ConnectionRefusal;
      const reason = closeReason(code);
      const refused: Refused = { entrance: 'channels', reason, app: app?.id, message };
      const { remoteAddress } = carrier;
      context.journal.refused(refused, { code, remoteAddress, origin });
      closeRefused(carrier, { code, message }, protocol);
      return undefined;
    }
    if (opener !== undefined) opener.uses++;
    const socket = new Socket(app, context.hub.newId(app), protocol, carrier);
    const timeoutS = Math.max(1, Math.round(context.limits.activityTimeoutMs / 1000));
    context.send(socket, messages.connectionEstablished(socket.id, timeoutS));
    context.metrics.socketsOpened++;
    if (context.journal.isRead) {
      const about = { app: app.id, socket: socket.id, remoteAddress: carrier.remoteAddress };
      const client = `${query.get('client') ?? ''} ${query.get('version') ?? ''}`.slice(0, 100);
      context.journal.note({ ...about, protocol, client: client.trim() }, 'socket opened');
    }
    context.hub.open(socket);
    return new ChannelsSession(context, carrier, socket);
  }
}

/** The rule that the key of the path must be one for browsers. */
function keyRefusal(opener: AppKey | undefined): ConnectionRefusal | undefined {
  const message = opener && forbidden(opener, 'browsers');
  return message === undefined ? undefined : { code: CloseCode.UNAUTHORIZED, message };
}

/** The rules about the parameters `protocol` and `version` of the Channels protocol. */
function versionRefusal(query: URLSearchParams): ConnectionRefusal | undefined {
  const protocol = query.get('protocol');
  if (protocol === null) {
    return { code: CloseCode.NO_PROTOCOL, message: 'No protocol version supplied' };
  }
  const version = Number(protocol);
  if (!/^\d{1,3}$/.test(protocol) || version < OLDEST_PROTOCOL || version > NEWEST_PROTOCOL) {
    const message = `Unsupported protocol version: use ${OLDEST_PROTOCOL} to ${NEWEST_PROTOCOL}`;
    return { code: CloseCode.UNSUPPORTED_PROTOCOL, message };
  }
  const library = query.get('version');
  if (library !== null && !/^[A-Za-z0-9.+_-]{0,64}$/.test(library)) {
    return { code: CloseCode.BAD_VERSION, message: 'Invalid version string format' };
  }
  return undefined;
}

function closeRefused(
  carrier: Carrier,
  { code, message }: ConnectionRefusal,
  protocol: number,
): void {
  if (precedesWithError(code, protocol)) {
    carrier.write(carrier.encoder.encode([messages.errorMessage(code, message)]).bytes);
  }
  carrier.close(code, message);
}
