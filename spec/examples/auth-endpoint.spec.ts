import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Pusher from 'pusher-js';
import t from 'tap';
import { createTestGateway, type TestGateway } from '../../lib/testing';
import { built } from '../support/built';

built('http/entries/node.cjs');
const root = join(__dirname, '../..');

t.setTimeout(110_000);

/** Starts the example as its users do, and returns its address. */
async function endpointFor(gateway: TestGateway): Promise<string> {
  const { key, secret, port, appId } = gateway.client;
  const url = `http://${key}:${secret}@127.0.0.1:${port}/apps/${appId}`;
  const file = 'examples/auth-endpoint/server.ts';
  const server: ChildProcess = spawn(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', file],
    { cwd: root, env: { ...process.env, STANDPIPE_URL: url, PORT: '0' } },
  );
  t.teardown(() => server.kill());
  server.stderr?.pipe(process.stderr);
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return String(line).trim();
}

t.test(
  'pusher-js subscribes with signatures of the example, and reads what it sends',
  async (t) => {
    const gateway = await createTestGateway();
    t.teardown(() => gateway.close());
    const address = await endpointFor(gateway);
    // The build of pusher-js for Node has encryption in it.
    const pusher = new Pusher(gateway.client.key, {
      ...{ cluster: '', wsHost: '127.0.0.1', wsPort: gateway.client.port, forceTLS: false },
      enabledTransports: ['ws'],
      channelAuthorization: { transport: 'ajax', endpoint: `${address}/pusher/auth` },
    });
    t.teardown(() => pusher.disconnect());
    const heard = (channel: string, event: string): Promise<unknown> =>
      new Promise((resolve) => pusher.subscribe(channel).bind(event, resolve));
    const succeeded = 'pusher:subscription_succeeded';
    await heard('private-room', succeeded);
    t.match(await heard('presence-room', succeeded), { count: 1, myID: 'ada' });

    await heard('private-encrypted-orders', succeeded);
    const order = heard('private-encrypted-orders', 'order');
    t.equal((await fetch(`${address}/orders`, { method: 'POST' })).status, 202);
    t.strictSame(await order, { total: 7 });

    const refused = await fetch(`${address}/pusher/auth`, {
      method: 'POST',
      body: new URLSearchParams({ socket_id: 'nobody', channel_name: 'private-room' }),
    });
    t.equal(refused.status, 403);
    t.equal(await refused.text(), "Invalid socket id: 'nobody'");
  },
);
