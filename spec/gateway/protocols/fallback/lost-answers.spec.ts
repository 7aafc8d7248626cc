import t from 'tap';
import { FallbackClient, messagesOf } from '../../../support/fallback-client';
import { startGateway } from '../../../support/start-gateway';

const PING = { event: 'pusher:ping', data: {} };

/** A page that numbers its posts, as pusher-js does. */
class NumberedClient extends FallbackClient {
  async numbered(action: string, n: number, body = ''): Promise<string[]> {
    const answer = await this.post(`${action}?${this.query}&t=${Date.now()}&n=${n}`, { body });
    return answer.text.split('\n').slice(0, -1);
  }
}

function texts(...messages: object[]): string {
  return JSON.stringify(messages.map((message) => JSON.stringify(message)));
}

t.test('the answer of a poll that was lost on the way is given again', async (t) => {
  const { port } = await startGateway(t);
  const client = new NumberedClient(t, port);
  const first = await client.numbered('xhr', 1);
  t.equal(first[0], 'o');
  t.strictSame(await client.numbered('xhr', 1), first, 'the first one, too');
  await client.numbered('xhr_send', 2, texts(PING, { event: 'nonsense' }));
  const told = await client.numbered('xhr', 3);
  t.match(messagesOf(told[0])[0], { event: 'pusher:pong' });
  for (let times = 0; times < 3; times++) t.strictSame(await client.numbered('xhr', 3), told);
  await client.numbered('xhr_send', 4, texts(PING));
  const next = await client.numbered('xhr', 5);
  t.equal(next.flatMap(messagesOf).length, 1, 'the next number shows that it has arrived');
});

t.test('a post that a browser repeats by itself is handled once', async (t) => {
  const gateway = await startGateway(t);
  const client = new NumberedClient(t, gateway.port);
  await client.numbered('xhr', 1);
  const before = gateway.metrics.messagesReceived;
  for (let times = 0; times < 3; times++) await client.numbered('xhr_send', 2, texts(PING));
  await client.numbered('xhr_send', 3, texts(PING, PING));
  t.equal((await client.numbered('xhr', 4)).flatMap(messagesOf).length, 3);
  t.equal(gateway.metrics.messagesReceived - before, 3);
});

t.test('answers without numbers are not kept', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  await client.send(PING);
  t.equal((await client.poll()).length, 1);
  const waiting = client.poll();
  await client.send(PING, PING);
  t.equal((await waiting).flatMap(messagesOf).length, 2);
});
