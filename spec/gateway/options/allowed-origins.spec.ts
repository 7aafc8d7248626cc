import t from 'tap';
import { AllowedOrigins, canonicalOrigin } from '../../../lib/gateway/options/allowed-origins';

t.test('an entry is compared in the form in which browsers write origins', async (t) => {
  const rows: Array<[entry: string, origin: string]> = [
    ['https://Shop.Example.org', 'https://shop.example.org'],
    ['https://x.net:443', 'https://x.net'],
    ['http://x.net:80', 'http://x.net'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['null', 'null'],
    ['file://', 'file://'],
  ];
  for (const [entry, origin] of rows) {
    t.ok(new AllowedOrigins([entry]).allows(origin), entry);
    t.notOk(new AllowedOrigins([entry]).allows('https://evil.example'), entry);
  }
});

t.test('a wildcard stands for one label', async (t) => {
  const origins = new AllowedOrigins(['https://*.example.com', 'https://*.dev.net:8443']);
  t.ok(origins.allows('https://shop.example.com'));
  t.ok(origins.allows('https://a.dev.net:8443'));
  for (const other of [
    'https://example.com',
    'https://.example.com',
    'https://a.b.example.com',
    'http://shop.example.com',
    'https://shop.example.com.evil.net',
    'https://evil.net/.example.com',
    'https://shop.example.com:8443',
    'https://a.dev.net',
  ]) {
    t.notOk(origins.allows(other), other);
  }
});

t.test('a port may be any', async (t) => {
  const origins = new AllowedOrigins(['http://localhost:*', 'http://[::1]:*', 'https://*.a.b:*']);
  for (const origin of ['http://localhost', 'http://localhost:3000', 'http://[::1]:1']) {
    t.ok(origins.allows(origin), origin);
  }
  t.ok(origins.allows('https://x.a.b:8443'));
  for (const origin of [
    ...['https://localhost', 'http://localhost:3000.evil.net', 'http://localhost.evil.net:1'],
    ...['http://localhost:', 'http://xlocalhost:1', 'https://x.y.a.b:1', 'https://xaab:1'],
  ]) {
    t.notOk(origins.allows(origin), origin);
  }
});

t.test('an entry that can never match has no canonical form', async (t) => {
  for (const entry of [
    ...['*', 'example.com', 'https://', 'https://a.b/', 'https://a.b/c', 'https://u:p@a.b'],
    ...[
      'https://a.b:*:*',
      'https://a.b:1:*',
      'https://*',
      'https://a.*.b',
      'https://*a.b',
      'https://*.*.b',
      'https://a.b?c',
      'NULL',
      '',
    ],
  ]) {
    t.equal(canonicalOrigin(entry), undefined, entry);
  }
});

t.test('without a list every page may connect, and no list stops what is no page', async (t) => {
  t.ok(new AllowedOrigins().allows('https://any.example'));
  t.ok(new AllowedOrigins(['https://a.b']).allows(undefined));
  t.notOk(new AllowedOrigins([]).allows('https://a.b'));
});
