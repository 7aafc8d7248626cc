import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { GatewayOptions } from '../../../lib/gateway';
import { Apps } from '../../../lib/gateway/core/model/app';
import { differenceOf } from '../../../lib/gateway/options/difference';
import { checkGatewayOptions, type GatewaySettings } from '../../../lib/gateway/options/options';
import { runs } from '../../support/depth';

type App = GatewayOptions['apps'][number];

const APP = { id: '1', key: 'key', secret: 'secret' };

/** Options that need a restart. */
const fixed = fc.record({
  ...{ host: fc.constantFrom('127.0.0.1', '::1'), port: fc.constantFrom(0, 6001) },
  ...{ path: fc.constantFrom('', '/ws'), metrics: fc.option(fc.constant({ port: 0 })) },
  fd: fc.constantFrom(undefined, 3),
});

const tls = fc.record({
  ...{ port: fc.constantFrom(0, 6443), only: fc.boolean() },
  ...{ cert: fc.constantFrom('cert', 'other cert'), key: fc.constantFrom('key', 'other key') },
});

const limits = fc.record(
  {
    ...{ maxPipes: fc.integer({ min: 1, max: 9 }), drainMs: fc.integer({ min: 1, max: 9 }) },
    ...{ pingMs: fc.integer({ min: 1, max: 9 }), cacheTtlMs: fc.integer({ min: 1, max: 9 }) },
  },
  { requiredKeys: [] },
);

const pushy = fc.record({
  secretKey: fc.constantFrom('s', 't'),
  port: fc.constantFrom(undefined, 0, 8123),
  // A prefix belongs to one app: the number of the app is put behind it.
  sockjs: fc.record({
    prefix: fc.constantFrom('/a', '/b'),
    heartbeat_delay: fc.constantFrom(5, 9),
  }),
});

/** Apps by number; their keys may go from one to another. */
const apps = fc
  .record({
    ids: fc.shuffledSubarray([1, 2, 3, 4], { minLength: 1 }),
    keys: fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 }),
    each: fc.array(
      fc.record({
        ...{ secret: fc.constantFrom('secret', 'other'), clientEvents: fc.boolean() },
        enabled: fc.boolean(),
        allowedOrigins: fc.constantFrom(undefined, ['https://a.example'] as string[]),
        webhooks: fc.subarray([{ url: 'https://a.example' }, { url: 'https://b.example' }]),
        pushy: fc.option(pushy, { nil: undefined }),
      }),
      { minLength: 5, maxLength: 5 },
    ),
  })
  .map(({ ids, keys, each }) =>
    ids.map((id): App => {
      const { pushy: own, ...app } = each[id] as (typeof each)[number];
      const prefix = `${own?.sockjs.prefix}${id}`;
      const keyed = own && { ...own, secretKey: own.secretKey + id };
      return {
        ...{ id: String(id), key: `key-${keys[id - 1]}`, ...app },
        ...(keyed && { pushy: { ...keyed, sockjs: { ...keyed.sockjs, prefix } } }),
      };
    }),
  );

const configurations = fc
  .record({
    ...{ fixed, limits, apps },
    tls: fc.option(tls, { nil: undefined }),
    trustedProxies: fc.subarray(['10.0.0.0/8', '::1']),
    webhookAllow: fc.subarray(['10.0.0.0/8', 'hooks']),
  })
  .map(({ fixed: { metrics, ...own }, ...rest }) =>
    checkGatewayOptions({ ...own, ...rest, ...(metrics && { metrics }) }),
  );

/** Facts by which a registry of apps answers. */
function found(registry: Apps): unknown {
  const [byId, byKey] = [['1', '2', '3', '4'].map((id) => registry.byId(id)), new Map()];
  for (const n of [1, 2, 3, 4]) byKey.set(n, registry.byKey(`key-${n}`)?.id);
  const facts = byId.map(
    (app) => app && [app.options, app.secret, app.origins.allows('https://x')],
  );
  return [facts, byKey, registry.only?.id];
}

t.test('apps changed by a difference are those of a fresh start', async (t) => {
  const same = (before: GatewaySettings, after: GatewaySettings): void => {
    const { settings, apps: difference } = differenceOf(before, after);
    const changed = new Apps(before.apps);
    changed.change(difference);
    assert.deepStrictEqual(found(changed), found(new Apps(settings.apps)));
  };
  fc.assert(fc.property(configurations, configurations, same), { numRuns: runs(60) });
  t.pass();
});

t.test('a difference leads to the new configuration but for what it names as kept', async (t) => {
  const leads = (before: GatewaySettings, after: GatewaySettings): void => {
    const { settings, kept } = differenceOf(before, after);
    const again = differenceOf(settings, after);
    // Ports of pushy that nobody has any more are told once.
    const told = kept.filter((name) => again.kept.includes(name) || !/pushy\.port$/.test(name));
    assert.deepStrictEqual([again.changed, again.kept], [[], told]);
    assert.deepStrictEqual(again.settings, settings);
    const { apps: difference } = again;
    assert.deepStrictEqual(difference, { added: [], removed: [], changed: [] });
  };
  fc.assert(fc.property(configurations, configurations, leads), { numRuns: runs(60) });
  t.pass();
});

t.test('options that need a restart are kept and named, the others change', async (t) => {
  const options = {
    ...{ host: '127.0.0.1', port: 6001, trustedProxies: ['10.0.0.0/8'] },
    tls: { port: 6443, cert: 'cert', key: 'key' },
    limits: { maxPipes: 1, pingMs: 1000 },
    apps: [
      { ...APP, pushy: { secretKey: 's', port: 8123 } },
      { ...APP, id: '2', key: 'two' },
    ],
  };
  const before = checkGatewayOptions(options);
  const after = checkGatewayOptions({
    ...{ host: '::1', port: 6002, path: '/x', metrics: { port: 0 }, trustedProxies: ['::1'] },
    tls: { port: 443, cert: 'renewed', key: 'renewed', only: true },
    limits: { maxPipes: 2, pingMs: 2000 },
    apps: [
      { ...APP, secret: 'new', pushy: { secretKey: 't', port: 1, sockjs: { prefix: '/p' } } },
      { ...APP, id: '3', key: 'three' },
    ],
  });
  const { settings, kept, changed, apps: difference } = differenceOf(before, after);
  t.strictSame(kept.toSorted(), [
    ...['app 1: pushy.port', 'app 1: pushy.sockjs.prefix', 'host', 'limits.pingMs', 'metrics'],
    ...['path', 'port', 'tls.only', 'tls.port'],
  ]);
  t.strictSame(changed.toSorted(), [
    ...['app 1: pushy.secretKey', 'app 1: secret', 'limits.maxPipes'],
    ...['tls.cert', 'tls.key', 'trustedProxies'],
  ]);
  t.match(settings, { host: '127.0.0.1', port: 6001, limits: { maxPipes: 2, pingMs: 1000 } });
  t.match(settings.tls, { port: 6443, cert: 'renewed', only: false });
  t.match(settings.apps[0]?.pushy, {
    port: 8123,
    secretKey: 't',
    sockjs: before.apps[0]?.pushy?.sockjs,
  });
  t.strictSame(
    difference.added.map(({ id }) => id),
    ['3'],
  );
  t.strictSame(
    difference.removed.map(({ id }) => id),
    ['2'],
  );
});

t.test('a new configuration that cannot stand with a kept option is refused', async (t) => {
  const open = checkGatewayOptions({
    ...{ host: '0.0.0.0', apps: [{ ...APP, secret: 'a-secret-of-20-and-more' }] },
  });
  const loopback = checkGatewayOptions({ apps: [APP] });
  t.throws(() => differenceOf(open, loopback), {
    code: 'bad_option',
    message: /^apps\[0\]\.secret/,
  });
  const small = checkGatewayOptions({ apps: [APP], limits: { maxPipeUnackedBytes: 20_000 } });
  const large = checkGatewayOptions({ apps: [APP], limits: { maxEventDataBytes: 60_000 } });
  t.throws(() => differenceOf(small, large), { message: /^limits\.maxPipeUnackedBytes/ });
});
