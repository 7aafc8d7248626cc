import crypto from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { hmacHex, safeEqual, verifyChannelAuth } from '../../lib/pusher/signature';
import { ManualClock } from '../support/manual-clock';
import { frame, Opcode } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

const ROOM = 'presence-room';
const DATA = '{"user_id":"me"}';

t.test('a signature holds for its socket, channel and data only', async (t) => {
  const { port } = await startGateway(t);
  const [a, b] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  const right = a.auth(ROOM, DATA);
  const digest = right.slice('key:'.length);
  const rows: Record<string, { auth: string; channel?: string; channelData?: string }> = {
    'of another socket': { auth: b.auth(ROOM, DATA) },
    'of another channel': { auth: a.auth('presence-other', DATA) },
    'for another channel': { auth: right, channel: 'presence-other' },
    'for a channel of another case': { auth: right, channel: 'presence-Room' },
    'for a private channel': { auth: right, channel: 'private-room' },
    'without the data': { auth: a.auth(ROOM) },
    'with other data': { auth: right, channelData: '{"user_id":"you"}' },
    'with the data spelled otherwise': { auth: right, channelData: '{"user_id": "me"}' },
    'the colon moved': { auth: a.auth(`${ROOM}:{"user_id"`, '"me"}'), channelData: `${DATA} ` },
    'in upper case': { auth: `key:${digest.toUpperCase()}` },
    'its beginning': { auth: right.slice(0, -1) },
    'with more behind': { auth: `${right}0` },
    'with a space': { auth: `key: ${digest}` },
    'with a line feed': { auth: `${right}\n` },
    'twice the key': { auth: `key:${right}` },
    'a key in another case': { auth: `KEY:${digest}` },
    'the secret for the digest': { auth: `key:${SECRET}` },
    'with another secret': {
      auth: `key:${hmacHex(`${SECRET}x`, `${a.id}:${ROOM}:${DATA}`)}`,
    },
  };
  for (const [name, { auth, channel = ROOM, channelData = DATA }] of Object.entries(rows)) {
    a.send({ event: 'pusher:subscribe', data: { auth, channel, channel_data: channelData } });
    const [error, ...rest] = await a.settled();
    t.match(error, { event: 'pusher:error', data: { message: /^Invalid (signature|key)/ } }, name);
    t.ok(rest.every(({ event }) => event === 'pusher:subscription_error'));
  }
  a.send({ event: 'pusher:subscribe', data: { auth: right, channel: ROOM, channel_data: DATA } });
  t.match(await a.next(), { event: 'pusher_internal:subscription_succeeded' });
});

t.test('a signature is of no use to a later socket', async (t) => {
  const { port } = await startGateway(t);
  const first = await TestSocket.connect(t, port);
  const auth = first.auth('private-x');
  first.drop();
  const second = await TestSocket.connect(t, port);
  second.send({ event: 'pusher:subscribe', data: { auth, channel: 'private-x' } });
  t.match(await second.next(), { data: { message: /^Invalid signature/ } });
});

t.test(
  'a text as long as a digest is compared in constant time, any other is refused unread',
  async (t) => {
    const compared: number[] = [];
    const original = crypto.timingSafeEqual;
    t.teardown(() => {
      crypto.timingSafeEqual = original;
    });
    crypto.timingSafeEqual = (a, b) => {
      compared.push(a.byteLength, b.byteLength);
      return original(a, b);
    };
    const right = hmacHex(SECRET, '1.2:private-x');
    const check = (auth: string): boolean => {
      const about = { key: 'key', secret: SECRET, socketId: '1.2', channel: 'private-x' };
      return verifyChannelAuth({ ...about, auth: `key:${auth}` }).ok;
    };
    for (const wrong of ['', 'x', right.slice(1), `${right}x`, 'é'.repeat(64)]) {
      t.equal(check(wrong), false);
    }
    t.strictSame(compared, [], 'the length of a digest is no secret');
    for (const wrong of [`0${right.slice(1, -1)}g`, right.toUpperCase(), 'é'.repeat(32)]) {
      t.equal(check(wrong), false);
    }
    t.equal(check(right), true);
    t.strictSame(compared, new Array(8).fill(64));
  },
);

t.test('the time of a comparison, for the record', async (t) => {
  const right = hmacHex(SECRET, 'x');
  const inputs = [`0${right.slice(1)}`, `${right.slice(0, -1)}0`];
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < 20_000; i++) {
    const which = crypto.randomInt(2) as 0 | 1;
    const before = process.hrtime.bigint();
    safeEqual(right, inputs[which] as string);
    times[which].push(Number(process.hrtime.bigint() - before));
  }
  const [early, late] = times.map((all) => {
    // The slow tenth is the machine's.
    const kept = all.sort((x, y) => x - y).slice(0, Math.floor(all.length * 0.9));
    const mean = kept.reduce((sum, x) => sum + x, 0) / kept.length;
    const variance = kept.reduce((sum, x) => sum + (x - mean) ** 2, 0) / kept.length;
    return { mean, error: variance / kept.length };
  }) as [{ mean: number; error: number }, { mean: number; error: number }];
  const score = (early.mean - late.mean) / Math.sqrt(early.error + late.error);
  t.comment(`first digit wrong ${early.mean.toFixed(0)} ns, last ${late.mean.toFixed(0)} ns`);
  t.comment(`t = ${score.toFixed(2)} (beyond 4.5 would be a leak)`);
});

function flap(times: number): Buffer {
  const pair = (i: number): Buffer[] =>
    ['subscribe', 'unsubscribe'].map((verb) =>
      frame(Opcode.TEXT, `{"event":"pusher:${verb}","data":{"channel":"c${i}"}}`),
    );
  return Buffer.concat(Array.from({ length: times }, (_, i) => pair(i)).flat());
}

t.test('subscriptions have a rate: 200 at once, then 50 a second', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const socket = await TestSocket.connect(t, port);
  const passed = async (): Promise<number> => {
    socket.raw.write(flap(300));
    const messages = await socket.settled();
    const refused = messages.filter(({ event }) => event === 'pusher:error');
    const message = 'Too many subscriptions: the limit is 50 per second';
    if (refused.some(({ data }) => (data as { message: string }).message !== message)) t.fail();
    return 300 - refused.length;
  };
  t.equal(await passed(), 200);
  t.equal(await passed(), 0);
  clock.advance(1000);
  t.equal(await passed(), 50);
});

t.test('an app has so many channels and no more', async (t) => {
  const { port } = await startGateway(t, { limits: { maxChannelsPerApp: 2 } });
  const [a, b] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  const succeeded = { event: 'pusher_internal:subscription_succeeded' };
  await a.subscribe('1');
  t.match(await a.subscribe('2'), succeeded);
  const message = 'Too many channels: the limit is 2 per app';
  t.match(await b.subscribe('3'), { event: 'pusher:error', data: { code: null, message } });
  t.match(await b.next(), { data: { type: 'LimitReached', error: message, status: 4100 } });
  t.match(await b.subscribe('2'), succeeded, 'one that is there may be joined');
  a.send({ event: 'pusher:unsubscribe', data: { channel: '1' } });
  await a.settled();
  t.match(await b.subscribe('3'), succeeded, 'and an empty one has gone');
});

t.test('channels that were left are left behind by memory too', async (t) => {
  const limits = { maxSubscriptionsPerSecond: 1e6 };
  const gateway = await startGateway(t, { limits });
  const socket = await TestSocket.connect(t, gateway.port);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return process.memoryUsage().heapUsed;
  };
  const rounds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      socket.raw.write(flap(1000));
      await socket.settled();
    }
  };
  await rounds(4);
  const before = await heap();
  await rounds(8);
  const growth = (await heap()) / before - 1;
  t.ok(growth < 0.02, `${(growth * 100).toFixed(2)} % more`);
  const metric = await gateway.metrics.registry.getSingleMetricAsString('standpipe_channels');
  t.match(metric, /^standpipe_channels 0$/m);
});
