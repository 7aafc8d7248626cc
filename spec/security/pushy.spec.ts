import { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { PushyClient, startPushy, trigger } from '../gateway/protocols/pushy/pushy-client';
import { ask } from '../support/fallback-client';
import { ManualClock } from '../support/manual-clock';
import { RawSocket, upgradeRequest } from '../support/raw-socket';
import { turns, until } from '../support/until';

const PATH = '/pushy/socket/1';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

t.test('sessions of pushy without a request are small, limited, and gone soon', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const limits = { maxFallbackSessions: 600 };
  const gateway = await startPushy(t, { clock, limits });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const open = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) await ask(gateway.port, `${PATH}/session${i}/xhr`, {}, agent);
  };
  await open(0, 200);
  const before = heapBytes();
  await open(200, 600);
  const each = (heapBytes() - before) / 400;
  t.equal(gateway.socketCount, 600);
  t.ok(each < 4_096, `${Math.round(each)} bytes`);
  const refused = await ask(gateway.port, `${PATH}/session600/xhr_streaming`);
  t.strictSame([refused.status, refused.headers['retry-after']], [503, '10']);
  // Sessions wait for a receiver as long as `disconnect_delay` says.
  clock.advance(6_000);
  await until(() => gateway.socketCount === 0);
  t.equal((await ask(gateway.port, `${PATH}/session601/xhr`)).status, 200);
});

t.test('an upgrade on the paths of HTTP sessions of pushy is a bad request', async (t) => {
  const gateway = await startPushy(t);
  for (const action of ['xhr', 'xhr_streaming', 'xhr_send']) {
    for (const method of ['GET', 'POST']) {
      for (const upgrade of ['websocket', 'WEBSOCKET, x']) {
        const raw = await RawSocket.tcp(gateway.port);
        raw.write(
          upgradeRequest(`${PATH}/abcdefgh/${action}`)
            .replace('GET', method)
            .replace('Upgrade: websocket', `Upgrade: ${upgrade}`),
        );
        await until(() => raw.status !== 0);
        t.equal(raw.status, 400, `${method} ${action} ${upgrade}`);
        raw.destroy();
      }
    }
  }
  for (const path of ['/pushy/socket', '/pushy/socket/info', '/pushy/socket/websocket']) {
    t.equal((await RawSocket.upgrade(gateway.port, path)).status, 404, path);
  }
  t.equal((await RawSocket.upgrade(gateway.port, '/pushy/channel/a/trigger')).status, 404);
  const refused = await ask(gateway.port, `${PATH}/abcdefgh/websocket`, { method: 'GET' });
  t.equal(refused.status, 400, 'and so is a WebSocket path without an upgrade');
  t.equal(gateway.socketCount, 0);
});

t.test('every page may read the answers of pushy, or only the pages of the app', async (t) => {
  const pushy = (prefix: string) => ({ secretKey: `secret-of-${prefix}`, sockjs: { prefix } });
  const { port } = await startPushy(t, {
    apps: [
      { id: '1', key: 'one', secret: 'x', pushy: pushy('/open') },
      {
        ...{ id: '2', key: 'two', secret: 'x', pushy: pushy('/strict') },
        allowedOrigins: ['https://good.example'],
      },
    ],
  });
  const rows = [
    ['/open', undefined, '*', undefined],
    ['/open', 'https://any.example', '*', undefined],
    ['/open', 'null', '*', undefined],
    ['/strict', undefined, undefined, 'Origin'],
    ['/strict', 'https://good.example', 'https://good.example', 'Origin'],
    ['/strict', 'https://good.example.evil', undefined, 'Origin'],
    ['/strict', 'http://good.example', undefined, 'Origin'],
    ['/strict', 'null', undefined, 'Origin'],
  ] as const;
  let n = 0;
  for (const [prefix, origin, allowed, vary] of rows) {
    const session = `${prefix}/1/session${n++}`;
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    for (const [method, path] of [
      ['GET', `${prefix}/info`],
      ['OPTIONS', `${session}/xhr`],
      ['POST', `${session}/xhr`],
      ['POST', `${session}/xhr_send`],
      ['GET', `${session}/xhr`],
    ] as const) {
      const answer = await ask(port, path, { method, headers });
      const about = `${method} ${path} ${origin}`;
      t.equal(answer.headers['access-control-allow-origin'], allowed, about);
      t.equal(answer.headers.vary, vary, about);
      t.notOk('access-control-allow-credentials' in answer.headers);
      t.notOk('set-cookie' in answer.headers);
    }
  }
});

t.test('names of channels leave nothing behind in pushy, however many they were', async (t) => {
  const limits = { maxSubscriptionsPerSecond: 1e9, maxBackChannelEventsPerSecond: 1e9 };
  const handles: number[] = [];
  const look = (_sockjs: unknown, _connection: unknown, data: unknown, channels: Lookup) => {
    const from = data as number;
    for (let n = from; n < from + 50_000; n++) {
      if (channels.get(`room-${n}`) !== undefined || channels.exists(`room-${n}`)) handles.push(n);
    }
  };
  const gateway = await startPushy(t, { limits, pushy: { commands: { look: look } } });
  const client = await PushyClient.connect(t, gateway.port);
  const use = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) {
      await client.subscribe(`room-${n}`);
      client.command('unsubscribe', { channel: `room-${n}` });
      await client.next('pushy:subscription-end');
    }
  };
  const settled = async (): Promise<number> => {
    await trigger(gateway.port, 'nobody', 'e');
    await turns(20);
    return heapBytes();
  };
  await use(0, 300);
  const before = await settled();
  await use(300, 1_300);
  for (let from = 0; from < 200_000; from += 50_000) {
    client.command('look', from);
    client.command('unsubscribe', { channel: 'none' });
    await client.next('pushy:error');
  }
  const left = (await settled()) - before;
  t.strictSame(handles, []);
  t.ok(left < before * 0.02, `${left} bytes are left of ${before}`);
});

interface Lookup {
  get(name: string): unknown;
  exists(name: string): boolean;
}
