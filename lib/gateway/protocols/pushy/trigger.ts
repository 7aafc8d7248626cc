import { isUtf8 } from 'node:buffer';
import { isEventName, isReservedEvent, parseChannelName } from '../../../pusher/channel-name';
import { MAX_LEVELS, measureJson, parseJson } from '../../../pusher/json';
import { AppRates } from '../../core/features/app-rates';
import type { Parts } from '../../core/parts';
import { sendAnswer } from '../../http/answer';
import { readBody } from '../../http/body';
import type { Exchange } from '../../http/exchange';
import type { PushyContext } from './context';
import { readForm } from './form';
import { verifyTrigger } from './signature';

const PATH = /^\/pushy\/channel\/([^/]+)\/trigger$/;
/** Bytes that a byte of data may take in a body: `\u0061` in JSON. */
const ESCAPE_BYTES = 6;
const MAX_SHOWN_LENGTH = 128;
const MAX_SOCKET_ID_LENGTH = 200;
const NO_DATA = 'The body must be a JSON object or array, or a form';

/** Status of the answer, and the code and message of its error. */
interface TriggerError {
  status: number;
  code: string;
  message: string;
}

/** The parameters of a trigger, checked. */
interface Trigger {
  channel: string;
  event: string;
  timestampS: number;
  authKey: string;
  socketId: string | undefined;
}

/** `POST /pushy/channel/<name>/trigger`. The app is the one whose secret has signed it. */
export class Triggers {
  readonly #parts: Parts;
  readonly #apps: () => readonly PushyContext[];
  readonly #rates = new AppRates();

  constructor(parts: Parts, apps: () => readonly PushyContext[]) {
    this.#parts = parts;
    this.#apps = apps;
  }

  /** False when the path is another one. */
  request(exchange: Exchange): boolean {
    const name = PATH.exec(exchange.path)?.[1];
    if (name === undefined) return false;
    const { request, response } = exchange;
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      sendError(exchange, refusal(405, 'Method not allowed: use POST'));
      return true;
    }
    const { maxRequestBytes, maxEventDataBytes } = this.#parts.limits;
    // The signature is over the data as they are written anew, so that anybody's body is parsed.
    const maxBytes = Math.min(maxRequestBytes, maxEventDataBytes * ESCAPE_BYTES);
    readBody(
      request,
      { maxBytes },
      (body) => this.#trigger(exchange, name, body),
      ({ status }) => {
        const message =
          status === 413 ? `The body exceeds ${maxBytes} bytes` : 'The body is encoded';
        sendError(exchange, refusal(status, message));
      },
    );
    return true;
  }

  #trigger(exchange: Exchange, name: string, bytes: Buffer): void {
    const { limits, clock, router } = this.#parts;
    const trigger = readTrigger(name, exchange.query);
    if ('status' in trigger) return sendError(exchange, trigger);
    const { channel, event, timestampS, authKey, socketId } = trigger;
    const awayS = Math.abs(Math.round(clock.wall() / 1000) - timestampS);
    const toleranceS = limits.signatureToleranceMs / 1000;
    if (!(awayS < toleranceS)) {
      const message = `Timestamp out of bounds (${toleranceS} seconds)`;
      return sendError(exchange, { status: 403, code: '501', message });
    }
    const type = exchange.request.headers['content-type'] ?? '';
    const read = readData(bytes, type, limits.maxEventDataBytes);
    if ('status' in read) return sendError(exchange, read);
    const { json: body } = read;
    const signed = { channel, event, timestampS, body, authKey };
    const apps = this.#apps();
    const matches = apps.map(({ options }) => verifyTrigger(signed, options.secretKey));
    const context = apps[matches.indexOf(true)];
    if (context === undefined) {
      const message = `Invalid credentials (${authKey.slice(0, MAX_SHOWN_LENGTH)})`;
      return sendError(exchange, refusal(403, message));
    }
    const { app } = context;
    const bad = this.#refusal(context, trigger, body);
    if (bad !== undefined) return sendError(exchange, bad);
    const status = app.channels.has(channel) ? 201 : 200;
    void router.publish(app, {
      channel,
      event,
      data: body,
      except: socketId === undefined ? undefined : [socketId],
    });
    const answer = JSON.stringify({ status: { code: status, message: 'Ok' } });
    sendAnswer(exchange, { status, body: answer });
  }

  /** Reasons that only the holder of the secret is told. */
  #refusal(
    { app }: PushyContext,
    { channel, event }: Trigger,
    body: string,
  ): TriggerError | undefined {
    const { limits, clock } = this.#parts;
    if (!app.options.enabled) return refusal(403, 'Application disabled');
    const { maxRequestsPerSecond: rate } = app.options;
    if (rate !== undefined && !this.#rates.take(app, { rate, burst: rate }, clock.now())) {
      return refusal(429, `Too many requests: the limit is ${rate} per second`);
    }
    const kind = parseChannelName(channel, limits.maxChannelNameLength);
    if (kind === undefined || kind.user !== undefined) return refusal(400, 'Invalid channel name');
    if (!isEventName(event, limits.maxEventNameLength) || isReservedEvent(event)) {
      return refusal(400, 'Invalid event name');
    }
    const max = limits.maxEventDataBytes;
    return Buffer.byteLength(body) > max ? tooLarge(max) : undefined;
  }
}

function readTrigger(name: string, query: string): Trigger | TriggerError {
  const params = new URLSearchParams(query);
  const one = (key: string): string | undefined => {
    const [value, ...more] = params.getAll(key);
    return more.length === 0 && value !== '' ? value : undefined;
  };
  const [event, authKey, timestamp] = [one('event'), one('auth_key'), one('timestamp')];
  const channel = decoded(name)?.toLowerCase();
  const isMissing = [event, authKey, timestamp, channel].includes(undefined);
  if (isMissing || params.getAll('socket_id').length > 1) {
    return refusal(400, 'Missing required parameters');
  }
  // The parts are joined with colons when they are signed: `a:b` and `c` would be signed like `a` and `b:c`.
  if (`${channel}${event}`.includes(':')) {
    const message = 'A channel or event must not have a colon in its name';
    return refusal(403, message);
  }
  const socketId = one('socket_id');
  return {
    channel: channel as string,
    event: event as string,
    authKey: authKey as string,
    timestampS: /^\d{1,12}$/.test(timestamp as string) ? Number(timestamp) : NaN,
    socketId: socketId?.slice(0, MAX_SOCKET_ID_LENGTH),
  };
}

/** The one segment of a path, decoded once. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** A body as JSON text, written anew as it was signed; a body of another type counts as empty. */
function readData(bytes: Buffer, type: string, maxBytes: number): { json: string } | TriggerError {
  if (bytes.length === 0) return { json: '{}' };
  if (!isUtf8(bytes)) return refusal(400, NO_DATA);
  const text = bytes.toString();
  let value: unknown = {};
  if (/^application\/json\b/i.test(type)) {
    const { levels, marks } = measureJson(text);
    if (levels > MAX_LEVELS) return refusal(400, `The body has more than ${MAX_LEVELS} levels`);
    // Each mark is a byte of the data too.
    if (marks > maxBytes) return tooLarge(maxBytes);
    value = parseJson(text);
  } else if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    value = readForm(text);
    if (typeof value === 'string') return refusal(400, value);
  }
  if (typeof value !== 'object' || value === null) return refusal(400, NO_DATA);
  return { json: JSON.stringify(value) };
}

function refusal(status: number, message: string): TriggerError {
  return { status, code: String(status), message };
}

function tooLarge(maxBytes: number): TriggerError {
  return refusal(413, `The data is larger than ${maxBytes} bytes`);
}

function sendError(exchange: Exchange, { status, code, message }: TriggerError): void {
  sendAnswer(exchange, { status, body: JSON.stringify({ error: { code, message } }) });
}
