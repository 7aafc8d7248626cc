import { randomBytes } from 'node:crypto';
import { type PipeRefusal, verifyPipeRequest } from '../../../pusher/pipe-signature';
import { CLOSE_CODES } from '../../../wire/close-codes';
import { WIRE_LIMITS } from '../../../wire/limits';
import { ERROR_HEADER, NONCE_HEADER, SUBPROTOCOL } from '../../../wire/opening';
import type { App, Apps } from '../../core/model/app';
import { forbidden } from '../../core/model/app-keys';
import type { Carrier, UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import { PIPE_OFF } from '../../core/admission';
import type { PipeContext } from './context';

const PATH = /^\/pipe\/([^/]+)$/;
/** The scheme of the Authorization header, compared without case (RFC 9110, section 11.1). */
const CREDENTIALS = /^standpipe +(.*)$/i;

type RefusalCode =
  | PipeRefusal
  | 'unknown_app'
  | 'app_disabled'
  | 'pipe_off'
  | 'no_permission'
  | 'bad_subprotocol'
  | 'bad_origin'
  | 'too_many';

/**
 * The opening of a Pipe: `GET /pipe/<app id>`, signed. A bad request is refused in the HTTP answer, with a message that
 * says what to fix: a backend that was accepted and then closed would dial again without end.
 */
export class PipeHandshake {
  readonly #context: PipeContext;
  readonly #apps: Apps;
  readonly #accept: (app: App, key: string, carrier: Carrier, nonce: string) => void;

  /** @param accept a connection is open, by a key of the app; `nonce` is the challenge that its HELLO must answer. */
  constructor(
    context: PipeContext,
    apps: Apps,
    accept: (app: App, key: string, carrier: Carrier, nonce: string) => void,
  ) {
    this.#context = context;
    this.#apps = apps;
    this.#accept = accept;
  }

  /** Undefined when the path is not one of this protocol's. */
  upgrade(request: UpgradeRequest): UpgradeDecision | undefined {
    const id = PATH.exec(request.path)?.[1];
    if (id === undefined) return undefined;
    const app = this.#apps.byId(id);
    const decision = this.#decide(app, request);
    return 'refuse' in decision ? { ...decision, app: app?.id } : decision;
  }

  #decide(
    app: App | undefined,
    { path, signable, query, headers }: UpgradeRequest,
  ): UpgradeDecision {
    // A Pipe needs the secret, which is for servers: an upgrade with an Origin comes from a visited web page.
    if (headers.has('origin'))
      return refusedUpgrade(403, 'bad_origin', 'a Pipe is not for web pages');
    const authorization = headers.get('authorization');
    const params = authorization === undefined ? query : CREDENTIALS.exec(authorization)?.[1];
    if (params === undefined) {
      const message =
        'the scheme of Authorization must be Standpipe, or leave the header out and sign the query';
      return refusedUpgrade(401, 'missing_parameter', message);
    }
    const verify = (received = path): ReturnType<typeof verifyPipeRequest> =>
      verifyPipeRequest({
        params,
        path: received,
        secretOf: (key) => app?.keys.secretOf(key),
        nowS: Math.floor(this.#context.clock.wall() / 1000),
      });
    const verdicts = signable.map(verify);
    // A refusal tells of the path as it was received.
    const verdict = verdicts.find(({ ok }) => ok) ?? verdicts[0] ?? verify();
    if (app === undefined) {
      return refusedUpgrade(
        404,
        'unknown_app',
        'no app has this id; check appId and the gateway’s apps',
      );
    }
    if (!verdict.ok) {
      // The client corrects its signature by this clock.
      const date = new Date(this.#context.clock.wall()).toUTCString();
      return refusedUpgrade(401, verdict.code, verdict.message, { Date: date });
    }
    const key = app.keys.find(verdict.key);
    const why = key && forbidden(key, 'pipe');
    if (why !== undefined) return refusedUpgrade(403, 'no_permission', why);
    if (!app.options.enabled)
      return refusedUpgrade(403, 'app_disabled', 'this app is switched off');
    if (!app.options.pipe) return refusedUpgrade(403, 'pipe_off', PIPE_OFF);
    const offered = headers.get('sec-websocket-protocol')?.split(',') ?? [];
    if (!offered.some((each) => each.trim() === SUBPROTOCOL)) {
      return refusedUpgrade(
        400,
        'bad_subprotocol',
        `offer the WebSocket subprotocol ${SUBPROTOCOL}`,
      );
    }
    const refusal = this.#context.admission.backendRefusal(app);
    if (refusal !== undefined) {
      const { message, retryAfterS } = refusal;
      return refusedUpgrade(503, 'too_many', message, { 'Retry-After': String(retryAfterS) });
    }
    const nonce = randomBytes(16).toString('base64url');
    return {
      maxPayloadBytes: WIRE_LIMITS.maxFrameBytes,
      slowCode: CLOSE_CODES.too_slow.code,
      isBackend: true,
      subprotocol: SUBPROTOCOL,
      headers: { [NONCE_HEADER]: nonce },
      accept: (carrier) => {
        if (key !== undefined) key.uses++;
        this.#accept(app, verdict.key, carrier, nonce);
      },
    };
  }
}

function refusedUpgrade(
  status: number,
  code: RefusalCode,
  message: string,
  headers: Record<string, string> = {},
): UpgradeDecision {
  const body = `${JSON.stringify({ error: { code, message } })}\n`;
  return { refuse: status, reason: code, body, headers: { ...headers, [ERROR_HEADER]: code } };
}
