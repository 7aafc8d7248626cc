import t from 'tap';
import {
  verifySubscription,
  verifyTrigger,
} from '../../../../lib/gateway/protocols/pushy/signature';
import { readForm } from '../../../../lib/gateway/protocols/pushy/form';
import { ask } from '../../../support/fallback-client';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { PushyClient, type TriggerOptions, startPushy, trigger } from './pushy-client';

t.test(
  'The authentication key is a SHA256 sum of channel, event, timestamp, body and secret',
  async (t) => {
    const about = { channel: 'hello', event: 'test', timestampS: 123456789, body: '{}' };
    const authKey = 'fc7da7a7f1e50f242f6b57975ea4914aba1e6c31b56165948cd3d090b7ff0625';
    t.equal(verifyTrigger({ ...about, authKey }, 'secret'), true);
    t.equal(verifyTrigger({ ...about, authKey }, 'Secret'), false);
    // The sum in pushy's documentation follows from no reading of its rule.
    const printed = 'd7f4c3309757c4025269b6576eae10028ec0711c88e6ef605bb44d149cb07803';
    t.equal(verifyTrigger({ ...about, authKey: printed }, 'secret'), false);
  },
);

t.test(
  'The authentication token is a SHA256 hash of connection, channel, data and secret',
  async (t) => {
    const about = { id: 'abc123', channel: 'private-room' };
    const plain = '2c9ba14d36f6231ce848eb36fcd024d106bed7627757e710152bb13c54389407';
    const withData = 'f0b77a1a7de053a412d2f6a5f71e64dfe5f1ff94ad4e6ee9495f1b37b31c46a6';
    t.equal(verifySubscription({ ...about, data: undefined, auth: plain }, 'secret'), true);
    t.equal(
      verifySubscription({ ...about, data: '{"name":"Bob"}', auth: withData }, 'secret'),
      true,
    );
    t.equal(verifySubscription({ ...about, data: '{"name":"Bob"}', auth: plain }, 'secret'), false);
    t.equal(verifySubscription({ ...about, data: undefined, auth: withData }, 'secret'), false);
  },
);

t.test('bodies are JSON, forms, or empty, and are signed as they are written anew', async (t) => {
  const { port } = await startPushy(t);
  const client = await PushyClient.connect(t, port);
  await client.subscribe('room');
  const form = 'application/x-www-form-urlencoded';
  const table: Array<[status: number, options: object, data?: unknown]> = [
    [201, { body: '{"a": 1.0}', signedBody: '{"a":1}' }, { a: 1 }],
    [201, { body: '[1]' }, [1]],
    [
      201,
      {
        body: 'n=1&list[]=a&list[]=b&user[name]=Ada',
        type: form,
        signedBody: '{"n":"1","list":["a","b"],"user":{"name":"Ada"}}',
      },
      { n: '1', list: ['a', 'b'], user: { name: 'Ada' } },
    ],
    [201, { body: '', type: form, signedBody: '[]' }, {}],
    [201, { body: 'whatever', type: 'text/plain', signedBody: '{}' }, {}],
    [201, { body: '{}', signedBody: '[]' }, {}],
    [403, { body: '[]', signedBody: '{}' }],
    [403, { body: '', signedBody: '' }],
    [403, { body: '', signedBody: 'null' }],
    [403, { body: '{"a":1}', signedBody: '[]' }],
    [403, { body: '{"a":1}', signedBody: '{}' }],
    [403, { body: '{"a": 1}' }],
    [403, { body: 'n=1', type: form, signedBody: '{"n":1}' }],
    [400, { body: '{' }],
    [400, { body: 'null' }],
    [400, { body: '"text"' }],
    [400, { body: Buffer.from([0xff]) }],
    [400, { body: `${'['.repeat(30_000)}${']'.repeat(30_000)}` }],
    [413, { body: JSON.stringify({ a: 'x'.repeat(10_240) }) }],
    [413, { body: JSON.stringify({ a: 'x'.repeat(300_000) }) }],
  ];
  for (const [status, options, data] of table) {
    const answer = await trigger(port, 'room', 'e', options);
    t.equal(answer.status, status, JSON.stringify(options).slice(0, 80));
    if (status === 201) t.strictSame((await client.next('e')).data, data);
    else t.match(JSON.parse(answer.text), { error: { code: String(status) } });
  }
});

t.test('forms have bounds, and no key of theirs is special', async (t) => {
  t.strictSame(readForm('a[0]=x&a[1]=y&b[k][l]=z'), { a: ['x', 'y'], b: { k: { l: 'z' } } });
  t.strictSame(readForm('a]=1&[b]=2&c[=3'), { 'a]': '1', '[b]': '2', 'c[': '3' });
  const odd = readForm('__proto__[x]=1&constructor=2') as object;
  t.strictSame(Object.keys(odd), ['__proto__', 'constructor']);
  t.equal(({} as { x?: string }).x, undefined);
  t.strictSame(readForm('a[b][c][d][e]=1'), { a: { b: { c: { d: { e: '1' } } } } });
  t.strictSame(readForm('a=1&'.repeat(1_000)), { a: '1' });
  t.equal(readForm('a[b][c][d][e][f]=1'), 'A key of a form has at most 5 levels');
  t.equal(readForm(`a${'[b]'.repeat(20_000)}=1`), 'A key of a form has at most 5 levels');
  t.equal(readForm('a=1&'.repeat(1_001)), 'A form has at most 1000 fields');
});

t.test(
  'a body is judged by its limits before it is parsed, and told which it exceeds',
  async (t) => {
    const { port } = await startPushy(t);
    const secret = 'of somebody else';
    const form = 'application/x-www-form-urlencoded';
    const table: Array<[message: RegExp, options: TriggerOptions]> = [
      [/exceeds 61440 bytes/, { body: `{"a":"${'x'.repeat(61_440)}"}` }],
      [/more than 1000 levels/, { body: `${'['.repeat(1_001)}${']'.repeat(1_001)}` }],
      [/more than 1000 levels/, { body: '{"a":'.repeat(10_000) }],
      [/larger than 10240 bytes/, { body: `[${'{},'.repeat(3_500)}1]` }],
      [/at most 5 levels/, { body: `a${'[b]'.repeat(10_000)}=1`, type: form }],
      [/at most 1000 fields/, { body: 'a=1&'.repeat(10_000), type: form }],
      [/Invalid credentials/, { body: `${'['.repeat(1_000)}${']'.repeat(1_000)}` }],
      [/Invalid credentials/, { body: `["${'[{'.repeat(20_000)}"]` }],
    ];
    for (const [message, options] of table) {
      t.match((await trigger(port, 'room', 'e', { ...options, secret })).text, message);
    }
    const escaped = JSON.stringify(['x'.repeat(10_000)]).replaceAll('x', '\\u0078');
    const signedBody = JSON.stringify(JSON.parse(escaped));
    t.equal((await trigger(port, 'room', 'e', { body: escaped, signedBody })).status, 200);
  },
);

t.test('600 seconds difference of the timestamp are too many', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startPushy(t, { clock });
  const nowS = Math.round(clock.wall() / 1000);
  const status = async (timestamp: string | number) => {
    const answer = await trigger(port, 'room', 'e', { timestamp });
    const { error } = JSON.parse(answer.text) as { error?: object };
    return [answer.status, error];
  };
  for (const away of [0, 599, -599]) t.strictSame(await status(nowS + away), [200, undefined]);
  const refused = [403, { code: '501', message: 'Timestamp out of bounds (600 seconds)' }];
  for (const bad of [nowS + 600, nowS - 600, 'NaN', '1e9', `${nowS}abc`, '-1', `${nowS}.5`]) {
    t.strictSame(await status(bad), refused, String(bad));
  }
});

t.test('paths and parameters that could be read in two ways are refused', async (t) => {
  const { port } = await startPushy(t);
  const good = 'event=e&timestamp=1&auth_key=x';
  const table: Array<[status: number, path: string]> = [
    [400, '/pushy/channel/room/trigger'],
    [400, '/pushy/channel/room/trigger?event=e&timestamp=1'],
    [400, '/pushy/channel/room/trigger?event=&timestamp=1&auth_key=x'],
    [400, `/pushy/channel/room/trigger?${good}&event=f`],
    [400, '/pushy/channel/room/trigger?event[]=e&timestamp=1&auth_key=x'],
    [400, `/pushy/channel/%ff/trigger?${good}`],
    [400, `/pushy/channel/room/trigger?${good}&socket_id=1&socket_id=2`],
    [403, `/pushy/channel/a%3Ab/trigger?${good}`],
    [403, '/pushy/channel/a/trigger?event=b:c&timestamp=1&auth_key=x'],
    [403, `/pushy/channel/%2e%2e%2froom/trigger?${good}`],
    [403, `/pushy/channel/room%00/trigger?${good}`],
    [404, `/pushy/channel/a/b/trigger?${good}`],
    [404, `/pushy/channel//trigger?${good}`],
    [404, `/pushy/channel/room/trigger/?${good}`],
    [404, '/pushy/channel/room'],
    [404, '/pushy'],
  ];
  for (const [status, path] of table) t.equal((await ask(port, path)).status, status, path);
  t.equal((await trigger(port, 'room', 'e', { method: 'GET' })).status, 405);
  for (const [channel, event, status] of [
    ['../x', 'e', 400],
    ['#server-to-user-1', 'e', 400],
    ['x'.repeat(165), 'e', 400],
    ['room', 'x'.repeat(201), 400],
    ['room', '__proto__', 200],
  ] as const) {
    t.equal(
      (await trigger(port, channel, event)).status,
      status,
      `${channel} ${event}`.slice(0, 40),
    );
  }
});

t.test('secrets are taken for each other by no path', async (t) => {
  const { port } = await startPushy(t);
  const wrong = await trigger(port, 'room', 'e', { secret: 'a-secret-of-the-specs' });
  t.strictSame([wrong.status, JSON.parse(wrong.text).error.code], [403, '403']);
  t.match(wrong.text, /Invalid credentials \([0-9a-f]{64}\)/);
});

t.test('pushy is off unless it is configured', async (t) => {
  const { port } = await startGateway(t);
  t.equal((await trigger(port, 'room', 'e')).status, 404);
  t.equal((await ask(port, '/pushy/socket/info', { method: 'GET' })).status, 404);
});
