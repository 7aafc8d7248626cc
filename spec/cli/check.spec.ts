import { join } from 'node:path';
import t, { type Test } from 'tap';
import { check } from '../../lib/cli/commands/check';
import { schema } from '../../lib/cli/commands/schema';
import { certificate } from '../support/tls';

const APP = { id: '7', key: 'k', secret: 's' };

/** Lines that something prints. */
function captured(t: Test, run: () => void): string[] {
  const lines: string[] = [];
  t.intercept(console, 'log', { value: (line: string) => void lines.push(line) });
  run();
  return lines;
}

t.test(
  'check tells what serve would do, without secrets, and refuses what serve would refuse',
  (t) => {
    const options = {
      ...{ host: '127.0.0.1', port: 7001, path: '/live', metrics: { port: 7002 } },
      broker: { redis: 'redis://:broker-secret@127.0.0.1:6379' },
      console: { port: 7003 },
      apps: [{ ...APP, secret: 'app-secret', clientEvents: true }],
      limits: { maxConnections: 100, maxPipes: 256 },
    };
    const config = join(t.testdir({ 'c.json': JSON.stringify(options) }), 'c.json');
    const told = captured(t, () => check({ config }, {}));
    t.strictSame(told, [
      'listens   ws://127.0.0.1:7001/live',
      'app       7, client events',
      'metrics   http://127.0.0.1:7002/metrics',
      'console   http://127.0.0.1:7003, a token that is made at each start',
      'broker    keys begin with sp',
      'limit     maxConnections 100, in place of 50000',
    ]);
    t.match(
      captured(t, () => check({}, {})),
      [/^listens/, /the development app, whose secret/],
    );
    const folder = t.testdir({ 'a.pem': '-----BEGIN A', 'b.pem': '-----BEGIN B' });
    const tls = { tlsCert: join(folder, 'a.pem'), tlsKey: join(folder, 'b.pem') };
    t.throws(() => check(tls, {}), {
      code: 'bad_option',
      message: /^tls: the certificate or the key cannot be used/,
    });
    const page = { port: 0, tls: { cert: '-----BEGIN A', key: '-----BEGIN B' } };
    const secured = join(t.testdir({ 'd.json': JSON.stringify({ console: page }) }), 'd.json');
    t.throws(() => check({ config: secured }, {}), {
      message: /^console\.tls: the certificate or the key cannot be used/,
    });
    t.throws(() => check({ port: 99_999 }, {}), { message: /^--port: must be a whole number/ });
    t.end();
  },
);

t.test(
  'the console of the file has its certificate and tokens, and an operator by a variable',
  async (t) => {
    const { cert, key } = await certificate();
    const support = { name: 'support', token: 't'.repeat(32) };
    const page = { port: 7003, tls: { cert: 'cert.pem', key }, tokens: [support] };
    const folder = t.testdir({
      'cert.pem': cert,
      'c.json': JSON.stringify({ console: page }),
      'd.json': JSON.stringify({ console: { ...page, tokens: {} } }),
    });
    const env = { STANDPIPE_CONSOLE_TOKEN: 'o'.repeat(32) };
    const told = captured(t, () => check({ config: join(folder, 'c.json') }, env));
    const who = 'support (viewer), STANDPIPE_CONSOLE_TOKEN (operator)';
    t.ok(told.includes(`console   https://127.0.0.1:7003, ${who}`), told.join('\n'));
    t.throws(() => check({ config: join(folder, 'd.json') }, env), {
      code: 'bad_option',
      message: /^console\.tokens: must be a list/,
    });
  },
);

t.test('schema prints what editors check the configuration file by', (t) => {
  const { properties } = JSON.parse(captured(t, () => schema()).join('\n')) as {
    properties: { tls: { properties: Record<string, object> } };
  };
  t.ok(Object.hasOwn(properties, '$schema'));
  t.match(properties.tls.properties['cert'], { type: 'string', anyOf: undefined });
  t.end();
});
