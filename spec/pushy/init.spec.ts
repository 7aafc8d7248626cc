import t from 'tap';
import { init } from '../../lib/pushy';
import { pushyConfig } from '../../lib/pushy/config';
import { PushyClient, PUSHY_SECRET, trigger } from '../gateway/protocols/pushy/pushy-client';
import { certificate } from '../support/tls';

const HOST = { host: '127.0.0.1', port: 0, secretKey: PUSHY_SECRET };

/** The configuration that pushy came with. */
const EXAMPLE = {
  ...{ name: 'pushy-node', ssl: false, sslKey: null },
  sockjs: {
    prefix: '/pushy/socket',
    sockjs_url: 'http://cdn.sockjs.org/sockjs-0.3.min.js',
    websocket: true,
    response_limit: '128K',
    jsessionid: false,
    heartbeat_delay: 25,
    disconnect_delay: 5,
  },
};

t.test('init takes the example configuration and commands', async (t) => {
  const gateway = await init(
    { ...EXAMPLE, ...HOST },
    { echo: (sockjs, connection, data) => sockjs.sendEvent(connection, 'echo', data) },
  );
  t.teardown(() => gateway.stop());
  const client = await PushyClient.connect(t, gateway.port);
  client.command('ECHO', { a: 1 });
  t.strictSame((await client.next('echo')).data, { a: 1 });
  await client.subscribe('room');
  t.equal((await trigger(gateway.port, 'room', 'e')).status, 201);
  await client.next('e');
});

t.test('a command that throws is a warning of the process, once a minute', async (t) => {
  const warnings: Array<Error & { code?: string; detail?: string }> = [];
  const heard = (warning: Error): void => void warnings.push(warning);
  process.on('warning', heard);
  t.teardown(() => process.off('warning', heard));
  const fail = (): never => {
    throw new Error('a bug of the command');
  };
  const commands = { fail, reject: () => Promise.reject(new Error('a bug of the promise')) };
  const gateway = await init(HOST, commands);
  t.teardown(() => gateway.stop());
  const client = await PushyClient.connect(t, gateway.port);
  for (const name of ['fail', 'fail', 'reject']) {
    client.command(name);
    t.match((await client.next('pushy:error')).data, { code: '500' });
  }
  t.match(warnings, [
    {
      name: 'StandpipeWarning',
      message: /^the command fail of pushy failed/,
      detail: /the command\n.*init\.spec/,
    },
    {
      name: 'StandpipeWarning',
      message: /^the command reject of pushy failed/,
      detail: /the promise/,
    },
  ]);
  t.equal(warnings.length, 2);
});

t.test('ssl makes an HTTPS server', async (t) => {
  const { cert, key } = await certificate();
  const gateway = await init({ ...HOST, ssl: true, sslKey: key, sslCert: cert });
  t.teardown(() => gateway.stop());
  t.match(gateway.url, /^https:/);
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.teardown(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
  const client = await PushyClient.connect(t, gateway.port, {
    host: 'https://127.0.0.1',
    transports: 'xhr-streaming',
  });
  t.match((await client.subscribe('room')).data, { channel: 'room' });
});

t.test('port is 8123 and ssl is false unless they are given', async (t) => {
  t.match(pushyConfig({ secretKey: 'x' }), { port: 8123, host: '0.0.0.0', tls: undefined });
  t.match(pushyConfig({ secretKey: 'x', port: 8234, host: '::1' }), { port: 8234, host: '::1' });
});

t.test('a bad configuration is refused with the option that is wrong', async (t) => {
  const bad: Array<[config: unknown, message: RegExp]> = [
    [null, /must be an object/],
    [{}, /secretKey: must be/],
    [{ ...HOST, secret: 'x' }, /secret: is no option of pushy/],
    [{ ...HOST, ssl: 'yes' }, /ssl: must be/],
    [{ ...HOST, ssl: true, sslKey: null }, /needs sslKey and sslCert/],
    [{ ...HOST, port: 'x' }, /port/],
    [{ ...HOST, sockjs: { prefix: 7 } }, /sockjs\.prefix/],
  ];
  for (const [config, message] of bad) {
    await t.rejects(init(config as never), { code: 'bad_option', message });
  }
  for (const [commands, message] of [
    [null, /commands: must be an object of functions/],
    [7, /commands: must be an object of functions/],
    [{ bad: 7 }, /commands\.bad: must be a function/],
  ] as const) {
    await t.rejects(init(HOST, commands as never), { code: 'bad_option', message });
  }
});
