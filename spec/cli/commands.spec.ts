import { join } from 'node:path';
import t from 'tap';
import { WebSocket } from 'ws';
import { createTestGateway } from '../../lib/testing';
import { Run } from '../support/command';

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

  tail.child.kill('SIGINT');
  t.equal(await tail.ended, 0);
  serve.child.kill('SIGTERM');
  t.equal(await serve.ended, 0);
  t.equal(await socket.closed, 4100);
});

t.test('a wrong option ends serve with its path and 1', async (t) => {
  const run = new Run(t, ['serve', '--port', '99999']);
  t.equal(await run.ended, 1);
  t.match(run.output, /^standpipe: port: /);
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
