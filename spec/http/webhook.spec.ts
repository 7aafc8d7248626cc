import t from 'tap';
import type { WebHookEvent } from '../../lib/http';
import { Pusher } from '../support/http-sdk';
import { APP, server } from './servers';

const encryptionMasterKeyBase64 = Buffer.alloc(32, 7).toString('base64');

/** The data of an event on an encrypted channel, as it travels. */
async function sealed(channel: string, data: unknown): Promise<string> {
  const { seen, options } = await server(t);
  await new Pusher({ ...options, encryptionMasterKeyBase64 }).trigger(channel, 'client-e', data);
  return (JSON.parse(seen[0]?.body ?? '') as { data: string }).data;
}

/** The events of a webhook that is signed as it should be, as a client reads them. */
function eventsOf(pusher: Pusher, events: object[]): WebHookEvent[] {
  const rawBody = JSON.stringify({ time_ms: 1, events });
  const headers = {
    'x-pusher-key': APP.key,
    'x-pusher-signature': new Pusher.Token(APP.key, APP.secret).sign(rawBody),
    'content-type': 'application/json',
  };
  const webhook = pusher.webhook({ headers, rawBody });
  t.equal(webhook.isValid(), true);
  t.strictSame(webhook.getData(), { time_ms: 1, events: webhook.getEvents() });
  return webhook.getEvents();
}

const channel = 'private-encrypted-orders';

t.test('events of encrypted channels are decrypted in webhooks', async (t) => {
  const event = { name: 'client_event', channel, event: 'client-e', socket_id: '1.1' };
  const pusher = new Pusher({ ...APP, encryptionMasterKeyBase64 });
  for (const data of [{ total: 7, unit: '€ 𝄞' }, 'text', null, [1]]) {
    const [read] = eventsOf(pusher, [{ ...event, data: await sealed(channel, data) }]);
    t.strictSame(read, { ...event, data: JSON.stringify(data) });
  }
});

t.test('events that cannot be decrypted stay, and say why', async (t) => {
  const data = await sealed(channel, 1);
  const event = { name: 'client_event', channel, event: 'client-e' };
  const why = (pusher: Pusher, more: object): unknown =>
    eventsOf(pusher, [{ ...event, data, ...more }])[0]?.undecrypted;
  const pusher = new Pusher({ ...APP, encryptionMasterKeyBase64 });
  t.equal(why(new Pusher(APP), {}), 'no_master_key');
  t.equal(why(pusher, { channel: `${channel}-2` }), 'key');
  for (const odd of ['', 'text', '{}', '{"nonce":"","ciphertext":""}', null, 5, {}]) {
    t.ok(['format', 'key'].includes(why(pusher, { data: odd }) as string), JSON.stringify(odd));
  }
  t.equal(eventsOf(new Pusher(APP), [{ ...event, data }])[0]?.data, data);
});

t.test('events without data, and things that are no events, stay as they are', (t) => {
  const events = [
    { name: 'channel_occupied', channel },
    { name: 'member_added', channel: 'presence-a', user_id: '1' },
    { name: 'client_event', channel: 'private-a', data: 'as it is' },
    { name: 'without a channel' },
    ...([null, 5, 'text'] as never[]),
  ];
  for (const options of [APP, { ...APP, encryptionMasterKeyBase64 }]) {
    t.strictSame(eventsOf(new Pusher(options), events), events);
  }
  t.end();
});
