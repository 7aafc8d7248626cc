import t from 'tap';
import { createClient } from '../../../lib';
import { channelKey, open } from '../../../lib/pusher/encryption';
import { createTestGateway } from '../../../lib/testing';
import { Pusher } from '../../support/http-sdk';

const MASTER_KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const encryptionMasterKeyBase64 = MASTER_KEY.toString('base64');
const CHANNEL = 'private-encrypted-orders';

t.test('events for an encrypted channel are sealed with its key, as by the HTTP SDK', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient({ ...gateway.client, encryptionMasterKeyBase64 });
  t.teardown(() => client.disconnect());
  await client.connect();
  const browser = await (await gateway.browser()).subscribe(CHANNEL);
  const pusher = new Pusher({ ...gateway.client, encryptionMasterKeyBase64 });
  const { shared_secret: secret } = pusher.authorizeChannel('1.1', CHANNEL);
  const key = channelKey(CHANNEL, MASTER_KEY);
  t.equal(secret, Buffer.from(key).toString('base64'));
  client.channel(CHANNEL).trigger('order', { n: 1 });
  t.strictSame(open((await browser.next('order')).data, key), { ok: true, text: '{"n":1}' });
  await client.channel(CHANNEL).publish('order', 'text');
  t.strictSame(open((await browser.next('order')).data, key), { ok: true, text: '"text"' });
  await browser.subscribe('room');
  await client.channel('room').publish('order', { n: 2 });
  t.strictSame((await browser.next('order', 'room')).data, { n: 2 }, 'other channels stay plain');
  t.throws(() => client.channels([CHANNEL, 'room']).trigger('order', 1), {
    code: 'bad_argument',
    message: /goes to that channel alone/,
  });
  t.throws(() => client.channel(CHANNEL).trigger('order', 'x'.repeat(10_000)), {
    code: 'bad_argument',
    message: /^data takes \d+ bytes encrypted; 10240 are allowed$/,
  });
});

t.test('without a master key an event for an encrypted channel is refused', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  await client.connect();
  const wanted = { code: 'bad_argument', message: /encryptionMasterKeyBase64/ };
  t.throws(() => client.channel(CHANNEL).trigger('order', 1), wanted);
  await t.rejects(client.channel(CHANNEL).publish('order', 1), wanted);
});

t.test('a master key that is none is refused, and not shown', async (t) => {
  for (const key of ['no key', encryptionMasterKeyBase64.slice(4), 7]) {
    const options = { key: 'k', secret: 's', appId: '1', encryptionMasterKeyBase64: key as string };
    t.throws(() => createClient(options), {
      code: 'bad_option',
      message: /^(?!.*(no key|NDU2))encryptionMasterKeyBase64\b.*must/,
    });
  }
});
