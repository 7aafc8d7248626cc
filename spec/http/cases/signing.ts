import type Upstream from 'pusher';
import nacl from 'tweetnacl';
import { type Cases, type Sdk, thrown } from './sdk-context';

const MASTER_KEY = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const ENCRYPTED = { encryptionMasterKeyBase64: MASTER_KEY };
const CHANNEL = 'private-encrypted-orders';

/** Cases without a server: signatures, keys, webhooks, settings. */
export const signing: Cases = {
  'authorizeChannel(socket, channel): private': async (t, { pusher, make }) => {
    const sdk = make({ key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8' });
    t.strictSame(sdk.authorizeChannel('1234.1234', 'private-foobar'), {
      auth: '278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4',
    });
    t.strictSame(
      sdk.authenticate('1234.1234', 'private-foobar'),
      sdk.authorizeChannel('1234.1234', 'private-foobar'),
      'the old name',
    );
    t.equal(
      thrown(() => pusher.authorizeChannel('x', 'private-a')),
      "Error: Invalid socket id: 'x'",
    );
    t.equal(
      thrown(() => pusher.authorizeChannel('1.1', 'a b')),
      "Error: Invalid channel name: 'a b'",
    );
    t.equal(
      thrown(() => pusher.authenticate('1.1\n', 'a')),
      "Error: Invalid socket id: '1.1\n'",
    );
  },

  'authenticate and authorizeChannel are one function': (t, { pusher }) => {
    t.equal(pusher.authenticate, pusher.authorizeChannel);
    return Promise.resolve();
  },

  'keys of encryption are Buffers': async (t, { make }) => {
    const encryptionMasterKeyBase64 = Buffer.from('0123456789abcdef0123456789abcdef').toString(
      'base64',
    );
    const client = make({ encryptionMasterKeyBase64 }) as unknown as {
      config: { encryptionMasterKey: Buffer };
      channelSharedSecret(channel: string): Buffer;
    };
    t.equal(client.config.encryptionMasterKey.toString(), '0123456789abcdef0123456789abcdef');
    t.equal(
      client.channelSharedSecret('private-encrypted-orders').toString('base64'),
      'ssB9Jw4XlKNKH112J2oKRhfPWLBMPFcsN1yGpYcjdtE=',
    );
    return Promise.resolve();
  },

  'authorizeChannel(socket, channel, data): presence': async (t, { make }) => {
    const sdk = make({ key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8' });
    const data = { user_id: 10 as never, user_info: { name: 'Mr. Pusher' } };
    t.strictSame(sdk.authorizeChannel('1234.1234', 'presence-foobar', data), {
      channel_data: '{"user_id":10,"user_info":{"name":"Mr. Pusher"}}',
      auth: '278d425bdf160c739803:afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c',
    });
  },

  'authenticateUser(socket, user)': async (t, { make }) => {
    const sdk = make({ key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8' });
    t.strictSame(sdk.authenticateUser('1234.1234', { id: '12345' }), {
      auth: '278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba',
      user_data: '{"id":"12345"}',
    });
    const rows: Array<[unknown, string]> = [
      [null, "Invalid user data: 'null'"],
      ['ann', "Invalid user data: 'ann'"],
      [{}, "Invalid user id: 'undefined'"],
      [{ id: '' }, "Invalid user id: ''"],
      [{ id: 7 }, "Invalid user id: '7'"],
    ];
    for (const [data, message] of rows) {
      t.equal(
        thrown(() => sdk.authenticateUser('1.1', data as never)),
        `Error: ${message}`,
      );
    }
  },

  'createSignedQueryString(options): a request that is signed by hand': async (t, context) => {
    const { make, gateway } = context;
    const sdk = make({ key: 'f00d', secret: 'tofu' });
    const options = { method: 'get', path: '/event', params: { foo: 'bar', baz: 123454321 } };
    const query = sdk.createSignedQueryString(options);
    t.match(
      query,
      /^auth_key=f00d&auth_timestamp=\d+&auth_version=1\.0&baz=123454321&foo=bar&auth_signature=[0-9a-f]{64}$/,
    );
    const body = '{"name":"foo","channel":"donuts","data":"2-for-1"}';
    const path = '/apps/1/events';
    const signed = context.pusher.createSignedQueryString({
      method: 'POST',
      path,
      body,
      params: {},
    });
    const url = `http://127.0.0.1:${gateway.client.port}${path}?${signed}`;
    t.equal((await fetch(url, { method: 'POST', body })).status, 200);
    for (const name of [
      'auth_key',
      'auth_timestamp',
      'auth_version',
      'auth_signature',
      'body_md5',
    ]) {
      const params = { [name]: 'x' } as never;
      t.equal(
        thrown(() => sdk.createSignedQueryString({ method: 'GET', path: '/x', params })),
        `Error: ${name} is a required parameter and cannot be overidden`,
      );
    }
  },

  'encryption: trigger and triggerBatch on private-encrypted-': async (t, { make, browser }) => {
    const pusher = make(ENCRYPTED);
    const socket = await (await browser()).subscribe(CHANNEL);
    const { shared_secret: key = '' } = pusher.authorizeChannel('1.1', CHANNEL);
    t.equal(key, 'ssB9Jw4XlKNKH112J2oKRhfPWLBMPFcsN1yGpYcjdtE=');
    const read = async (): Promise<string> => {
      const { nonce, ciphertext } = (await socket.next('e')).data as Record<string, string>;
      const [n, c] = [Buffer.from(nonce ?? '', 'base64'), Buffer.from(ciphertext ?? '', 'base64')];
      return Buffer.from(nacl.secretbox.open(c, n, Buffer.from(key, 'base64')) ?? []).toString();
    };
    for (const data of [{ ä: '😀' }, 'text becomes JSON', 7]) {
      await pusher.trigger(CHANNEL, 'e', data);
      t.equal(await read(), JSON.stringify(data));
    }
    await pusher.triggerBatch([{ channel: CHANNEL, name: 'e', data: [1] }]);
    t.equal(await read(), '[1]');
  },

  'encryption: its limits and its errors': async (t, { make, pusher }) => {
    const encrypted = make(ENCRYPTED);
    t.equal(
      thrown(() => encrypted.trigger(['channel-1', CHANNEL], 'e', 1)),
      'Error: You cannot trigger to multiple channels when using encrypted channels',
    );
    const unset = 'Error: Set encryptionMasterKey before triggering events on encrypted channels';
    t.equal(
      thrown(() => pusher.trigger(CHANNEL, 'e', 1)),
      unset,
    );
    t.equal(
      thrown(() => pusher.triggerBatch([{ channel: CHANNEL, name: 'e', data: 1 }])),
      unset,
    );
    t.equal(
      thrown(() => pusher.authorizeChannel('1.1', CHANNEL)),
      'Error: Cannot generate shared_secret because encryptionMasterKey is not set',
    );
    for (const [options, message] of [
      [
        { encryptionMasterKeyBase64: 'aGkgd(GhlcmUK' },
        'encryptionMasterKeyBase64 must be valid base64',
      ],
      [{ encryptionMasterKeyBase64: 7 }, 'encryptionMasterKeyBase64 must be a string'],
      [{ encryptionMasterKey: 7 }, 'encryptionMasterKey must be a string'],
      [
        { encryptionMasterKey: 'x'.repeat(31) },
        'encryptionMasterKey must be 32 bytes long, but the provided key is 31 bytes long',
      ],
      [
        { encryptionMasterKey: 'x'.repeat(32), ...ENCRYPTED },
        'Do not specify both encryptionMasterKey and encryptionMasterKeyBase64. encryptionMasterKey is deprecated, please specify only encryptionMasterKeyBase64.',
      ],
      [
        { useTLS: true, encrypted: false },
        'Cannot set both `useTLS` and `encrypted` configuration options',
      ],
    ] as const) {
      t.equal(
        thrown(() => make(options)),
        `Error: ${message}`,
      );
    }
  },

  'webhook(request): isValid, getData, getEvents, getTime': async (t, { pusher, sdk }) => {
    const rawBody =
      '{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"c"}]}';
    const sign = (secret: string): string => new (tokenOf(sdk))('key', secret).sign(rawBody);
    const headers = {
      'x-pusher-key': 'key',
      'x-pusher-signature': sign('secret'),
      'content-type': 'application/json',
    };
    const webhook = pusher.webhook({ headers, rawBody });
    t.equal(webhook.isValid(), true);
    t.equal(webhook.isContentTypeValid(), true);
    t.equal(webhook.isBodyValid(), true);
    t.strictSame(webhook.getData(), JSON.parse(rawBody));
    t.strictSame(webhook.getEvents(), [{ name: 'channel_occupied', channel: 'c' }]);
    t.strictSame(webhook.getTime(), new Date(1327078148132));

    const others = { ...headers, 'x-pusher-key': 'x2', 'x-pusher-signature': sign('y2') };
    const moved = pusher.webhook({ headers: others, rawBody });
    t.equal(moved.isValid(), false);
    t.equal(moved.isValid({ key: 'x2', secret: 'y2' }), true);
    t.equal(
      moved.isValid([
        { key: 'x1', secret: 'y1' },
        { key: 'x2', secret: 'y2' },
      ]),
      true,
    );
    t.equal(moved.isValid([{ key: 'x2', secret: 'y1' }]), false);
    t.equal(moved.isValid(null as never), false);

    const forged = { ...headers, 'x-pusher-signature': sign('another') };
    t.equal(pusher.webhook({ headers: forged, rawBody }).isValid(), false);
    t.equal(pusher.webhook({ headers, rawBody: rawBody.replace('"c"', '"d"') }).isValid(), false);
    const parsed = { events: [] } as unknown as string;
    t.equal(pusher.webhook({ headers, rawBody: parsed }).isValid(), false, 'a body parsed before');
    const typed = pusher.webhook({
      headers: { ...headers, 'content-type': 'text/plain' },
      rawBody,
    });
    t.equal(typed.isContentTypeValid(), false);
    t.equal(typed.isValid(), false);
    for (const run of ['getData', 'getEvents', 'getTime'] as const) {
      try {
        pusher.webhook({ headers, rawBody: 'no JSON' })[run]();
        t.fail(run);
      } catch (error) {
        t.ok(error instanceof sdk.WebHookError);
        t.match(error, {
          name: 'PusherWebHookError',
          message: 'Invalid WebHook body',
          contentType: 'application/json',
          body: 'no JSON',
          signature: headers['x-pusher-signature'],
        });
      }
    }
  },

  'forURL, forCluster and the settings that come out': async (t, { sdk }) => {
    const settings = (client: Upstream): unknown[] => {
      const { config } = client as unknown as { config: Record<string, unknown> };
      const { scheme, host, port, appId, token, timeout } = config as Record<string, never>;
      const { key, secret } = token as unknown as Upstream.Token;
      return [scheme, host, port, appId, key, secret, timeout];
    };
    const base = { appId: '3', key: 'k', secret: 's' };
    const rows: Array<[Upstream, unknown[]]> = [
      [
        sdk.forURL('https://k:s@example.org:4321/apps/3'),
        ['https', 'example.org', 4321, 3, 'k', 's', undefined],
      ],
      [
        sdk.forURL('http://k:s@example.org/apps/3', { timeout: 5 }),
        ['http', 'example.org', undefined, 3, 'k', 's', 5],
      ],
      [
        sdk.forCluster('eu', base),
        ['http', 'api-eu.pusher.com', undefined, '3', 'k', 's', undefined],
      ],
      [
        sdk.forCluster('eu', { ...base, useTLS: true }),
        ['https', 'api-eu.pusher.com', undefined, '3', 'k', 's', undefined],
      ],
      [
        new sdk({ ...base, cluster: 'mt1' }),
        ['http', 'api-mt1.pusher.com', undefined, '3', 'k', 's', undefined],
      ],
      [
        new sdk({ ...base, cluster: 'mt1', host: 'h' }),
        ['http', 'h', undefined, '3', 'k', 's', undefined],
      ],
      [new sdk(base as never), ['http', 'api.pusherapp.com', undefined, '3', 'k', 's', undefined]],
      [
        new sdk({ ...base, encrypted: true } as never),
        ['https', 'api.pusherapp.com', undefined, '3', 'k', 's', undefined],
      ],
    ];
    for (const [client, expected] of rows) t.strictSame(settings(client), expected);
    t.ok(rows.every(([client]) => client instanceof sdk));
  },
};

/** `Pusher.Token` exists at run time in both; upstream's types know it as an interface only. */
function tokenOf(sdk: Sdk): new (key: string, secret: string) => { sign(text: string): string } {
  return (sdk as unknown as { Token: ReturnType<typeof tokenOf> }).Token;
}
