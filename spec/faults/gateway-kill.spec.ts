import t from 'tap';
import { createClient } from '../../lib/pipe/client';
import type { CloseMeta } from '../../lib/pipe/types';
import { SECRET } from '../support/start-gateway';
import { exited, startChild } from '../support/processes';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';

const app = { id: '1', key: 'key', secret: SECRET };
const SOCKETS = 8;

for (let round = 1; round <= 2; round++) {
  t.test(`a gateway killed is told as a reset, and its sockets as closed, ${round}`, async (t) => {
    const first = await startChild<{ port: number }>(t, 'gateway', { port: 0, apps: [app] });
    const { port } = first.said;
    const backoff = { baseMs: 5, maxMs: 50 };
    const client = createClient({ appId: '1', key: 'key', secret: SECRET, port, backoff });
    t.teardown(() => client.disconnect());
    const open = new Set<string>();
    const closes: Array<[string, CloseMeta]> = [];
    const resets: string[] = [];
    client.subscribe(['socket_existence', 'socket_message']);
    client.sockets.on('open', (id) => void open.add(id));
    client.sockets.on('close', (id, meta) => {
      closes.push([id, meta]);
      open.delete(id);
    });
    client.on('reset', ({ reason }) => resets.push(reason));
    client.on('error', () => undefined);
    await client.connect();
    const sockets = await Promise.all(
      Array.from({ length: SOCKETS }, () => TestSocket.connect(t, port)),
    );
    const ids = sockets.map(({ id }) => id).sort();
    await until(() => open.size === SOCKETS);

    const told = new Map<string, number>();
    const tell = (outcome: string): void => void told.set(outcome, (told.get(outcome) ?? 0) + 1);
    const publish = (): Promise<void> =>
      client
        .channel('room')
        .publish('hello')
        .then(
          () => tell('ok'),
          ({ code }: { code: string }) => tell(code),
        );
    const published = Array.from({ length: 50 }, publish);
    await published[0];
    first.child.kill('SIGKILL');
    published.push(...Array.from({ length: 50 }, publish));
    await exited(first.child);
    published.push(publish());
    const second = await startChild<{ port: number }>(t, 'gateway', { port, apps: [app] });
    t.equal(second.said.port, port);

    await Promise.all(published);
    const outcomes = [...told.keys()].filter((code) => code !== 'ok' && code !== 'unknown_outcome');
    t.same(outcomes, [], 'each is told as applied, or as perhaps applied');
    t.ok((told.get('ok') ?? 0) > 0, 'what was not sent goes to the next gateway');
    await until(() => closes.length === SOCKETS);
    t.same(closes.map(([id]) => id).sort(), ids, 'one close for each socket');
    t.ok(closes.every(([, { resync, reason }]) => resync && reason === 'node_lost'));
    t.equal(resets.length, 1);
    const back = await Promise.all([TestSocket.connect(t, port), TestSocket.connect(t, port)]);
    await until(() => open.size === back.length);
    t.same([...open].sort(), back.map(({ id }) => id).sort(), 'what it knows is true');
  });
}
