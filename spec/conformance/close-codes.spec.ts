import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { type WebSocket, WebSocketServer } from 'ws';
import { createClient } from '../../lib';
import { CloseCode } from '../../lib/pusher/close-codes';
import { verdictOf } from '../../lib/subscriber/connection/verdict';
import { ManualClock } from '../support/manual-clock';
import { SECRET, startGateway } from '../support/start-gateway';
import { NodeTabs } from './node-tabs';
import type { Tab } from './tab';

const GREETING = JSON.stringify({
  event: 'pusher:connection_established',
  data: JSON.stringify({ socket_id: '1.1', activity_timeout: 120 }),
});

/** Reaction of pusher-js to a close: its delay before it comes back, in ms, and its state. */
interface Verdict {
  waitMs: number | undefined;
  state: string;
  secure: boolean;
}

const verdict = (tab: Tab): Promise<Verdict> =>
  tab.run(async ({ pusher, until, retries }) => {
    await until(() => retries().length > 0 || pusher.connection.state === 'disconnected');
    const waits = retries();
    const { state } = pusher.connection;
    const waitMs = waits.length === 0 ? undefined : Math.min(...waits);
    return { waitMs, state, secure: pusher.connection.isUsingTLS() };
  });

const firstError = (tab: Tab): Promise<unknown> => tab.run(({ errors }) => errors[0]);

function open(tabs: NodeTabs, port: number, key = 'key'): Promise<Tab> {
  return tabs.open(key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    wssPort: port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
  });
}

/** A server that closes a connection as its key says: `greeted-4100` after the handshake, `refused-4001` in its place. */
async function startCloser(t: Pick<Test, 'teardown'>): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const seen = new Set<string>();
  server.on('connection', (socket: WebSocket, { url = '' }) => {
    const [, key = '', when = '', code = ''] = /\/app\/((\w+)-(\d+))/.exec(url) ?? [];
    if (when === 'greeted' || seen.has(key)) socket.send(GREETING);
    if (!seen.has(key)) socket.close(Number(code), 'as the spec says');
    seen.add(key);
  });
  t.teardown(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

t.test('pusher-js reacts to close codes as our subscriber does', async (t) => {
  const tabs = NodeTabs.start(t, '');
  const port = await startCloser(t);
  const waits = { never: undefined, backoff: 1000, now: 0, tls: 0 };
  for (const code of [4000, 4005, 4202, ...Object.values(CloseCode)]) {
    const expected = verdictOf(code);
    if (expected === undefined) throw new Error(`${code} has no class`);
    for (const when of ['greeted', 'refused']) {
      const tab = await open(tabs, port, `${when}-${code}`);
      const { waitMs, state, secure } = await verdict(tab);
      t.equal(waitMs, waits[expected], `${code}, ${when}: ${expected}`);
      t.equal(state === 'disconnected', expected === 'never');
      t.equal(secure, expected === 'tls');
      await tab.dispose();
    }
  }
});

t.test('pusher-js does not try again after a refusal for good', async (t) => {
  const tabs = NodeTabs.start(t, '');
  const { port } = await startGateway(t, {
    apps: [
      { id: '1', key: 'key', secret: SECRET },
      { id: '2', key: 'disabled', secret: SECRET, enabled: false },
      { id: '3', key: 'guarded', secret: SECRET, authorizedConnections: true },
    ],
    limits: { maxConnectionsPerApp: 1, authorizationTimeoutMs: 50 },
  });
  const welcome = await open(tabs, port);
  await welcome.id();
  for (const [key, code, message] of [
    ['unknown', 4001, /unknown/],
    ['disabled', 4003, /disabled/],
    ['key', 4004, /quota/],
    ['guarded', 4009, /./],
  ] as const) {
    const tab = await open(tabs, port, key);
    t.match(await verdict(tab), { waitMs: undefined, state: 'disconnected' }, `${code}`);
    t.match(await firstError(tab), { code, message }, 'and it says why');
  }
});

t.test(
  'a message that is too large costs the connection, and pusher-js is back after a second',
  async (t) => {
    const tabs = NodeTabs.start(t, '');
    const { port } = await startGateway(t);
    const tab = await open(tabs, port);
    const first = await tab.id();
    await tab.run(({ pusher }) => pusher.send_event('too large', 'x'.repeat(100_000)));
    t.match(await verdict(tab), { waitMs: 1000 });
    t.match(await firstError(tab), { code: 1009 });
    t.not(await tab.id(2), first);
  },
);

t.test('4201: a browser that slept is closed, and is back as soon as it wakes', async (t) => {
  const tabs = NodeTabs.start(t, '');
  const clock = new ManualClock({ turns: 'real' });
  const limits = { activityTimeoutMs: 2_000, pongTimeoutMs: 2_000 };
  const gateway = await startGateway(t, { clock, limits });
  const tab = await open(tabs, gateway.port);
  const first = await tab.id();
  tabs.signal('SIGSTOP');
  for (let silentS = 0; silentS < 4; silentS++) clock.advance(1_000);
  tabs.signal('SIGCONT');
  t.not(await tab.id(2), first);
  t.match(await verdict(tab), { waitMs: 0, state: 'connected' });
  t.match(await firstError(tab), { code: 4201, message: 'Pong reply not received' });
});

t.test('a browser that does not read is cut, and is back a second after it wakes', async (t) => {
  const sleepy = NodeTabs.start(t, '');
  const awake = NodeTabs.start(t, '');
  const gateway = await startGateway(t, { limits: { maxUnsentBytes: 64 * 1024 } });
  const { port } = gateway;
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port });
  t.teardown(() => client.disconnect());
  client.subscribe(['socket_existence']);
  await client.connect();
  const tab = await open(sleepy, port);
  const other = await open(awake, port);
  const first = await tab.id();
  await other.id();
  await other.subscribe('flood');
  await tab.subscribe('flood');
  const cut = new Promise<{ code: number | undefined }>((resolve) =>
    client.socket(first).on('close', resolve),
  );
  sleepy.signal('SIGSTOP');
  const data = 'x'.repeat(10_000);
  let sent = 0;
  let isCut = false;
  void cut.then(() => (isCut = true));
  while (!isCut) {
    sent++;
    await client.channel('flood').publish('data', data);
  }
  t.equal((await cut).code, 4100);
  t.equal(gateway.metrics.socketsCut, 1);
  t.equal((await other.take(sent)).length, sent, 'the others notice nothing');
  t.strictSame(await other.run(({ states }) => states), ['connecting', 'connected']);
  sleepy.signal('SIGCONT');
  t.match(await verdict(tab), { waitMs: 1000 });
  t.not(await tab.id(2), first);
});
