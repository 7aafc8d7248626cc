import { once } from 'node:events';
import { createHmac } from 'node:crypto';
import type { Test } from 'tap';
import * as Pipe from 'pusher-pipe';
import type { Client } from 'pusher-pipe';
import type { Gateway } from '../../../../lib/gateway';
import { Opcode, RawSocket } from '../../../support/raw-socket';
import { SECRET } from '../../../support/start-gateway';

/** Options of pusher-pipe for the app of the specs. */
export function optionsFor({ port }: Pick<Gateway, 'port'>, options: object = {}): object {
  return { key: 'key', secret: SECRET, app_id: 1, host: '127.0.0.1', port, ...options };
}

/** An unmodified client of 2011 that is connected, and disconnects when the test ends. */
export async function connectedPipe(
  t: Pick<Test, 'teardown'>,
  gateway: Pick<Gateway, 'port'>,
  options: object = {},
): Promise<Client> {
  const client = Pipe.createClient(optionsFor(gateway, options));
  t.teardown(() => client.disconnect());
  client.connect();
  await once(client, 'connected');
  return client;
}

/** Subscribes and resolves when the gateway has answered. */
export function subscribed(client: Client, events: string | string[]): Promise<unknown> {
  return new Promise((resolve, reject) =>
    client.subscribe(events, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

/** Path and query of an upgrade as pusher-pipe signs it. */
export function signedPath({
  appId = '1',
  key = 'key',
  secret = SECRET,
  timestampS = Math.floor(Date.now() / 1000),
  version = '0.2',
} = {}): string {
  const path = `/app/${appId}`;
  const protocol = version === undefined ? '' : `&protocol_version=${version}`;
  const query = `auth_key=${key}&auth_timestamp=${timestampS}&auth_version=1.0${protocol}`;
  const signature = createHmac('sha256', secret)
    .update(`WEBSOCKET\n${path}\n${query}`)
    .digest('hex');
  return `${path}?${query}&auth_signature=${signature}`;
}

export interface PipeFrame {
  id: string | number | null;
  error: { code: number; message: string } | null;
  result: unknown;
}

/** A backend that speaks Pipe 0.2 word by word. */
export class WirePipe {
  readonly raw: RawSocket;

  private constructor(raw: RawSocket) {
    this.raw = raw;
  }

  /** Connects, and reads the first frame. */
  static async connect(
    t: Pick<Test, 'teardown'>,
    port: number,
    signer?: { key: string; secret: string },
  ): Promise<WirePipe> {
    const raw = await RawSocket.upgrade(port, signedPath(signer));
    t.teardown(() => raw.destroy());
    const pipe = new WirePipe(raw);
    await pipe.next();
    return pipe;
  }

  async nextText(): Promise<string> {
    for (;;) {
      const frame = await this.raw.next();
      if (frame === undefined || frame.opcode === Opcode.CLOSE) {
        throw new Error(`closed with ${this.raw.close.code} ${this.raw.close.reason}`);
      }
      if (frame.opcode === Opcode.TEXT) return frame.payload.toString();
    }
  }

  async next(): Promise<PipeFrame> {
    return JSON.parse(await this.nextText()) as PipeFrame;
  }

  /** Sends a text and answers with the next frame. */
  async ask(text: string): Promise<PipeFrame> {
    this.raw.send(Opcode.TEXT, text);
    return this.next();
  }
}
