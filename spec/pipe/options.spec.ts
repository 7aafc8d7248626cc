import t from 'tap';
import { readOptions, type PipeOptions } from '../../lib/pipe/options';
import { scriptedClient } from '../support/scripted-client';

const GOOD = { key: 'k', secret: 'hush-hush', appId: 'app-1' };

t.test('key, secret and app id are enough', (t) => {
  const settings = readOptions(GOOD);
  t.match(settings, {
    ...GOOD,
    host: '127.0.0.1',
    port: 6001,
    path: '',
    useTLS: false,
    tls: {},
    connectTimeoutMs: 10_000,
    pingMs: 10_000,
    deadMs: 25_000,
    drainMs: 10_000,
    backoff: { baseMs: 500, maxMs: 30_000 },
    credit: { messages: 32_768, bytes: 8_388_608 },
    group: undefined,
    concurrency: 32_768,
    ack: 'handled',
    onHandlerError: 'continue',
    slowHandlerMs: 30_000,
    maxOutboxEvents: 10_000,
    maxOutboxBytes: 16_777_216,
    maxWaitingPublishes: 100_000,
    maxWaitingBytes: 67_108_864,
    whenFull: 'wait',
    name: undefined,
  });
  t.end();
});

t.test('app_id and secure are accepted as the other names they are', (t) => {
  const { key, secret } = GOOD;
  t.match(readOptions({ key, secret, app_id: 3, secure: true }), {
    appId: '3',
    useTLS: true,
    port: 443,
  });
  t.match(readOptions({ ...GOOD, app_id: 'app-1' }), { appId: 'app-1' });
  t.throws(() => readOptions({ ...GOOD, app_id: 'other' }), {
    code: 'bad_option',
    message: /^appId: /,
  });
  t.end();
});

t.test('TLS is on by default for every host that is not loopback', (t) => {
  for (const host of [
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '[::1]',
    'LOCALHOST',
  ]) {
    t.equal(readOptions({ ...GOOD, host }).useTLS, false, host);
  }
  for (const host of [
    'example.com',
    '10.0.0.1',
    'localhost.example',
    '::2',
    '1127.0.0.1',
    'notlocalhost',
  ]) {
    t.equal(readOptions({ ...GOOD, host }).useTLS, true, host);
  }
  t.end();
});

t.test('giving up TLS or its checks is warned of', (t) => {
  const warned = (options: Partial<PipeOptions>): number => scriptedClient(options).lines.length;
  t.equal(warned({}), 0);
  t.equal(warned({ host: 'example.com' }), 0);
  t.equal(warned({ host: 'example.com', useTLS: false }), 1);
  t.equal(warned({ host: 'example.com', tls: { rejectUnauthorized: false } }), 1);
  t.end();
});

t.test('every bad option is refused with its path first, and the secret is never shown', (t) => {
  const bad: Array<[path: string, options: unknown]> = [
    ['options', null],
    ['options', 'text'],
    ['options', []],
    ['key', { ...GOOD, key: undefined }],
    ['key', { ...GOOD, key: 5 }],
    ['secret', { ...GOOD, secret: '' }],
    ['secret', { ...GOOD, secret: ['hush-hush'] }],
    ['appId', { key: 'k', secret: 'hush-hush' }],
    ['appId', { ...GOOD, appId: 'a/b' }],
    ['host', { ...GOOD, host: 'ws://example.com' }],
    ['host', { ...GOOD, host: 'example.com/x' }],
    ['host', { ...GOOD, host: '127.0.0.1:6001' }],
    ['host', { ...GOOD, host: 'example.com:6001' }],
    ['path', { ...GOOD, path: 'realtime' }],
    ['path', { ...GOOD, path: '/a?b=c' }],
    ['path', { ...GOOD, path: '/a/../b' }],
    ['path', { ...GOOD, path: 7 }],
    ['port', { ...GOOD, port: 0 }],
    ['port', { ...GOOD, port: '6001' }],
    ['useTLS', { ...GOOD, useTLS: 'yes' }],
    ['tls', { ...GOOD, tls: true }],
    ['tls.insecure', { ...GOOD, tls: { insecure: true } }],
    ['tls.rejectUnauthorized', { ...GOOD, tls: { rejectUnauthorized: 0 } }],
    ['connectTimeoutMs', { ...GOOD, connectTimeoutMs: 0 }],
    ['pingMs', { ...GOOD, pingMs: 1.5 }],
    ['deadMs', { ...GOOD, deadMs: 2 ** 31 }],
    ['deadMs', { ...GOOD, pingMs: 30_000, deadMs: 1_500 }],
    ['deadMs', { ...GOOD, pingMs: 30_000 }],
    ['deadMs', { ...GOOD, pingMs: 2_000, deadMs: 2_000 }],
    ['deadMs', { ...GOOD, pingMs: 100, deadMs: 900 }],
    ['deadMs', { ...GOOD, deadMs: 1_000 }],
    ['drainMs', { ...GOOD, drainMs: -1 }],
    ['backoff', { ...GOOD, backoff: 5 }],
    ['backoff.factor', { ...GOOD, backoff: { factor: 2 } }],
    ['backoff.baseMs', { ...GOOD, backoff: { baseMs: NaN } }],
    ['backoff.baseMs', { ...GOOD, backoff: { baseMs: 200, maxMs: 100 } }],
    ['backoff.baseMs', { ...GOOD, backoff: { baseMs: 60_000 } }],
    ['backoff.maxMs', { ...GOOD, backoff: { maxMs: Infinity } }],
    ['credit.messages', { ...GOOD, credit: { messages: 100_001 } }],
    ['credit.bytes', { ...GOOD, credit: { bytes: 0 } }],
    ['concurrency', { ...GOOD, concurrency: 0 }],
    ['maxOutboxEvents', { ...GOOD, maxOutboxEvents: 0 }],
    ['maxOutboxBytes', { ...GOOD, maxOutboxBytes: '16' }],
    ['name', { ...GOOD, name: '' }],
    ['name', { ...GOOD, name: 'a b' }],
    ['name', { ...GOOD, name: 'x'.repeat(65) }],
    ['onHandlerError', { ...GOOD, onHandlerError: 'stop' }],
    ['maxWaitingPublishes', { ...GOOD, maxWaitingPublishes: 0 }],
    ['whenFull', { ...GOOD, whenFull: 'drop' }],
    ['log', { ...GOOD, log: {} }],
    ['cluster', { ...GOOD, cluster: 'eu' }],
    ['__proto__x', { ...GOOD, __proto__x: 1 }],
  ];
  for (const [path, options] of bad) {
    try {
      readOptions(options as PipeOptions);
      t.fail(`${path} was accepted`);
    } catch (error) {
      t.match(error, { code: 'bad_option' });
      const { message } = error as Error;
      t.ok(message.startsWith(`${path}: `), message);
      t.notMatch(message, 'hush-hush');
    }
  }
  t.end();
});

t.test('pairs of times that fit are taken, and pingMs follows a short deadMs', (t) => {
  const read = (options: Partial<PipeOptions>): ReturnType<typeof readOptions> =>
    readOptions({ ...GOOD, ...options });
  t.match(read({ pingMs: 30_000, deadMs: 31_000 }), { pingMs: 30_000, deadMs: 31_000 });
  t.match(read({ deadMs: 5_000 }), { pingMs: 2_500, deadMs: 5_000 });
  t.match(read({ deadMs: 60_000 }), { pingMs: 10_000 });
  t.match(read({ backoff: { maxMs: 100 } }), { backoff: { baseMs: 500, maxMs: 100 } });
  t.match(read({ backoff: { baseMs: 100, maxMs: 100 } }), { backoff: { baseMs: 100 } });
  t.end();
});

t.test('a master key is refused with the rule it breaks, and its name once', (t) => {
  for (const [given, rule] of [
    [7, 'must be a string'],
    ['%', 'must be valid base64'],
    ['YWJj', 'must decode to 32 bytes, but the provided key decodes to 3 bytes'],
  ] as const) {
    const options = { ...GOOD, encryptionMasterKeyBase64: given } as unknown as PipeOptions;
    t.throws(() => readOptions(options), { message: `encryptionMasterKeyBase64: ${rule}` });
  }
  t.end();
});

t.test('neither a URL with credentials nor an object is shown in a refusal', (t) => {
  const given = ['http://key:hush-hush@example.com', 'key:hush-hush@example.com'];
  for (const host of [...given, { secret: 'hush-hush' }, ['hush-hush']]) {
    for (const name of ['host', 'port', 'appId', 'group', 'ack']) {
      try {
        readOptions({ ...GOOD, [name]: host });
        t.fail(`${name} was accepted`);
      } catch (error) {
        t.notMatch((error as Error).message, 'hush-hush');
      }
    }
  }
  t.end();
});

t.test('stop on a failing handler needs somebody who gets the event again', (t) => {
  for (const identity of [{ name: 'chat' }, { group: 'chat' }]) {
    const { onHandlerError } = readOptions({ ...GOOD, ...identity, onHandlerError: 'stop' });
    t.equal(onHandlerError, 'stop');
  }
  const broadcast = { name: 'chat', mode: 'broadcast' } as const;
  for (const identity of [{}, { group: broadcast }]) {
    t.throws(() => readOptions({ ...GOOD, ...identity, onHandlerError: 'stop' }), {
      message: /^onHandlerError: 'stop' needs a name or a group/,
    });
  }
  readOptions({ ...GOOD, name: 'one', group: broadcast, onHandlerError: 'stop' });
  t.end();
});

t.test('a misspelt option is refused with the one that is meant', (t) => {
  for (const [given, meant] of [
    ['apId', 'appId'],
    ['usetls', 'useTLS'],
    ['slowHandlersMs', 'slowHandlerMs'],
    ['gruop', 'group'],
  ] as const) {
    t.throws(() => readOptions({ ...GOOD, [given]: 1 }), {
      message: new RegExp(
        `^${given}: is no option; did you mean ${meant}\\?; the options are key,`,
      ),
    });
  }
  t.throws(() => readOptions({ ...GOOD, backoff: { baseMS: 1 } } as unknown as PipeOptions), {
    message: 'backoff.baseMS: is no option; did you mean baseMs?; the options are baseMs, maxMs',
  });
  t.end();
});

t.test('an unknown option is refused with the list of those that exist', (t) => {
  t.throws(() => readOptions({ ...GOOD, colour: 1 } as PipeOptions), {
    message: /^colour: is no option; the options are key,.*useTLS.*whenFull/,
  });
  t.end();
});
