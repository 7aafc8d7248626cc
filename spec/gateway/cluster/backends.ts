import type { Test } from 'tap';
import { createClient, type PipeClient } from '../../../lib';
import { askAuth } from '../../support/auth-request';
import type { StartCluster } from '../../support/start-cluster';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';

/** A backend of one of the nodes. */
async function backend(
  t: Test,
  { port }: { port: number },
  prepare: (client: PipeClient) => void = () => undefined,
): Promise<PipeClient> {
  const client = createClient({ key: 'key', secret: SECRET, appId: '1', host: '127.0.0.1', port });
  t.teardown(() => client.disconnect());
  prepare(client);
  await client.connect();
  return client;
}

/** Shows that a backend works with the browsers of any node, whichever node it is connected to. */
export function showBackends(t: Test, start: StartCluster): void {
  t.test('a backend of any node decides who may subscribe', async (t) => {
    const [here, , there] = (await start(t, 3)) as [Node, Node, Node];
    t.match(await askAuth(urlOf(here)), { status: 503, body: { error: { code: 'no_backend' } } });
    const asked: string[] = [];
    const client = await backend(t, there, (client) =>
      client.authorize('private-*', ({ channel, socketId }) => {
        asked.push(`${channel} ${socketId}`);
        return channel === 'private-room';
      }),
    );
    const granted = await askAuth(urlOf(here));
    t.match(granted, { status: 200, body: { auth: /^key:[0-9a-f]{64}$/ } });
    t.strictSame(granted.body, (await askAuth(urlOf(there))).body, 'the same on its own node');
    const body = { socket_id: '12.34', channel_name: 'private-other' };
    t.match(await askAuth(urlOf(here), { body }), { status: 403 });
    t.equal(asked.length, 3);
    await client.disconnect();
    t.match(await askAuth(urlOf(here)), { status: 503, body: { error: { code: 'no_backend' } } });
  });

  t.test('a node asks its own backend, and that of another node when this fails', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const asked: string[] = [];
    const decide = (name: string) => (client: PipeClient) =>
      client.authorize('private-*', () => asked.push(name) > 0);
    const own = await backend(t, here, decide('own'));
    await backend(t, there, decide('other'));
    for (let i = 0; i < 3; i++) await askAuth(urlOf(here));
    await own.disconnect();
    t.match(await askAuth(urlOf(here)), { status: 200 });
    t.strictSame(asked, ['own', 'own', 'own', 'other']);
  });

  t.test('a browser answers the request of a backend of the other node', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const client = await backend(t, here);
    const socket = await TestSocket.connect(t, there.port);
    const asked = client.socket(socket.id).request('sum', [1, 2]);
    const { event, data } = await socket.next();
    t.equal(event, 'standpipe:request');
    const { id, data: numbers } = JSON.parse(data as string) as { id: string; data: number[] };
    socket.send({ event: 'standpipe:reply', data: { id, data: numbers.reduce((a, b) => a + b) } });
    t.equal(await asked, 3);
    const unanswered = client.socket(socket.id).request('sum', []);
    await socket.next();
    socket.drop();
    await t.rejects(unanswered, { message: /closed unanswered/ });
  });
}

type Node = { port: number };

function urlOf({ port }: Node): { url: string } {
  return { url: `http://127.0.0.1:${port}` };
}
