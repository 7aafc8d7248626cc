import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { WebSocket } from 'ws';
import { createTestGateway } from '../../lib/testing';
import { main, Run } from '../support/command';
import { certificate } from '../support/tls';

t.test('keys makes an app that serve takes', async (t) => {
  const keys = new Run(t, ['keys']);
  t.equal(await keys.ended, 0);
  const app = JSON.parse(keys.output) as Record<string, string>;
  t.match(app, { id: /^\d+$/, key: /^[0-9a-f]{20}$/, secret: /^[0-9a-f]{40}$/ });
});

t.test('serve, tail and trigger work together, and SIGTERM ends serve with 0', async (t) => {
  const serve = new Run(t, ['serve', '--port', '0']);
  const { url } = JSON.parse(await serve.line('standpipe listens')) as { url: string };
  t.match(await serve.line('development app'), /secret everybody knows/);
  const port = new URL(url).port;
  t.equal((await fetch(`${url}/readyz`)).status, 200);

  const tail = new Run(t, ['tail', '--port', port]);
  const socket = new WebSocketBrowser(`ws://127.0.0.1:${port}/app/standpipe-dev-key?protocol=7`);
  // The tail may connect after the browser has, so the browser speaks until it is heard.
  const seen = tail.line('"event"');
  const again = setInterval(() => socket.send({ event: 'hello', data: { n: 1 } }), 50);
  t.match(JSON.parse(await seen), { what: 'event', event: 'hello', data: { n: 1 } });
  clearInterval(again);

  socket.send({ event: 'pusher:subscribe', data: { channel: 'room' } });
  const trigger = new Run(t, ['trigger', 'room', 'greet', '{"a":1}', '--port', port]);
  t.equal(await trigger.ended, 0);
  t.strictSame(JSON.parse(trigger.output), { status: 'delivered', sockets: 1 });
  t.match(await socket.next('greet'), { channel: 'room', data: '{"a":1}' });

  serve.child.kill('SIGTERM');
  t.equal(await serve.ended, 0);
  t.equal(await socket.closed, 4100);

  const next = new Run(t, ['serve', '--port', port]);
  await next.line('standpipe listens');
  const later = new WebSocketBrowser(`ws://127.0.0.1:${port}/app/standpipe-dev-key?protocol=7`);
  const heard = tail.line('"later"');
  const repeated = setInterval(() => later.send({ event: 'later', data: {} }), 50);
  t.match(JSON.parse(await heard), { event: 'later' }, 'tail waits for a gateway that was there');
  clearInterval(repeated);
  tail.child.kill('SIGINT');
  t.equal(await tail.ended, 0);
  next.child.kill('SIGTERM');
  t.equal(await next.ended, 0);
});

t.test(
  'serve prints the address of the console, and its token in no line of the log',
  async (t) => {
    const serve = new Run(t, ['serve', '--port', '0', '--console-port', '0']);
    const line = await serve.line('console: ');
    const address = /^console: (http:\/\/127\.0\.0\.1:\d+\/)#token=(\S{32})$/.exec(line.trim());
    const [, url = '', token = ''] = address ?? [];
    const headers = { Authorization: `Bearer ${token}` };
    t.equal((await fetch(`${url}api/me`, { headers })).status, 200);
    await serve.line('standpipe listens');
    const rest = serve.output.replace(line, '');
    t.not(token, '');
    t.notMatch(rest, token);
    const STANDPIPE_CONSOLE_TOKEN = 'c'.repeat(32);
    const pretty = ['serve', '--port', '0', '--console-port', '0', '--log-format', 'pretty'];
    const other = new Run(t, pretty, { env: { STANDPIPE_CONSOLE_TOKEN } });
    t.match(
      await other.line('standpipe listens'),
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: standpipe listens \{"url"/,
      'a line for readers',
    );
    const printed = (await other.line('console: ')).trim();
    t.match(printed, /^console: http:\/\/127\.0\.0\.1:\d+\/$/, 'a configured token is not shown');
    const own = { Authorization: `Bearer ${STANDPIPE_CONSOLE_TOKEN}` };
    const me = await fetch(`${printed.replace('console: ', '')}api/me`, { headers: own });
    t.match(await me.json(), { role: 'operator' });
  },
);

t.test('a wrong option ends serve with its name and 1', async (t) => {
  const run = new Run(t, ['serve', '--port', '99999']);
  t.equal(await run.ended, 1);
  t.match(run.output, /^standpipe: --port: must be a whole number from 0 to 65535, not 99999/);
});

t.test('repl gives a prompt with a connected client', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const { appId, key, secret, port } = gateway.client;
  const env = {
    ...{ STANDPIPE_APP_ID: appId, STANDPIPE_APP_KEY: key, STANDPIPE_APP_SECRET: secret },
    STANDPIPE_HISTORY: join(t.testdir(), 'history'),
  };
  const repl = new Run(t, ['repl', '--port', String(port)], { env });
  const browser = await gateway.browser();
  await browser.subscribe('room');
  await repl.line('Connected');
  repl.child.stdin.write("client.channel('room').trigger('typed', 42)\n");
  t.match(await browser.next('typed'), { data: 42 });
  // The prompt of 2011 had the package under this name.
  repl.child.stdin.write('typeof pipeClient.createClient + typeof pipeClient.Client\n');
  await repl.line('functionfunction');
  repl.child.stdin.end('.exit\n');
  t.equal(await repl.ended, 0);
});

t.test('pushy runs by its own config.json', async (t) => {
  const config = { port: 0, host: '127.0.0.1', secretKey: 'mySuperSecretKey', ssl: false };
  const dir = t.testdir({
    'config.json': JSON.stringify(config),
    'bad.json': '{',
    'null.json': 'null',
  });
  const pushy = new Run(t, ['pushy', join(dir, 'config.json')]);
  const { url } = JSON.parse(await pushy.line('pushy listens')) as { url: string };
  const info = (await (await fetch(`${url}/pushy/socket/info`)).json()) as object;
  t.match(info, { websocket: true });
  pushy.child.kill('SIGTERM');
  t.equal(await pushy.ended, 0);
  for (const [file, why] of [
    ['bad.json', /is no JSON/],
    ['null.json', /must hold a JSON object/],
  ] as const) {
    const bad = new Run(t, ['pushy', join(dir, file)]);
    t.match(await bad.line('standpipe:'), why);
    t.equal(await bad.ended, 1);
  }
});

t.test(
  'a command without a gateway, or with a wrong secret, says so and ends with 1',
  async (t) => {
    const gateway = await createTestGateway();
    t.teardown(() => gateway.close());
    const { appId, key, port } = gateway.client;
    const wrong = {
      ...{ STANDPIPE_APP_ID: appId, STANDPIPE_APP_KEY: key },
      STANDPIPE_APP_SECRET: 'not-the-secret-of-the-app',
    };
    const table: Array<[says: RegExp, args: string[], env?: Record<string, string>]> = [
      [/nothing listens there/, ['trigger', 'a', 'b', '--port', '1']],
      [/nothing listens there/, ['tail', '--port', '1']],
      [/nothing listens there/, ['repl', '--port', '1']],
      [/speaks no TLS/, ['trigger', 'a', 'b', '--port', String(port), '--tls']],
      [/check the secret/, ['trigger', 'a', 'b', '--port', String(port)], wrong],
    ];
    for (const [says, args, env = {}] of table) {
      const run = new Run(t, args, { env });
      t.equal(await run.ended, 1, args.join(' '));
      t.match(run.output, says);
      t.notMatch(run.output, /not-the-secret|\n {4}at /);
    }
  },
);

t.test(
  'a certificate of an own authority is trusted by --ca, and none is needed by --insecure',
  async (t) => {
    const { cert, key } = await certificate();
    const dir = t.testdir({ 'cert.pem': cert, 'key.pem': key });
    const app = { id: '1', key: 'k', secret: 's-of-the-specs' };
    const tls = { port: 0, only: true, cert: 'cert.pem', key: 'key.pem' };
    const config = join(dir, 'config.json');
    writeFileSync(config, JSON.stringify({ tls, apps: [app] }));
    const serve = new Run(t, ['serve', '--config', config]);
    const { tlsPort } = JSON.parse(await serve.line('standpipe listens')) as { tlsPort: number };
    const args = ['trigger', 'a', 'b', '--config', config, '--port', String(tlsPort)];
    const ends: Array<[code: number, says: RegExp, more: string[]]> = [
      [1, /self-signed.*tls\.ca/s, []],
      [0, /"sockets":0/, ['--ca', join(dir, 'cert.pem')]],
      [0, /"sockets":0/, ['--insecure']],
    ];
    for (const [code, says, more] of ends) {
      const run = new Run(t, [...args, ...more]);
      t.equal(await run.ended, code, more.join(' '));
      t.match(run.output, says);
    }
  },
);

t.test('tail ends quietly with its reader, and drives no terminal', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const { appId, key, secret, port } = gateway.client;
  const env = { STANDPIPE_APP_ID: appId, STANDPIPE_APP_KEY: key, STANDPIPE_APP_SECRET: secret };
  const browser = await gateway.browser();
  const tail = new Run(t, ['tail', '--port', String(port), '--event', 'odd'], { env });
  const again = setInterval(() => browser.send('odd', 'a\u009b31m\u007f\u001b[2Jb'), 50);
  t.teardown(() => clearInterval(again));
  const line = await tail.line('odd');
  t.match(line, '"data":"a\\u009b31m\\u007f\\u001b[2Jb"');
  t.equal((JSON.parse(line) as { data: string }).data, 'a\u009b31m\u007f\u001b[2Jb');
  tail.child.stdout?.destroy();
  t.equal(await tail.ended, 0);
  t.notMatch(tail.output, /EPIPE/);
});

t.test('the log of serve is JSON, and readable lines with colours on a terminal', async (t) => {
  const unused = { STANDPIPE_CONSOLE_TOKEN: 'c'.repeat(32) };
  const json = new Run(t, ['serve', '--port', '0'], { env: unused });
  t.match(JSON.parse(await json.line('standpipe listens')), { level: 30, name: 'standpipe' });
  await json.line('STANDPIPE_CONSOLE_TOKEN opens nothing');
  // The command `script` of util-linux gives its child a terminal.
  const command = `'${process.execPath}' '${main}' serve --port 0`;
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '', TERM: 'xterm' };
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], { env });
  t.teardown(() => terminal.kill());
  let output = '';
  for await (const chunk of terminal.stdout.setEncoding('utf8')) {
    output += String(chunk);
    if (output.includes('standpipe listens')) break;
  }
  // oxlint-disable-next-line no-control-regex
  t.match(output, /\u001b\[32mINFO\u001b\[39m: \u001b\[36mstandpipe listens/);
});

/** A socket of a browser. */
class WebSocketBrowser {
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #messages: Array<Record<string, unknown>> = [];
  #wake: (() => void) | undefined;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
    this.#socket.on('message', (data) => {
      this.#messages.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>);
      this.#wake?.();
    });
  }

  send(message: object): void {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  async next(event: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.#messages.find((message) => message['event'] === event);
      if (found !== undefined) return found;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
