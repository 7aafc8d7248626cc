import { join } from 'node:path';
import t, { type Test } from 'tap';
import { BrowserTabs } from '../browser/browser-tabs';
import { APP, AppServer } from '../conformance/app-server';
import { ApiClient } from '../support/api-client';
import { hasBrowser, startBrowser } from '../support/browser';
import { Run } from '../support/command';
import { type Answer, ask, FallbackClient, messagesOf } from '../support/fallback-client';
import { until, untilAnswered } from '../support/until';

const EVENTS = 40;

/** The command with two workers, its port and the ids of their processes. */
async function serve(
  t: Test,
  env: Record<string, string> = {},
): Promise<{ run: Run; port: number; pids: number[] }> {
  const text = JSON.stringify({ port: 0, apps: [APP] });
  const file = join(t.testdir({ 'config.json': text }), 'config.json');
  const run = new Run(t, ['serve', '--workers', '2', '--config', file], { env });
  await run.line('all workers listen');
  const listening = run.output
    .split('\n')
    .filter((line) => line.includes('"standpipe listens"'))
    .map((line) => JSON.parse(line) as { pid: number; url: string });
  const port = Number(new URL(listening[0]?.url ?? '').port);
  return { run, port, pids: listening.map(({ pid }) => pid) };
}

/** A session whose requests come over a connection each, so that they come to both workers in turn. */
class Spread extends FallbackClient {
  override async poll(): Promise<string[]> {
    const { text } = await this.post('xhr');
    return text.split('\n').slice(0, -1);
  }

  override post(action: string, asking?: { body?: string }): Promise<Answer> {
    return ask(this.port, `${this.base}/${action}?${this.query}`, asking);
  }
}

/** Publishes numbered events one after the other. */
async function publish(t: Test, port: number, channel: string): Promise<string[]> {
  const api = new ApiClient(t, { port });
  const sent = Array.from({ length: EVENTS }, (_, n) => `${n}`);
  for (const data of sent) {
    const { status } = await api.post('/events', { name: 'n', channel, data });
    if (status !== 200) t.fail(`${status}`);
  }
  return sent;
}

function dataOf(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.startsWith('a'))
    .flatMap((line) => messagesOf(line))
    .filter(({ event }) => event === 'n')
    .map(({ data }) => String(data));
}

t.test('sessions over HTTP whose requests come to any worker', async (t) => {
  const { run, port, pids } = await serve(t);

  await t.test(
    'polls and posts over a connection each lose nothing and keep the order',
    async (t) => {
      // Sessions of both workers.
      const clients = Array.from({ length: 6 }, () => new Spread(t, port));
      for (const client of clients) {
        await client.connect();
        t.equal(await client.subscribe('room'), 204);
        t.match((await client.poll()).join(''), 'subscription_succeeded');
      }
      const heard = clients.map(async (client) => {
        const data: string[] = [];
        while (data.length < EVENTS) data.push(...dataOf(await client.poll()));
        return data;
      });
      const sent = await publish(t, port, 'room');
      for (const data of await Promise.all(heard)) t.strictSame(data, sent);
    },
  );

  await t.test('streams are passed on as they come, and posts beside them', async (t) => {
    const clients = Array.from({ length: 4 }, () => new Spread(t, port));
    const heard = [];
    for (const client of clients) {
      const stream = await client.stream();
      t.equal(await client.subscribe('streamed'), 204);
      t.match(await stream.next(), /subscription_succeeded/);
      heard.push(
        (async () => {
          const data: string[] = [];
          while (data.length < EVENTS) data.push(...dataOf([(await stream.next()) ?? '']));
          return data;
        })(),
      );
    }
    const sent = await publish(t, port, 'streamed');
    for (const data of await Promise.all(heard)) t.strictSame(data, sent);
  });

  await t.test(
    'a page that goes away ends its session, whichever worker it had come to',
    async (t) => {
      const api = new ApiClient(t, { port });
      const clients = Array.from({ length: 4 }, () => new Spread(t, port));
      const streams = await Promise.all(clients.map((client) => client.stream()));
      for (const client of clients) await client.subscribe('left');
      const isOccupied = async (): Promise<boolean> =>
        JSON.stringify(await api.get('/channels')).includes('left');
      await untilAnswered(isOccupied);
      for (const stream of streams) stream.abort();
      await untilAnswered(async () => !(await isOccupied()));
    },
  );

  await t.test('a post for a session that is not there is refused by its owner', async (t) => {
    for (let i = 0; i < 4; i++) {
      const { status, headers } = await new Spread(t, port).post('xhr_send', { body: '["{}"]' });
      t.equal(status, 404);
      t.equal(headers['access-control-allow-origin'], '*');
    }
  });

  await t.test('unmodified pusher-js in Chromium', { skip: !hasBrowser() }, async (t) => {
    const browser = await startBrowser(t);
    const context = await browser.newContext();
    t.teardown(() => context.close());
    const appServer = await AppServer.start(t, undefined);
    const tabs = new BrowserTabs(context, appServer.url);
    const ways = ['xhr_streaming', 'xhr_polling', 'xhr_streaming', 'xhr_polling'] as const;
    const open = await Promise.all(
      ways.map(async (transport) => {
        const tab = await tabs.open(APP.key, {
          ...{ cluster: '', wsHost: '127.0.0.1', wsPort: port, forceTLS: false },
          ...{ httpHost: '127.0.0.1', httpPort: port, enabledTransports: [transport] },
          channelAuthorization: { endpoint: `${appServer.url}/auth`, transport: 'ajax' },
        });
        await tab.subscribe('private-page');
        return tab;
      }),
    );
    const sent = await publish(t, port, 'private-page');
    for (const tab of open) {
      t.strictSame(
        await tab.take(EVENTS),
        sent.map((data) => ['n', Number(data)]),
      );
    }
    await open[0]?.run(({ pusher }) =>
      [1, 2, 3, 4, 5].map((n) => pusher.channel('private-page').trigger('client-n', n)),
    );
    for (const tab of open.slice(1)) {
      t.strictSame(
        await tab.take(5),
        [1, 2, 3, 4, 5].map((n) => ['client-n', n]),
      );
    }
    t.strictSame(tabs.complaints, []);
  });

  await t.test('sessions of a worker that is killed end, and the others go on', async (t) => {
    const clients = Array.from({ length: 24 }, () => new Spread(t, port));
    const streams = await Promise.all(clients.map((client) => client.stream()));
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await run.line('a worker has ended, and is replaced');
    // The streams of its connections and of its sessions.
    await until(() => streams.some(({ over }) => over));
    await until(() => run.output.split('"standpipe listens"').length === 4);
    // A session that was its own is unknown now; one of the other worker is still there.
    const statuses = await Promise.all(
      clients.map(async (client) => client.send({ event: 'pusher:ping', data: {} })),
    );
    t.ok(statuses.includes(404), 'sessions of the killed one');
    t.ok(statuses.includes(204), 'sessions of the other one');
    t.ok(statuses.every((status) => status === 204 || status === 404));
    await Promise.all(clients.map(async () => new Spread(t, port).connect()));
  });
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
});

t.test('workers whose TMPDIR is not there pass requests of the HTTP fallback on', async (t) => {
  const { port } = await serve(t, { TMPDIR: join(t.testdirName, 'none') });
  for (let n = 1; n <= 8; n++) {
    const session = `http://127.0.0.1:${port}/pusher/app/${APP.key}/1/session${n}`;
    // A connection for each request, so that they come to both workers. A poll with nothing to tell would wait for long.
    const ask = async (action: string, body = ''): Promise<string> => {
      const signal = AbortSignal.timeout(10_000);
      const how = { method: 'POST', headers: { connection: 'close' }, body, signal };
      const answer = await fetch(`${session}/${action}?protocol=7`, how);
      return `${answer.status} ${await answer.text()}`;
    };
    let opened = await ask('xhr');
    // The first message is in the first answer, or in the next one.
    if (opened === '200 o\n') opened += await ask('xhr');
    t.match(opened, /^200 o\n[^]*connection_established/, 'one worker opens it');
    for (let times = 1; times <= 2; times++) {
      const ping = JSON.stringify([JSON.stringify({ event: 'pusher:ping', data: {} })]);
      t.equal(await ask('xhr_send', ping), '204 ', 'any worker takes its messages');
      t.match(await ask('xhr'), /^200 a.*pusher:pong/, 'and has its answers');
    }
  }
});
