import { randomBytes } from 'node:crypto';
import { type PipeRefusal, verifyPipeRequest } from '../../../pusher/pipe-signature';
import type { Clock } from '../../../util/timers';
import { CLOSE_CODES } from '../../../wire/close-codes';
import { WIRE_LIMITS } from '../../../wire/limits';
import type { Apps } from '../../core/model/app';
import { AppRates } from '../../core/features/app-rates';
import type { UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import type { PipeContext } from './context';
import { PipeConnection } from './connection';

const PATH = /^\/pipe\/([^/]+)$/;
const SUBPROTOCOL = 'standpipe.v1';
const SCHEME = 'Standpipe ';

type RefusalCode = PipeRefusal | 'unknown_app' | 'app_disabled' | 'bad_subprotocol' | 'too_many';

/**
 * The opening of a Pipe: `GET /pipe/<app id>`, signed. A bad request is refused in the HTTP answer, with a message that
 * says what to fix: a backend that was accepted and then closed would dial again without end.
 */
export class PipeHandshake {
  readonly #context: PipeContext;
  readonly #apps: Apps;
  readonly #clock: Clock;
  /** Of connects that were in order: what each of them begins with, its snapshot, costs more than its signature. */
  readonly #rates = new AppRates();

  constructor(context: PipeContext, apps: Apps, clock: Clock) {
    this.#context = context;
    this.#apps = apps;
    this.#clock = clock;
  }

  /** Undefined when the path is not one of this protocol's. */
  upgrade({ path, query, headers }: UpgradeRequest): UpgradeDecision | undefined {
    const id = PATH.exec(path)?.[1];
    if (id === undefined) return undefined;
    const app = this.#apps.byId(id);
    const authorization = headers.get('authorization');
    const params = authorization?.startsWith(SCHEME) ? authorization.slice(SCHEME.length) : query;
    const verdict = verifyPipeRequest({
      params,
      path,
      secretOf: (key) => (app?.key === key ? app.secret : undefined),
      nowS: Math.floor(this.#clock.wall() / 1000),
    });
    if (app === undefined) {
      return refuse(404, 'unknown_app', 'no app has this id; check appId and the gateway’s apps');
    }
    if (!verdict.ok) {
      // The client corrects its signature by this clock.
      const headers = { Date: new Date(this.#clock.wall()).toUTCString() };
      return { ...refuse(401, verdict.code, verdict.message), headers };
    }
    if (!app.options.enabled) return refuse(403, 'app_disabled', 'this app is switched off');
    const offered = headers.get('sec-websocket-protocol')?.split(',') ?? [];
    if (!offered.some((each) => each.trim() === SUBPROTOCOL)) {
      return refuse(400, 'bad_subprotocol', `offer the WebSocket subprotocol ${SUBPROTOCOL}`);
    }
    const { maxPipes, maxPipeConnectsPerSecond: rate } = this.#context.limits;
    if (this.#context.pipesOf(app) >= maxPipes) {
      const message = `this app has ${maxPipes} backends connected, which is its limit`;
      return { ...refuse(503, 'too_many', message), headers: { 'Retry-After': '5' } };
    }
    if (!this.#rates.take(app, { rate, burst: maxPipes }, this.#clock.now())) {
      const message = `backends of this app connect more often than ${rate} times a second`;
      return { ...refuse(503, 'too_many', message), headers: { 'Retry-After': '1' } };
    }
    const nonce = randomBytes(16).toString('base64url');
    return {
      maxPayloadBytes: WIRE_LIMITS.maxFrameBytes,
      slowCode: CLOSE_CODES.too_slow.code,
      subprotocol: SUBPROTOCOL,
      headers: { 'Standpipe-Nonce': nonce },
      accept: (carrier) => {
        carrier.session = new PipeConnection(this.#context, app, carrier, nonce);
      },
    };
  }
}

function refuse(
  status: number,
  code: RefusalCode,
  message: string,
): { refuse: number; body: string } {
  return { refuse: status, body: `${JSON.stringify({ error: { code, message } })}\n` };
}
