import type { Test } from 'tap';
import { createClient, type Meta, type PipeClient, type PipeOptions } from '../../lib/index';
import type { Gateway } from '../../lib/gateway';
import type { Dial, Socket } from '../../lib/net/dial';
import { dialWebSocket } from '../../lib/net/web-socket';
import { FakeBrowser } from '../../lib/testing';
import { ManualClock } from './manual-clock';
import { settled } from './scripted-client';
import { SECRET } from './start-gateway';
import { until } from './until';

/** The dialler of one client: its connection can be cut, stay cut, and lead to another gateway afterwards. */
export class CuttableDialler {
  port: number;
  #up = true;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.port = port;
  }

  readonly dial: Dial = (url, options, handlers) => {
    if (!this.#up) throw new Error('the line is down');
    this.#socket = dialWebSocket(url.replace(/:\d+\//, `:${this.port}/`), options, handlers);
    return this.#socket;
  };

  /** Breaks the connection without a word, and lets no other one be made. */
  cut(): void {
    this.#up = false;
    this.#socket?.terminate();
  }

  mend(): void {
    this.#up = true;
  }
}

/** An event as a member heard it. */
export interface Heard {
  readonly member: string;
  readonly socketId: string;
  readonly n: number;
  readonly meta: Meta;
}

export interface JoinedMember {
  client: PipeClient;
  line: CuttableDialler;
}

/** Connects a client that is cut from the gateway when the test ends. */
export async function join(
  t: Pick<Test, 'teardown'>,
  { port }: { port: number },
  options: Partial<PipeOptions>,
  prepare: (client: PipeClient) => void,
): Promise<JoinedMember> {
  const line = new CuttableDialler(port);
  const client = createClient(
    {
      ...{ key: 'key', secret: SECRET, appId: '1', drainMs: 0 },
      backoff: { baseMs: 1, maxMs: 5 },
      ...options,
    },
    { dial: line.dial },
  );
  client.on('error', () => undefined);
  prepare(client);
  t.teardown(() => client.disconnect());
  await client.connect();
  return { client, line };
}

export async function browse(gateway: Gateway, count: number): Promise<FakeBrowser[]> {
  const browsers: FakeBrowser[] = [];
  const query = new URLSearchParams({ protocol: '7', client: 'fake-browser' });
  for (let i = 0; i < count; i += 1) {
    const credentials = { key: 'key', secret: SECRET };
    const open = (carrier: Parameters<Gateway['openSocket']>[2]) =>
      gateway.openSocket('key', query, carrier);
    const browser = new FakeBrowser(credentials, open);
    await browser.next('pusher:connection_established');
    browsers.push(browser);
  }
  return browsers;
}

/**
 * Waits until partitions that move between members have moved: an answer comes after every demand that was sent before
 * it, and a second one after the client's reply to those.
 */
export async function arranged(...members: JoinedMember[]): Promise<void> {
  for (let round = 1; round <= 2; round += 1) {
    await Promise.all(
      members.map(({ client }) => client.channel('nobody').publish('round', round)),
    );
  }
}

export const GRACE_MS = 10_000;
export const REVOKE_MS = 10_000;
export const WINDOW_MS = 120_000;

/** Records the events of all members in the order in which they heard them; `hold` keeps handlers running. */
export class MemberRecorder {
  readonly heard: Heard[] = [];
  readonly ended: Heard[] = [];
  readonly opened = new Map<string, string>();
  readonly closed = new Map<string, string | undefined>();
  readonly #held = new Map<string, Array<() => void>>();

  /** Listens as a member. */
  listen(member: string): (client: PipeClient) => void {
    return (client) => {
      client.subscribe(['socket_existence', 'socket_message']);
      client.sockets.on('open', (id) => void this.opened.set(id, member));
      client.sockets.on('close', (id, { reason }) => {
        this.opened.delete(id);
        this.closed.set(id, reason);
      });
      const handle = async (socketId: string, data: unknown, meta: Meta): Promise<void> => {
        const heard = { member, socketId, n: data as number, meta };
        this.heard.push(heard);
        const held = this.#held.get(member);
        if (held === undefined) await settled();
        else await new Promise<void>((resolve) => held.push(resolve));
        this.ended.push(heard);
      };
      client.sockets.on('event:n', handle);
      client.channels.on('event:n', (_channel, id, data, meta) => handle(id, data, meta));
    };
  }

  /** From here on the handlers of a member run until `release`. */
  hold(...members: string[]): void {
    for (const member of members) this.#held.set(member, []);
  }

  release(member: string): void {
    const held = this.#held.get(member) ?? [];
    this.#held.delete(member);
    for (const end of held) end();
  }

  /** `member n` of a socket, in order. */
  of(socketId: string): string[] {
    return this.heard
      .filter((heard) => heard.socketId === socketId)
      .map(({ member, n }) => `${member} ${n}`);
  }

  numbers(socketId: string): number[] {
    return this.heard.filter((heard) => heard.socketId === socketId).map(({ n }) => n);
  }

  by(member: string): Heard[] {
    return this.heard.filter((heard) => heard.member === member);
  }
}

/** Clients of the real day sign with its time. */
export function clockOfToday(): ManualClock {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  return clock;
}

/** The gateway has noticed that a connection is gone, and has so many left. */
export async function missed({ metrics }: Gateway, left: number): Promise<void> {
  let pipes: number | undefined;
  await until(() => {
    void metrics.registry
      .getSingleMetric('standpipe_pipes')
      ?.get()
      .then(({ values }) => {
        pipes = values[0]?.value;
      });
    return pipes === left;
  });
}

export const GROUP: Partial<PipeOptions> = { group: 'game' };
