import t from 'tap';
import {
  configSchema,
  createGateway,
  type GatewayOptions,
  limitsTable,
} from '../../../lib/gateway';
import { sharesPorts } from '../../../lib/gateway/options/guards';
import { checkGatewayOptions } from '../../../lib/gateway/options/options';

const APP = { id: '1', key: 'key', secret: 'secret' };

/** Options that no type would let through, as a configuration file may hold them. */
function check(options: object): () => void {
  return () => void checkGatewayOptions(options as GatewayOptions);
}

t.test('only the apps are needed; all else has a default', async (t) => {
  const { host, port, path, tls, limits } = checkGatewayOptions({ apps: [APP] });
  t.strictSame([host, port, path, tls], ['127.0.0.1', 6001, '', undefined]);
  t.equal(limits.activityTimeoutMs, 120_000);
  t.equal(limits.maxUnsentBytes, 1024 * 1024);
});

t.test('a limit may be set without the others', async (t) => {
  const { limits } = checkGatewayOptions({ apps: [APP], limits: { maxConnections: 7 } });
  t.equal(limits.maxConnections, 7);
  t.equal(limits.maxChannelsPerSocket, 500);
});

t.test('a wrong option is refused with the path of its key', async (t) => {
  const app = (more: object): object => ({ apps: [{ ...APP, ...more }] });
  const limit = (more: object): object => ({ apps: [APP], limits: more });
  const rows: Array<[object, RegExp]> = [
    [{}, /^apps: is missing; it must be a list$/],
    [{ apps: [] }, /^apps: must not be empty$/],
    [{ apps: APP }, /^apps: must be a list$/],
    [{ apps: [APP, null] }, /^apps\[1\]: must be an object$/],
    [{ apps: [APP], colour: 'red' }, /^colour: is no option; the options are host, port, /],
    [{ apps: [APP], port: -1 }, /^port: must be a whole number from 0 to 65535, not -1$/],
    [{ apps: [APP], port: 65_536 }, /^port: must be a whole number from 0 to 65535, not 65536$/],
    [{ apps: [APP], port: 80.5 }, /^port: must be a whole number from 0 to 65535, not 80.5$/],
    [{ apps: [APP], port: 2 ** 60 }, /^port: must be a whole number from 0 to 65535, not \d+$/],
    [{ apps: [APP], port: '80' }, /^port: must be a whole number from 0 to 65535$/],
    [{ apps: [APP], prot: 80 }, /^prot: is no option; did you mean port\?; the options are /],
    [{ apps: [APP], host: '' }, /^host: must be an address or a name, without scheme and port$/],
    [{ apps: [APP], host: '127.0.0.1:6001' }, /^host: must be an address or a name, without/],
    [{ apps: [APP], host: 'http://localhost' }, /^host: must be an address or a name, without/],
    [{ apps: [APP], port: 81, metrics: { port: 81 } }, /^metrics\.port: must be another port than/],
    [
      { apps: [APP], port: 81, tls: { port: 81, cert: 'c', key: 'k' } },
      /^tls\.port: must be another port than port, which is 81$/,
    ],
    [{ apps: [APP], path: '/x/' }, /^path: must be empty or begin with \//],
    [{ apps: [APP], path: 'x' }, /^path: /],
    [{ apps: [APP], path: '/a/../b' }, /^path: must have no segment \. or \.\., .*\/realtime$/],
    [{ apps: [APP], path: '/.' }, /^path: must have no segment \. or \.\./],
    [{ apps: [APP], path: '/apps' }, /^path: must be none of \/app, \/apps, .*\/realtime$/],
    [{ apps: [APP], path: '/pipe' }, /^path: must be none of/],
    [
      { apps: [APP], tls: { port: 1 } },
      /^tls\.cert: is missing; it must be a string or a Buffer; tls\.key: is missing; /,
    ],
    [
      { apps: [APP], tls: { cert: '', key: '', ca: '' } },
      /^tls\.ca: is no option; the options are port, fd, cert, key, only$/,
    ],
    [app({ id: '' }), /^apps\[0\]\.id: must be 1 to 64/],
    [app({ id: 1 }), /^apps\[0\]\.id: must be a string$/],
    [app({ key: 'a/b' }), /^apps\[0\]\.key: must be 1 to 64/],
    [app({ secret: '' }), /^apps\[0\]\.secret: must not be empty$/],
    [app({ secret: 's'.repeat(257) }), /^apps\[0\]\.secret: must have at most 256 characters$/],
    [app({ terminateCode: 4100 }), /^apps\[0\]\.terminateCode: must be one of 4009, 4200$/],
    [
      app({ clientEvent: true }),
      /^apps\[0\]\.clientEvent: is no option; did you mean clientEvents\?/,
    ],
    [app({ clientEvents: 'yes' }), /^apps\[0\]\.clientEvents: must be true or false$/],
    [
      app({ webhooks: [{ url: 'https://a.b', events: ['member_add'] }] }),
      /^apps\[0\]\.webhooks\[0\]\.events\[0\]: must be one of channel_occupied, .*; did you mean member_added\?$/,
    ],
    [app({ webhooks: [{ url: 'file:///etc' }] }), /^apps\[0\]\.webhooks\[0\]\.url: /],
    [app({ allowedOrigins: ['https://a.b/'] }), /^apps\[0\]\.allowedOrigins\[0\]: must be like/],
    [app({ allowedOrigins: ['https://a.*.b'] }), /^apps\[0\]\.allowedOrigins\[0\]: /],
    [app({ allowedOrigins: ['https://a.b', '*'] }), /^apps\[0\]\.allowedOrigins\[1\]: /],
    [app({ extra: 1 }), /^apps\[0\]\.extra: is no option; the options are id, key, /],
    [
      limit({ maxConnections: 0 }),
      /^limits\.maxConnections: must be a whole number from 1 to 1000000000, not 0$/,
    ],
    [limit({ maxConnections: NaN }), /^limits\.maxConnections: /],
    [limit({ maxConnections: Infinity }), /^limits\.maxConnections: /],
    [
      limit({ maxClientEventsPerSecond: -1 }),
      /^limits\.maxClientEventsPerSecond: must be a number above 0 and up to 1000000000, not -1$/,
    ],
    [limit({ drainMs: 2 ** 31 }), /^limits\.drainMs: /],
    [
      limit({ maxEventDataBytes: 2 ** 20, maxMessageBytes: 2 ** 22 }),
      /^limits\.maxEventDataBytes: must be at most 524288/,
    ],
    [
      limit({ maxChannelNameLength: 20_000 }),
      /^limits\.maxChannelNameLength: must be at most 16384/,
    ],
    [limit({ maxPipeUnackedBytes: 1_000 }), /^limits\.maxPipeUnackedBytes: must be at least/],
    [
      limit({ maxWorries: 1 }),
      /^limits\.maxWorries: is no option; the options are maxConnections, /,
    ],
    [
      limit({ maxConnection: 1 }),
      /^limits\.maxConnection: is no option; did you mean maxConnections\?/,
    ],
    [app({ clientevents: true }), /^apps\[0\]\.clientevents: .*did you mean clientEvents\?/],
    [{ apps: [APP], prot: 1 }, /^prot: .*did you mean port\?/],
    [{ apps: [APP], port: '80' }, /^port: must be a whole number from 0 to 65535$/],
    [{ apps: [APP], trustedProxies: ['10.0.0.0/99'] }, /^trustedProxies\[0\]: must be an address/],
    [app({ webhooks: [{ url: 'http://a.example/', headers: { 'X-A': 'a\r\nb' } }] }), /headers/],
    [app({ webhooks: [{ url: 'http://a.example/', headers: { Host: 'a' } }] }), /headers/],
    [{ apps: [APP], host: '0.0.0.0' }, /^apps\[0\]\.secret: must have at least 20 characters/],
    [
      { apps: [APP, { ...APP, key: 'other' }] },
      /^apps\[1\]\.id: '1' belongs to apps\[0\]\.id already/,
    ],
    [
      { apps: [APP, { ...APP, id: '2' }] },
      /^apps\[1\]\.key: 'key' belongs to apps\[0\]\.key already/,
    ],
    [{ apps: [APP], lgo: {} }, /^lgo: is no option; did you mean log\?; the options are .* pushy$/],
    [{ apps: [APP], pushy: 'x' }, /^pushy: must be an object$/],
    [
      { apps: [APP], pushy: { comands: {} } },
      /^pushy\.comands: is no option; did you mean commands\?; the options are commands$/,
    ],
    [{ apps: [APP], pushy: { commands: 1 } }, /^pushy\.commands: must be an object of functions$/],
    [{ apps: [APP], pushy: { commands: { a: 1 } } }, /^pushy\.commands\.a: must be a function$/],
    [
      app({ pushy: { secretKey: 'x', sockjs: { heartbeat_delay: 0 } } }),
      /^apps\[0\]\.pushy\.sockjs\.heartbeat_delay: must be a number from 1 to 600000, not 0$/,
    ],
    ...[{}, true, null, 'x', { info: () => undefined }].map((log): [object, RegExp] => [
      { apps: [APP], log },
      /^log: must have a function debug\(details, message\)$/,
    ]),
    ...[undefined, null, 'x', [APP]].map((options): [object, RegExp] => [
      options as unknown as object,
      /^options: (is missing; it )?must be an object$/,
    ]),
    [JSON.parse('{"apps":[{"id":"1","key":"k","secret":"s"}],"__proto__":{}}'), /__proto__/],
  ];
  for (const [options, message] of rows) {
    t.throws(check(options), { code: 'bad_option', message }, message.source);
  }
  t.throws(() => createGateway({ apps: [] }), { code: 'bad_option' }, 'by createGateway too');
});

t.test('log: false is silence', async (t) => {
  const { log } = checkGatewayOptions({ apps: [APP], log: false });
  t.equal(log.isLevelEnabled?.('error'), false);
  t.equal(createGateway({ apps: [APP], log: false }).socketCount, 0);
});

t.test('a refusal never shows a secret', async (t) => {
  const secret = 's'.repeat(300);
  try {
    checkGatewayOptions({ apps: [{ ...APP, secret }] });
    t.fail('it is too long');
  } catch (error) {
    t.notMatch((error as Error).message, secret);
  }
});

t.test('every limit is documented with its default', async (t) => {
  const table = limitsTable();
  const { limits } = checkGatewayOptions({ apps: [APP] });
  t.strictSame(Object.fromEntries(table.map(({ name, value }) => [name, value])), limits);
  t.strictSame(
    table.filter(({ about }) => about === ''),
    [],
  );
});

t.test('the schema of the configuration file names every key and takes no other', async (t) => {
  const schema = configSchema() as { properties: object; additionalProperties: unknown };
  t.equal(schema.additionalProperties, false);
  for (const key of ['host', 'port', 'tls', 'path', 'apps', 'limits']) {
    t.ok(Object.hasOwn(schema.properties, key), key);
  }
});

t.test('a port is shared only where Node asks the system for it', async (t) => {
  const rows: Array<[string, boolean]> = [
    ...([
      ['20.20.2', false],
      ['22.11.0', false],
      ['22.12.0', true],
    ] as Array<[string, boolean]>),
    ...([
      ['23.0.0', false],
      ['23.1.0', true],
      ['24.0.0', true],
    ] as Array<[string, boolean]>),
  ];
  for (const [version, shares] of rows) t.equal(sharesPorts(version), shares, version);
  const options = { apps: [APP], reusePort: true };
  if (sharesPorts(process.versions.node)) t.ok(checkGatewayOptions(options).reusePort);
  else
    t.throws(check(options), { message: /^reusePort: needs Node 22\.12, 23\.1 or later; this is/ });
});

t.test('a broker has an address of Redis, and serves no clients of pushy', async (t) => {
  const broker = { redis: 'redis://127.0.0.1:6379' };
  t.match(checkGatewayOptions({ apps: [APP], broker }).broker, { ...broker, prefix: 'sp' });
  t.throws(check({ apps: [APP], broker: { redis: 'nats://127.0.0.1' } }), {
    message: /^broker\.redis: must be like redis:/,
  });
  const pushy = { secretKey: 'k'.repeat(20) };
  t.throws(check({ apps: [{ ...APP, pushy }], broker }), {
    message: /^apps\[0\]\.pushy: .*broker/,
  });
});

t.test('a broker may be the primary of some sentinels', async (t) => {
  const known = { sentinels: ['10.0.0.5:26379', 'redis-2', '[::1]:7'], name: 'main' };
  const rows: Array<[unknown, RegExp | undefined]> = [
    ['redis+sentinel://user:pass@10.0.0.5:26379,redis-2,[::1]:7/main/2', undefined],
    [{ ...known, username: 'u', password: 'p', sentinelPassword: 's', database: 2 }, undefined],
    ['redis+sentinel://10.0.0.5', /^broker\.redis: must be like redis:.*redis\+sentinel:/],
    [7, /^broker\.redis: must be a string or an object$/],
    [{ name: 'main' }, /^broker\.redis\.sentinels: is missing; it must be a list$/],
    [{ ...known, sentinels: [] }, /^broker\.redis\.sentinels: must not be empty$/],
    [{ ...known, sentinels: ['a:b:c'] }, /^broker\.redis\.sentinels\[0\]: must be like 10\.0/],
    [{ ...known, name: 'a b' }, /^broker\.redis\.name: must be 1 to 100 of A-Z/],
    [{ ...known, sentinel: 's' }, /^broker\.redis\.sentinel: is no option; did you mean sentinels/],
  ];
  for (const [redis, message] of rows) {
    const options = { apps: [APP], broker: { redis } } as Parameters<typeof checkGatewayOptions>[0];
    if (message === undefined) t.match(checkGatewayOptions(options).broker, { redis });
    else t.throws(check(options), { message }, String(message));
  }
});
