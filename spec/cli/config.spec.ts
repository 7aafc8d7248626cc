import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Command } from 'commander';
import t, { type Test } from 'tap';
import { createClient } from '../../lib';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { check } from '../../lib/cli/commands/check';
import { readConfig } from '../../lib/cli/config';
import { passedNothing, passedSockets, withSockets } from '../../lib/cli/process/passed-sockets';
import { withNames } from '../../lib/cli/option-names';
import { connectionFrom } from '../../lib/cli/connection';
import { addServeFlags, type ServeFlags } from '../../lib/cli/flags';
import { createGateway } from '../../lib/gateway';

/** The flags of `standpipe serve` with a command line and variables. */
function serveFlags(args: string[], env: Record<string, string> = {}): ServeFlags {
  const before = process.env;
  process.env = { ...before, ...env };
  try {
    const command = addServeFlags(new Command('serve')).exitOverride();
    return command
      .configureOutput({ writeErr: () => undefined })
      .parse(args, { from: 'user' })
      .opts();
  } finally {
    process.env = before;
  }
}

const APP = { id: '7', key: 'k', secret: 's' };

function file(t: Test, name: string, content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'standpipe-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

t.test('a gateway without any configuration serves the development app on this machine', (t) => {
  const { options, development } = readConfig({}, {});
  t.equal(development, true);
  t.match(options.apps, [{ id: '1', key: 'standpipe-dev-key' }]);
  t.end();
});

t.test('the development app is not served to other machines', (t) => {
  t.throws(() => readConfig({ host: '0.0.0.0' }, {}), {
    code: 'bad_option',
    message: /development app is not served on 0\.0\.0\.0.*standpipe keys.*--insecure-dev/,
  });
  t.doesNotThrow(() => readConfig({ host: 'http://localhost' }, {}), 'the gateway refuses it');
  for (const [args, env] of [
    [['--insecure-dev'], {}],
    [[], { STANDPIPE_INSECURE_DEV: '1' }],
  ] satisfies Array<[string[], Record<string, string>]>) {
    const { options } = readConfig(serveFlags(['--host', '0.0.0.0', ...args]), env);
    t.doesNotThrow(() => checkGatewayOptions(options), 'but when the one who starts it says so');
  }
  t.end();
});

t.test('a flag goes before a variable, a variable before the file', (t) => {
  const config = file(t, 'c.json', { $schema: 'x', host: 'f', port: 1, path: '/f', apps: [APP] });
  const env = { STANDPIPE_CONFIG: config, STANDPIPE_HOST: 'e', STANDPIPE_PORT: '2' };
  const { options, development } = readConfig(serveFlags(['--host', 'flag'], env), {});
  t.strictSame(options, { host: 'flag', port: 2, path: '/f', apps: [APP] });
  t.equal(development, false);
  t.end();
});

t.test('an app of the variables stands beside the apps of the file', (t) => {
  const config = file(t, 'c.json', { apps: [APP] });
  const env = {
    STANDPIPE_APP_ID: '8',
    STANDPIPE_APP_KEY: 'k8',
    STANDPIPE_APP_SECRET: 's8',
    STANDPIPE_CLIENT_EVENTS: 'true',
  };
  const { apps } = readConfig({ config }, env).options;
  t.strictSame(apps, [APP, { id: '8', key: 'k8', secret: 's8', clientEvents: true }]);
  t.throws(() => readConfig({}, { STANDPIPE_APP_ID: '8' }), { message: /go together/ });
  t.end();
});

t.test('apps of a variable are JSON, and their errors have its name', (t) => {
  const config = file(t, 'c.json', { apps: [APP] });
  const other = { id: '8', key: 'k8', secret: 's8', enabled: false };
  const env = { STANDPIPE_APPS: JSON.stringify([other]) };
  t.strictSame(readConfig({ config }, env).options.apps, [APP, other]);
  t.strictSame(readConfig({}, env).options.apps, [other]);
  // None at all would be served by the development app.
  for (const wrong of ['{', '{}', 'null', '"a"', '[]']) {
    t.throws(() => readConfig({}, { STANDPIPE_APPS: wrong }), {
      code: 'bad_option',
      message: /^STANDPIPE_APPS: must be a JSON array of one app or more/,
    });
  }
  const bad = { STANDPIPE_APPS: JSON.stringify([{ ...other, key: 'a b' }]) };
  t.throws(() => check({ config }, bad), {
    message: /^STANDPIPE_APPS\[0\]\.key: must be 1 to 64/,
  });
  const noList = file(t, 'd.json', { apps: {} });
  t.throws(() => readConfig({ config: noList }, env), { message: /^apps: must be a list/ });
  t.end();
});

t.test('variables are read as people write them, and empty ones count as none', (t) => {
  const app = { STANDPIPE_APP_ID: '8', STANDPIPE_APP_KEY: 'k8', STANDPIPE_APP_SECRET: 's8' };
  const read = (value: string): unknown =>
    readConfig({}, { ...app, STANDPIPE_CLIENT_EVENTS: value }).options.apps[0]?.clientEvents;
  for (const yes of ['1', 'true', 'TRUE', 'yes', 'on']) t.equal(read(yes), true, yes);
  for (const no of ['0', 'false', 'no', 'Off', '']) t.equal(read(no), false, no);
  t.throws(() => read('maybe'), { message: /^STANDPIPE_CLIENT_EVENTS: must be 1, true/ });
  const empty = { STANDPIPE_APP_ID: '', STANDPIPE_APP_KEY: '', STANDPIPE_APP_SECRET: '' };
  t.equal(readConfig({}, empty).development, true);
  t.strictSame(serveFlags([], { STANDPIPE_PORT: '', STANDPIPE_HOST: '' }), {});
  const level = (): unknown => serveFlags([], { STANDPIPE_LOG_LEVEL: 'verbose' });
  t.throws(level, { message: /STANDPIPE_LOG_LEVEL.*Allowed choices are debug/ });
  t.end();
});

t.test('service links of Kubernetes are ignored with a warning', async (t) => {
  const warnings: string[] = [];
  const hear = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  t.strictSame(serveFlags([], { STANDPIPE_PORT: 'tcp://10.0.0.1:6001' }), {});
  await new Promise((resolve) => setImmediate(resolve));
  t.match(warnings, [/^STANDPIPE_PORT=tcp:\/\/10\.0\.0\.1:6001 is a service link/]);
});

t.test('a byte order mark before the configuration is skipped', (t) => {
  const config = file(t, 'c.json', `\ufeff${JSON.stringify({ apps: [APP] })}`);
  t.strictSame(readConfig({ config }, {}).options.apps, [APP]);
  t.end();
});

t.test('certificates are read from files, relative to the configuration', (t) => {
  const config = file(t, 'c.json', {
    tls: { cert: 'cert.pem', key: '-----BEGIN KEY' },
    apps: [APP],
  });
  writeFileSync(join(config, '..', 'cert.pem'), 'the certificate');
  const { tls } = readConfig({ config, tlsPort: 6443 }, {}).options;
  t.strictSame(tls, { port: 6443, cert: 'the certificate', key: '-----BEGIN KEY' });
  t.throws(() => readConfig({ tlsCert: 'nowhere.pem' }, {}), {
    message: /^--tls-cert: cannot read nowhere\.pem/,
  });
  t.end();
});

t.test('an unreadable value is refused with its path', (t) => {
  const rows: Array<[string, () => unknown, RegExp]> = [
    [
      'no file',
      () => readConfig({ config: 'nowhere.json' }, {}),
      /config: cannot read nowhere\.json/,
    ],
    [
      'no JSON',
      () => readConfig({ config: file(t, 'a', '{\n  "a": 1,\n  "b": x}') }, {}),
      /config: .* is no JSON: look at line 3, column 8 for/,
    ],
    [
      'half of it',
      () => readConfig({ config: file(t, 'a', '{\n') }, {}),
      /config: .* is no JSON: look at line 2, column 1 for/,
    ],
    ['a list', () => readConfig({ config: file(t, 'b', []) }, {}), /must hold a JSON object/],
  ];
  for (const [what, read, message] of rows) t.throws(read, { code: 'bad_option', message }, what);
  t.end();
});

t.test('no piece of a secret stands in an error, whatever is wrong around it', (t) => {
  const secret = 'q7Zx9Kw3PlmN8vRt2sYb';
  const pieces = Array.from({ length: secret.length - 3 }, (_, i) => secret.slice(i, i + 4));
  const leaks: string[] = [];
  let refused = 0;
  const check = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      refused++;
      const told = `${inspect(error)} ${inspect((error as Error).cause)}`;
      if (pieces.some((piece) => told.includes(piece))) leaks.push(told);
    }
  };
  const app = { id: '7', key: 'k', secret };
  const sound = JSON.stringify({ port: 1, apps: [app] });
  const config = file(t, 'c.json', sound);
  for (let i = 0; i < sound.length; i++) {
    for (const instead of ['', '"', ',', 'x', '\n']) {
      writeFileSync(config, sound.slice(0, i) + instead + sound.slice(i + 1));
      check(() => checkGatewayOptions(readConfig({ config }, {}).options));
    }
  }
  const key = `MIIE\n${secret}`;
  writeFileSync(config, JSON.stringify({ apps: [APP], tls: { port: 1, cert: key, key } }));
  check(() => readConfig({ config }, {}));
  const options: object[] = [
    { ...app, secret: [secret] },
    { ...app, secret: { secret } },
    { ...app, secert: secret },
    { ...app, encryptionMasterKeyBase64: secret },
    { ...app, webhooks: [{ url: `https://u:${secret}@x` }] },
    { ...app, webhooks: [{ url: secret }] },
    { ...app, webhooks: [{ url: 'https://x', headers: { Authorization: `${secret}\n` } }] },
  ];
  for (const wrong of options) check(() => checkGatewayOptions({ apps: [wrong] } as never));
  check(() => checkGatewayOptions({ apps: [app], metrics: { port: 1, token: [secret] } } as never));
  check(() => createClient({ appId: '1', key: 'k', secret: [secret] } as never));
  check(() => createClient({ appId: '1', key: 'k', secret, encryptionMasterKeyBase64: secret }));
  check(() => createClient({ appId: '1', key: 'k', secret, host: `https://u:${secret}@x` }));
  t.ok(refused > 100, `${refused} errors`);
  t.strictSame(leaks, []);
  t.end();
});

t.test('a flag out of range is refused with its name, its value and what is allowed', (t) => {
  const rows: Array<[string[], Record<string, string>, RegExp]> = [
    [
      ['--port', '80x'],
      {},
      /--port <number>' argument '80x' is invalid\. It must be a whole number/,
    ],
    [[], { STANDPIPE_TLS_PORT: '80x' }, /value '80x' from env 'STANDPIPE_TLS_PORT' is invalid/],
    [['--log-level', 'loud'], {}, /Allowed choices are debug, info, warn, error, silent/],
    [[], { STANDPIPE_LOG_LEVEL: 'loud' }, /from env 'STANDPIPE_LOG_LEVEL' is invalid/],
  ];
  for (const [args, env, message] of rows) {
    t.test(`${args.join(' ')} ${JSON.stringify(env)}`, async (t) => {
      t.throws(() => serveFlags(args, env), { message });
    });
  }
  t.end();
});

t.test('an option that the gateway refuses is named as it was given', (t) => {
  const app = { STANDPIPE_APP_ID: 'a b', STANDPIPE_APP_KEY: 'k8', STANDPIPE_APP_SECRET: 's8' };
  const inFile = file(t, 'c.json', { port: 70_000, path: 'x', apps: [APP] });
  const list = file(t, 'l.json', { tls: { cert: [], key: '' }, apps: [APP] });
  const tls = file(t, 't.json', { tls: { port: 1 }, apps: [APP] });
  const rows: Array<[args: string[], env: Record<string, string>, message: RegExp]> = [
    [['--port', '70000'], {}, /^--port: must be a whole number from 0 to 65535, not 70000$/],
    [[], { STANDPIPE_PORT: '70000' }, /^STANDPIPE_PORT: must be a whole number from 0 to 65535/],
    [['--config', inFile], {}, /^port: must be .*; path: must be empty or begin with \//],
    [['--config', inFile, '--path', 'y'], {}, /^port: must be .*; --path: must be empty/],
    [['--path', 'x', '--port', '70000'], {}, /^--port: must be .*; --path: must be empty/],
    [['--metrics-port', '70000'], {}, /^--metrics-port: must be/],
    [['--port-wait-ms', '9999999'], {}, /^--port-wait-ms: must be .* from 0 to 600000/],
    [
      ['--metrics-port', '0'],
      { STANDPIPE_METRICS_TOKEN: 'x' },
      /^STANDPIPE_METRICS_TOKEN: must be 20/,
    ],
    [[], app, /^STANDPIPE_APP_ID: must be 1 to 64/],
    [['--config', inFile, '--port', '1', '--path', ''], app, /^STANDPIPE_APP_ID: must be 1 to 64/],
    [['--tls-port', '1'], {}, /^tls\.cert: is missing; give --tls-cert, or tls\.cert in the file/],
    [['--tls-key', '-----BEGIN X'], {}, /^tls\.cert: is missing; give --tls-cert/],
    [['--tls-cert', '-----BEGIN X'], {}, /^tls\.key: is missing; give --tls-key/],
    [['--config', tls], {}, /^tls\.cert: is missing/],
    [['--config', list], {}, /^tls\.cert: must be the path of a PEM file, or its text$/],
    [[], { STANDPIPE_CLIENT_EVENTS: 'maybe' }, /^STANDPIPE_CLIENT_EVENTS: must be 1, true/],
  ];
  for (const [args, env, message] of rows) {
    const start = (): unknown => {
      const { options, names } = readConfig(serveFlags(args, env), env);
      return withNames(names, () => createGateway(options));
    };
    t.throws(start, { code: 'bad_option', message }, args.join(' '));
  }
  t.end();
});

t.test('each flag of serve is also a variable, as its help says', (t) => {
  const help = addServeFlags(new Command('serve')).helpInformation().replace(/\s+/g, ' ');
  for (const [flag] of help.matchAll(/--(?!help)[a-z-]+/g)) {
    const variable = `STANDPIPE_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`;
    t.match(help, `env: ${variable})`);
  }
  t.end();
});

t.test('a number that is set to nothing is not set', (t) => {
  t.equal(serveFlags([], { STANDPIPE_PORT: '' }).port, undefined);
  t.end();
});

t.test('commands connect as an app of the configuration', (t) => {
  const second = { id: '9', key: 'k9', secret: 's9' };
  const config = file(t, 'c.json', { host: '0.0.0.0', port: 7001, apps: [APP, second] });
  t.strictSame(connectionFrom({ config, app: '9' }, {}), {
    appId: '9',
    key: 'k9',
    secret: 's9',
    host: '127.0.0.1',
    port: 7001,
    useTLS: false,
    tls: {},
    connectTimeoutMs: 5_000,
  });
  t.match(connectionFrom({ host: 'h', tls: true }, {}), { host: 'h', useTLS: true, appId: '1' });
  t.throws(() => connectionFrom({ config, app: 'x' }, {}), {
    message: /no app 'x'; there are 7, 9/,
  });
  t.end();
});

t.test('sockets that a parent passes on take the places of ports, in their order', async (t) => {
  const env = { LISTEN_PID: '42', LISTEN_FDS: '2' };
  t.equal(passedSockets(env, 42), 2);
  t.equal(passedSockets(env, 43), 0, 'meant for another process');
  t.equal(passedSockets({}, 42), 0);
  t.equal(passedSockets({ ...env, LISTEN_FDS: '-1' }, 42), 0);
  for (const count of ['0', '-1', 'two', '']) {
    const wrong = { LISTEN_PID: '42', LISTEN_FDS: count };
    t.match(passedNothing(wrong, 42), `LISTEN_FDS is '${count}'`);
    t.equal(passedNothing(wrong, 43), undefined, 'another process is meant');
  }
  t.equal(passedNothing(env, 42), undefined);
  t.equal(passedNothing({}, 42), undefined);
  const tls = { cert: 'cert', key: 'key' };
  const options = { apps: [] };
  t.match(withSockets(options, 2), { options: { fd: 3 }, left: 1 });
  t.match(withSockets({ ...options, tls }, 2), { options: { fd: 3, tls: { fd: 4 } }, left: 0 });
  const only = withSockets({ ...options, tls: { ...tls, only: true } }, 1);
  t.strictSame([only.options.fd, only.options.tls?.fd, only.left], [undefined, 3, 0]);
  t.strictSame(withSockets(options, 0), { options, left: 0 });
});

t.test('commands connect to the address of the file, and flags go before it', (t) => {
  const tls = { port: 7443, cert: '-----BEGIN A', key: '-----BEGIN B' };
  const config = file(t, 'c.json', { host: '10.1.2.3', port: 7001, path: '/p', tls, apps: [APP] });
  const address = (flags: object): unknown[] => {
    const { host, port, path, useTLS } = connectionFrom({ config, ...flags }, {});
    return [host, port, path, useTLS];
  };
  t.strictSame(address({}), ['10.1.2.3', 7443, '/p', true]);
  t.strictSame(address({ host: '127.0.0.1' }), ['127.0.0.1', 7001, '/p', undefined]);
  t.strictSame(address({ tls: true }), ['10.1.2.3', 7443, '/p', true]);
  t.strictSame(address({ host: 'h', port: 9, path: '/q' }), ['h', 9, '/q', true]);
  const { tls: trust } = connectionFrom({ config, insecure: true }, {});
  t.strictSame(trust, { rejectUnauthorized: false });
  t.strictSame(address({ insecure: true }), ['10.1.2.3', 7443, '/p', true]);
  const plain = file(t, 'p.json', { host: '10.1.2.3', port: 7001, apps: [APP] });
  t.match(connectionFrom({ config: plain }, {}), { host: '10.1.2.3', port: 7001, useTLS: false });
  t.equal(connectionFrom({ host: 'h' }, {}).useTLS, undefined, 'TLS, unless it is loopback');
  const only = { host: '0.0.0.0', tls: { ...tls, only: true }, apps: [APP] };
  const everywhere = connectionFrom({ config: file(t, 'o.json', only) }, {});
  t.match(everywhere, { host: '127.0.0.1', port: 7443, useTLS: true });
  t.match(connectionFrom({ tls: true }, {}), { host: '127.0.0.1', port: 6443 });
  t.throws(() => connectionFrom({ ca: '/nowhere/ca.pem' }, {}), {
    code: 'bad_option',
    message: /^--ca: cannot read/,
  });
  t.end();
});

t.test('metrics have an address and a token, which is never a flag', (t) => {
  const args = ['--metrics-port', '9100', '--metrics-host', '10.0.0.1'];
  const env = { STANDPIPE_METRICS_TOKEN: 'a-token-of-the-specs' };
  t.strictSame(readConfig(serveFlags(args), env).options.metrics, {
    ...{ port: 9100, host: '10.0.0.1', token: 'a-token-of-the-specs' },
  });
  const variables = { STANDPIPE_METRICS_PORT: '9101', STANDPIPE_METRICS_HOST: '10.0.0.2' };
  const { metrics } = readConfig(serveFlags([], variables), {}).options;
  t.strictSame(metrics, { port: 9101, host: '10.0.0.2' });
  t.equal(readConfig({}, env).options.metrics, undefined, 'a token opens no port');
  t.throws(() => readConfig({ metricsHost: '10.0.0.1' }, {}), { message: /^--metrics-host: / });
  t.end();
});

t.test(
  'a broker comes from the command line, a variable or the file, which keeps its prefix',
  (t) => {
    const config = file(t, 'one.json', {
      apps: [APP],
      broker: { redis: 'redis://a', prefix: 'p' },
    });
    t.match(readConfig(serveFlags(['--config', config]), {}).options, {
      broker: { redis: 'redis://a', prefix: 'p' },
    });
    const flags = serveFlags(['--config', config], { STANDPIPE_BROKER: 'redis://b' });
    t.match(readConfig(flags, {}).options, { broker: { redis: 'redis://b', prefix: 'p' } });
    t.end();
  },
);
