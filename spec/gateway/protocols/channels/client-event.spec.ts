import t, { type Test } from 'tap';
import { createClient } from '../../../../lib';
import { createTestGateway } from '../../../../lib/testing';
import { ManualClock } from '../../../support/manual-clock';
import { type StartOptions, startGateway } from '../../../support/start-gateway';
import { type Message, TestSocket } from '../../../support/test-socket';
import { until } from '../../../support/until';

async function pair(
  t: Test,
  channels: string[],
  options?: StartOptions,
): Promise<[TestSocket, TestSocket]> {
  const { port } = await startGateway(t, options);
  const a = await TestSocket.connect(t, port);
  const b = await TestSocket.connect(t, port);
  for (const channel of channels) {
    await a.subscribe(channel, channel.startsWith('presence-') ? { user_id: 'a' } : undefined);
    await b.subscribe(channel, channel.startsWith('presence-') ? { user_id: 'b' } : undefined);
  }
  await a.settled();
  return [a, b];
}

/** Sends a text from `a`. Returns the answers to it, and the messages that `b` hears. */
async function exchange(a: TestSocket, b: TestSocket, text: string): Promise<Message[][]> {
  a.text(text);
  return [await a.settled(), await b.settled()];
}

t.test('data goes on exactly as it came, or not at all', async (t) => {
  const [a, b] = await pair(t, ['private-x', 'presence-x']);
  for (const data of [
    '{"b": [1,2.0] ,"a":1e2}',
    '"text"',
    '""',
    'null',
    '12',
    '[]',
    '"\\u00e9\\ud800"',
  ]) {
    a.text(`{"event":"client-x","data": ${data} ,"channel":"private-x"}`);
    t.equal(await b.nextText(), `{"event":"client-x","channel":"private-x","data":${data}}`);
  }
  a.text('{"event":"client-x","channel":"private-x"}');
  t.equal(await b.nextText(), '{"event":"client-x","channel":"private-x"}');
  t.strictSame(await a.settled(), [], 'and never back to the sender');
});

t.test('on presence channels the user id is that of the signature', async (t) => {
  const [a, b] = await pair(t, ['presence-x']);
  a.text('{"event":"client-x","channel":"presence-x","data":1,"user_id":"b"}');
  t.equal(await b.nextText(), '{"event":"client-x","channel":"presence-x","data":1,"user_id":"a"}');
});

t.test('an event for a channel without a subscription is refused', async (t) => {
  const [a, b] = await pair(t, ['private-x']);
  const outsider = await exchange(a, b, '{"event":"client-x","channel":"private-y","data":1}');
  const message = "Client event rejected - not subscribed to channel 'private-y'";
  t.strictSame(outsider, [[{ event: 'pusher:error', data: { code: 4301, message } }], []]);
});

t.test('events between browsers are off until the app switches them on', async (t) => {
  const [a, b] = await pair(t, ['private-x'], { app: { clientEvents: false } });
  const message =
    'To send client events, you must enable this feature: set clientEvents to true for this app';
  t.strictSame(await exchange(a, b, '{"event":"client-x","channel":"private-x"}'), [
    [{ event: 'pusher:error', data: { code: null, message } }],
    [],
  ]);
});

t.test('a backend that only listens changes nothing that a browser is told', async (t) => {
  const gateway = await createTestGateway({ apps: [{ id: '1', key: 'key', secret: 'secret' }] });
  t.teardown(() => gateway.close());
  const browser = await (await gateway.browser()).subscribe('private-a');
  const told = async (): Promise<unknown> => {
    browser.send('client-x', 1, 'private-a');
    return (await browser.next('pusher:error')).data;
  };
  const alone = await told();
  t.match(alone, { code: null, message: /set clientEvents to true/ });
  const client = createClient(gateway.client).subscribe('socket_message');
  t.teardown(() => client.disconnect());
  const heard = new Promise((resolve) => client.channels.on('event:client-x', resolve));
  await client.connect();
  await client.subscribed();
  t.strictSame(await told(), alone, 'the same whether anybody listens or not');
  t.equal(await heard, 'private-a');
});

t.test(
  'an event tells backends which user has signed in, on any channel and on none',
  async (t) => {
    const gateway = await createTestGateway();
    t.teardown(() => gateway.close());
    const client = createClient(gateway.client).subscribe('socket_message');
    t.teardown(() => client.disconnect());
    const heard: unknown[] = [];
    client.sockets.on('event:client-x', (_id, _data, { userId }) => void heard.push(userId));
    client.channels.on('event:client-x', (channel, _id, _data, { userId }) => {
      heard.push([channel, userId]);
    });
    await client.connect();
    await client.subscribed();
    const browser = await (await gateway.browser()).signIn('ada');
    await browser.subscribe('private-a');
    await browser.subscribe('presence-b', { userId: 'ada' });
    await browser.subscribe('room');
    for (const channel of ['private-a', 'presence-b', 'room', undefined]) {
      browser.send('client-x', 1, channel);
    }
    await until(() => heard.length === 4);
    t.strictSame(heard, [['private-a', 'ada'], ['presence-b', 'ada'], ['room', 'ada'], 'ada']);
  },
);

t.test('public channels carry no events between browsers', async (t) => {
  const [a, b] = await pair(t, ['room']);
  const message = 'Client event rejected - only supported on private and presence channels';
  t.strictSame(await exchange(a, b, '{"event":"client-x","channel":"room"}'), [
    [{ event: 'pusher:error', data: { code: null, message } }],
    [],
  ]);
});

t.test('events without the client prefix never reach another browser', async (t) => {
  const [a, b] = await pair(t, ['private-x']);
  for (const event of ['message', 'Client-x', 'client_x', 'error', '__proto__']) {
    const text = JSON.stringify({ event, channel: 'private-x', data: 1 });
    t.strictSame(await exchange(a, b, text), [[], []], event);
  }
  t.strictSame(await exchange(a, b, '{"event":"move","data":1}'), [[], []], 'without a channel');
});

t.test('names and data are held to their sizes', async (t) => {
  const [a, b] = await pair(t, ['private-x']);
  const text = (event: string, data: string): string =>
    `{"event":"${event}","channel":"private-x","data":${data}}`;
  const name = 'client-'.padEnd(200, 'n');
  // Two bytes each, so that characters are no bytes; the quotes do not count, as in the HTTP API.
  const data = `"${'é'.repeat(10_240 / 2)}"`;
  a.text(text(name, data));
  t.equal(await b.nextText(), `{"event":"${name}","channel":"private-x","data":${data}}`);
  const refused = (why: string): Message[][] => [
    [{ event: 'pusher:error', data: { code: 4301, message: `Client event rejected - ${why}` } }],
    [],
  ];
  t.strictSame(
    await exchange(a, b, text(`${name}n`, '1')),
    refused('the event name is longer than 200 characters'),
  );
  t.strictSame(
    await exchange(a, b, text(name, data.replace('é', 'éx'))),
    refused('the data is larger than 10240 bytes'),
  );
});

t.test('ten events in a second pass, the eleventh is refused, time brings new ones', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const [a, b] = await pair(t, ['private-x'], { clock });
  const text = '{"event":"client-x","channel":"private-x","data":1}';
  for (let i = 0; i < 10; i++) a.text(text);
  const over = await exchange(a, b, text);
  const message = 'Client event rejected - over the rate limit of 10 events per second';
  t.strictSame(over[0], [{ event: 'pusher:error', data: { code: 4301, message } }]);
  t.equal(over[1]?.length, 10);
  clock.advance(99);
  t.equal((await exchange(a, b, text))[1]?.length, 0);
  clock.advance(1);
  t.equal((await exchange(a, b, text))[1]?.length, 1);
  t.equal((await exchange(a, b, text))[1]?.length, 0);
  const other = await exchange(b, a, text);
  t.equal(other[1]?.length, 1, 'each socket has a rate of its own');
});
