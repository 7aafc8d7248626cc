import { createHash } from 'node:crypto';
import SockJS from 'sockjs-client';
import type { Test } from 'tap';
import type { Gateway } from '../../../../lib/gateway';
import { type StartOptions, startGateway } from '../../../support/start-gateway';
import { type Answer, ask } from '../../../support/fallback-client';

export const PUSHY_SECRET = 'secret-of-pushy';

export interface PushyEvent {
  event: string;
  channel?: string;
  data: unknown;
}

/** A gateway whose app has pushy switched on. */
export function startPushy(
  t: Pick<Test, 'teardown'>,
  { app, ...options }: StartOptions = {},
): Promise<Gateway> {
  return startGateway(t, { ...options, app: { pushy: { secretKey: PUSHY_SECRET }, ...app } });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An unmodified sockjs-client that speaks pushy. */
export class PushyClient {
  id = '';
  protocol = '';
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: SockJS;
  readonly #events: PushyEvent[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  private constructor(socket: SockJS) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.#events.push(JSON.parse(data) as PushyEvent);
      this.#wake?.();
    };
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => {
        this.#isClosed = true;
        resolve({ code, reason });
        this.#wake?.();
      };
    });
  }

  /** Opens a connection and reads its `pushy:connect`. */
  static async connect(
    t: Pick<Test, 'teardown'>,
    port: number,
    { transports = 'websocket', prefix = '/pushy/socket', host = 'http://127.0.0.1' } = {},
  ): Promise<PushyClient> {
    const client = new PushyClient(new SockJS(`${host}:${port}${prefix}`, null, { transports }));
    t.teardown(() => client.close());
    const { socketId, protocol } = (await client.next('pushy:connect')).data as {
      socketId: string;
      protocol: string;
    };
    client.id = socketId;
    client.protocol = protocol;
    return client;
  }

  /** The next event, which must have this name. */
  async next(event: string): Promise<PushyEvent> {
    for (;;) {
      const found = this.#events.shift();
      if (found?.event === event) return found;
      if (found !== undefined) throw new Error(`${event} expected: ${JSON.stringify(found)}`);
      if (this.#isClosed) throw new Error(`closed before ${event}`);
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  command(command: string, data?: unknown): void {
    this.text(JSON.stringify({ command, data }));
  }

  text(text: string): void {
    this.#socket.send(text);
  }

  /** Subscribes, signed where the channel asks for it, and reads the answer. */
  async subscribe(channel: string, data?: string): Promise<PushyEvent> {
    const auth = /^private-/i.test(channel) ? this.auth(channel, data) : undefined;
    this.command('SUBSCRIBE', { channel, auth, data });
    return this.next('pushy:subscription-success');
  }

  /** The signature of a subscription of this client. */
  auth(channel: string, data?: string): string {
    const about = data === undefined ? '' : `:${JSON.stringify(data)}`;
    return sha256(`${this.id}:${channel.toLowerCase()}${about}:${PUSHY_SECRET}`);
  }

  close(): void {
    this.#socket.close();
  }
}

export interface TriggerOptions {
  body?: string;
  /** Text that is signed in place of the body. */
  signedBody?: string;
  type?: string;
  timestamp?: string | number;
  secret?: string;
  socketId?: string;
  method?: string;
}

/** Triggers an event as an application does. */
export function trigger(
  port: number,
  channel: string,
  event: string,
  {
    body = '',
    signedBody = body === '' ? '{}' : body,
    type = 'application/json',
    timestamp = Math.floor(Date.now() / 1000),
    secret = PUSHY_SECRET,
    socketId,
    method = 'POST',
  }: TriggerOptions = {},
): Promise<Answer> {
  const key = sha256(`${channel.toLowerCase()}:${event}:${timestamp}:${signedBody}:${secret}`);
  const query = new URLSearchParams({
    event,
    timestamp: String(timestamp),
    auth_key: key,
    ...(socketId !== undefined && { socket_id: socketId }),
  });
  const path = `/pushy/channel/${encodeURIComponent(channel)}/trigger?${query.toString()}`;
  return ask(port, path, { method, body, headers: { 'Content-Type': type } });
}
