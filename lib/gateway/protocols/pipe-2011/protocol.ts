import { CloseCode } from '../../../pusher/close-codes';
import { WIRE_LIMITS } from '../../../wire/limits';
import type { UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import { PIPE_OFF } from '../../core/admission';
import type { App, Apps, AppsChange } from '../../core/model/app';
import { forbidden } from '../../core/model/app-keys';
import type { Parts } from '../../core/parts';
import type { Protocol } from '../protocol';
import { Pipe2011Connection } from './connection';
import type { Subscription } from './requests';
import { verifySignature } from './signature';

/** A path that no app could have is one of this protocol's too, so that a signed request is not taken for a browser's. */
const PATH = /^\/app\/(.*)$/;
/** Parameters by which a backend of 2011 is told from a browser, which has the same path. */
const MARKS = ['auth_key', 'auth_signature', 'protocol_version'];
const VERSION = '0.2';
/** The client that says no version (0.0.6) does not subscribe, and hears everything. */
const WITHOUT_VERSION: readonly Subscription[] = ['socket_existence', 'socket_message'];

/**
 * Pipe 0.2, the protocol of `pusher-pipe` 0.0.6 and 0.0.10: `GET /app/<app id>?auth_key=…&auth_signature=…`, JSON in text
 * frames. It stands before the Channels protocol. A bad request is refused in the HTTP answer: the client of 2011 would
 * take a close for a reason to come back at once, without end.
 */
export class Pipe2011 implements Protocol {
  readonly entrance = 'pipe_2011';
  readonly #parts: Parts;
  readonly #apps: Apps;
  readonly #connections = new Set<Pipe2011Connection>();

  constructor(parts: Parts, apps: Apps) {
    this.#parts = parts;
    this.#apps = apps;
  }

  get behind(): boolean {
    for (const connection of this.#connections) if (connection.behind) return true;
    return false;
  }

  /** Undefined when the path, or its query, is not one of this protocol's. */
  upgrade(request: UpgradeRequest): UpgradeDecision | undefined {
    const id = PATH.exec(request.path)?.[1];
    if (id === undefined) return undefined;
    const params = new URLSearchParams(request.query);
    if (!MARKS.some((name) => params.has(name))) return undefined;
    const app = this.#apps.byId(id);
    const decision = this.#decide(app, params, request);
    return 'refuse' in decision ? { ...decision, app: app?.id } : decision;
  }

  /** The client of 2011 comes back when its connection ends, and gives up when it is answered. */
  takesAnswersForFinal({ path, query }: Pick<UpgradeRequest, 'path' | 'query'>): boolean {
    return PATH.test(path) && new URLSearchParams(query).has('auth_signature');
  }

  #decide(
    app: App | undefined,
    params: URLSearchParams,
    { path, signable, query }: UpgradeRequest,
  ): UpgradeDecision {
    const { limits, clock, admission } = this.#parts;
    const fault = verifySignature({
      query,
      paths: signable,
      secretOf: (key) => app?.keys.secretOf(key),
      nowS: clock.wall() / 1000,
      toleranceS: limits.signatureToleranceMs / 1000,
    });
    if (app === undefined) return refusedUpgrade(404, 'no app has this id; check app_id');
    if (fault !== undefined) return refusedUpgrade(401, fault);
    const key = app.keys.find(params.get('auth_key') ?? '');
    const why = key && forbidden(key, 'pipe');
    if (why !== undefined) return refusedUpgrade(403, why);
    if (!app.options.enabled) return refusedUpgrade(403, 'this app is switched off');
    if (!app.options.pipe) return refusedUpgrade(403, PIPE_OFF);
    const version = params.get('protocol_version');
    if (version !== null && version !== VERSION) {
      return refusedUpgrade(400, `protocol_version must be ${VERSION}, or be left out`);
    }
    const refusal = admission.backendRefusal(app);
    if (refusal !== undefined) {
      const headers = { 'Retry-After': String(refusal.retryAfterS) };
      const unanswered = this.takesAnswersForFinal({ path, query });
      return { refuse: 503, body: `${refusal.message}\n`, headers, unanswered };
    }
    return {
      maxPayloadBytes: WIRE_LIMITS.maxFrameBytes,
      slowCode: CloseCode.OVER_CAPACITY,
      isBackend: true,
      accept: (carrier) => {
        app.backends++;
        if (key !== undefined) key.uses++;
        const connection = new Pipe2011Connection(this.#parts, {
          app,
          key: key?.key ?? app.key,
          carrier,
          subscriptions: version === null ? WITHOUT_VERSION : [],
          closed: (gone) => {
            if (this.#connections.delete(gone)) app.backends--;
          },
        });
        this.#connections.add(connection);
        carrier.session = connection;
      },
    };
  }

  reload({ removed }: AppsChange): void {
    for (const connection of [...this.#connections]) {
      const { app, key } = connection;
      const isGone = removed.includes(app) || !app.options.enabled;
      if (!isGone && app.keys.find(key)?.permissions.includes('pipe') === true) continue;
      const what = isGone ? 'app is gone or switched off' : 'key no longer opens a Pipe';
      connection.close(CloseCode.RECONNECT, `The ${what}`);
    }
  }

  stop(): void {
    for (const connection of [...this.#connections]) {
      connection.close(CloseCode.RECONNECT, 'The gateway stops');
    }
  }
}

function refusedUpgrade(status: number, message: string): UpgradeDecision {
  return { refuse: status, body: `${message}\n` };
}
