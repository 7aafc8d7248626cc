import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { createClient, type PipeClient } from '../../lib';
import type { Entry } from '../../lib/cli/recording/format';
import { createTestGateway, type TestGateway } from '../../lib/testing';
import { ChaosProxy } from '../support/chaos-proxy';
import { Run } from '../support/command';
import { until } from '../support/until';

/** Handlers of a backend that answers, and the ledger of what it heard. */
type Handlers = (client: PipeClient, heard: string[]) => void;

function listen(client: PipeClient, heard: string[]): void {
  const { sockets, channels } = client;
  client.subscribe(['socket_existence', 'socket_message', 'channel_existence', 'channel_presence']);
  sockets.on('open', () => void heard.push('open'));
  sockets.on('close', (_, { code }) => void heard.push(`close ${code}`));
  sockets.on('event', (e, _, data) => void heard.push(`event ${e} ${JSON.stringify(data)}`));
  channels.on('occupied', (c) => void heard.push(`occupied ${c}`));
  channels.on('vacated', (c) => void heard.push(`vacated ${c}`));
  channels.on('member_added', (c) => void heard.push(`added ${c}`));
  channels.on('member_removed', (c) => void heard.push(`removed ${c}`));
  channels.on(
    'event',
    (e, c, _, data) => void heard.push(`event ${e} on ${c} ${JSON.stringify(data)}`),
  );
}

/** Greets with the id of the socket, and answers on channels. */
const friendly: Handlers = (client, heard) => {
  listen(client, heard);
  client.sockets.on('event:hello', (id, data) => client.socket(id).trigger('hi', { id, data }));
  client.channels.on('event:say', (name, id, data) =>
    client.channel(name).trigger('said', { by: id, data }),
  );
};

const rude: Handlers = (client, heard) => {
  listen(client, heard);
  client.sockets.on('event:hello', (id) => client.socket(id).trigger('go', {}));
};

/** Two browsers that come, talk and go, before a backend. */
async function traffic(gateway: TestGateway): Promise<void> {
  const [one, two] = [await gateway.browser(), await gateway.browser()];
  await one.subscribe('room');
  await two.subscribe('room');
  await two.subscribe('presence-p', { userId: 'ada-lovelace' });
  one.send('hello', { name: 'Ada', card: '4111 1111', deep: [{ card: 1 }] });
  two.send('say', { text: 'good morning' }, 'room');
  two.unsubscribe('presence-p');
  two.close();
  one.close(4900);
}

/** Records the traffic of two browsers, and gives the path of the file, and what a backend heard meanwhile. */
async function recorded(t: Test, ...flags: string[]): Promise<{ file: string; heard: string[] }> {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const heard: string[] = [];
  const client = createClient(gateway.client);
  t.teardown(() => client.disconnect());
  listen(client, heard);
  await client.connect();
  const { key, secret, appId, port } = gateway.client;
  const file = join(t.testdir(), 'record.gz');
  const env = {
    ...{ STANDPIPE_APP_ID: appId, STANDPIPE_APP_KEY: key, STANDPIPE_APP_SECRET: secret },
  };
  const run = new Run(t, ['record', '-o', file, '--port', String(port), ...flags], { env });
  await run.line('records app');
  await traffic(gateway);
  await until(() => heard.includes('close 4900'));
  // Events that it has been sent are written before it ends.
  await until(() => gateway.gateway.socketCount === 0);
  await client.stats();
  run.child.kill('SIGINT');
  t.equal(await run.ended, 0, run.output);
  const { events } = JSON.parse(await run.line('"events"')) as { events: number };
  if (!flags.includes('--channel')) t.equal(events, heard.length);
  return { file, heard };
}

/** What a replay says, its end, and what the backend heard. */
interface Replayed {
  output: string;
  code: number | null;
  heard: string[];
}

/** Plays a file to a backend. */
function replayed(
  t: Test,
  file: string,
  handlers: Handlers,
  ...flags: string[]
): Promise<Replayed> {
  return replayedAt(t, file, handlers, 0, flags);
}

/** The same over a line on which bytes take so many milliseconds. */
async function replayedAt(
  t: Test,
  file: string,
  handlers: Handlers,
  delayMs: number,
  flags: string[] = [],
): Promise<Replayed> {
  const run = new Run(t, ['replay', file, '--port', '0', '--speed', '0', ...flags]);
  const app = JSON.parse(await run.line('"secret"')) as { key: string; secret: string } & {
    appId: string;
    port: number;
  };
  const { port } =
    delayMs === 0 ? app : await ChaosProxy.start(t, app.port, { delayMs: () => delayMs });
  const client = createClient({ ...app, port });
  const heard: string[] = [];
  handlers(client, heard);
  await client.connect();
  const code = await run.ended;
  await client.disconnect();
  return { output: run.output, code, heard };
}

function entriesOf(file: string): Entry[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.slice(1, -1).map((line) => JSON.parse(line) as Entry);
}

t.test(
  'a recording has no data, no ids and no secret in it, and is its owner’s alone',
  async (t) => {
    const { file } = await recorded(t);
    t.equal(statSync(file).mode & 0o777, 0o600);
    const text = gunzipSync(readFileSync(file)).toString();
    const [head = '', ...lines] = text.trim().split('\n');
    t.match(JSON.parse(head), { standpipe: 1, app: '1', redacted: true });
    t.notMatch(text, /lovelace|good morning|4111|test-secret|127\.0\.0\.1|"d":/);
    t.notMatch(text, /"\d+\.\d+"/, 'no id of a socket');
    const entries = entriesOf(file);
    const kinds = entries.map(({ k, c = '', e = '' }) => `${k} ${c}${e}`.trim());
    t.strictSame(kinds, [
      ...[
        'open',
        'open',
        'occupied room',
        'occupied presence-p',
        'added presence-p',
        'event hello',
      ],
      ...[
        'event roomsay',
        'removed presence-p',
        'vacated presence-p',
        'close',
        'vacated room',
        'close',
      ],
    ]);
    const [one, two] = entries.map(({ s }) => s);
    t.not(one, two);
    t.match(entries[5], { s: one }, 'a socket has one name');
    t.equal(entries[4]?.u, entries[7]?.u, 'and a user too');
    t.match(JSON.parse(lines.at(-1) ?? ''), { end: { open: 2, close: 2, event: 2 } });
  },
);

t.test('data is recorded where it is asked for, without members that are named', async (t) => {
  const { file } = await recorded(t, '--data', '--redact', 'card', 'text');
  const events = entriesOf(file).filter(({ k }) => k === 'event');
  t.match(events, [
    { e: 'hello', d: { name: 'Ada', card: null, deep: [{ card: null }] } },
    { e: 'say', c: 'room', d: { text: null } },
  ]);
});

t.test('a recording of some channels has nothing of others', async (t) => {
  const { file } = await recorded(t, '--channel', 'ro*');
  const channels = entriesOf(file).flatMap(({ c }) => c ?? []);
  t.strictSame(channels, ['room', 'room', 'room']);
});

t.test('a replay gives the backend what was recorded, and finds answers that differ', async (t) => {
  const { file, heard } = await recorded(t, '--data');
  const saved = `${file}.answers`;
  const first = await replayed(t, file, friendly, '--save', saved);
  t.equal(first.code, 0, first.output);
  t.strictSame(first.heard, heard, 'the same ledger');
  t.match(first.output, '"answers":2');
  t.match(first.output, '"isWhole":true');
  t.match(first.output, '"skipped":{}');
  const again = await replayed(t, file, friendly, '--expect', saved);
  t.equal(again.code, 0, `ids of sockets in data are the same: ${again.output}`);
  const other = await replayed(t, file, rude, '--expect', saved);
  t.equal(other.code, 1);
  t.match(
    other.output,
    /socket \S+, message 1: {"e":"go","d":{}} in place of {"e":"hi","d":{"id":"\S+",/,
  );
});

t.test('a browser that leaves at once is answered before it leaves, at any speed', async (t) => {
  const lines = [
    { standpipe: 1, app: '1', from: new Date(0).toISOString(), redacted: false },
    ...[
      { k: 'open', s: 'a' },
      { k: 'occupied', c: 'room' },
    ].map((each) => ({ t: 0, ...each })),
    { t: 0, k: 'event', s: 'a', c: 'room', e: 'say', d: { text: 'good night' } },
    // The channel is told as vacated before its last socket is as closed.
    ...[
      { k: 'vacated', c: 'room' },
      { k: 'close', s: 'a' },
    ].map((each) => ({ t: 9, ...each })),
    { end: {} },
  ];
  const file = join(t.testdir(), 'leaves.gz');
  writeFileSync(file, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  const { output } = await replayed(t, file, friendly);
  t.match(output, '"answers":1');
});

t.test(
  'a backend on a slow line hears and answers the same: all begins once it listens',
  async (t) => {
    const { file, heard } = await recorded(t, '--data');
    const saved = `${file}.answers`;
    const near = await replayed(t, file, friendly, '--save', saved);
    t.match(near.output, '"answers":2');
    const far = await replayedAt(t, file, friendly, 100, ['--expect', saved]);
    t.equal(far.code, 0, far.output);
    t.strictSame(far.heard, heard);
  },
);

t.test('a recording that was cut off is played as far as it goes', async (t) => {
  const { file, heard } = await recorded(t, '--data');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 60));
  const { output, code, heard: played } = await replayed(t, file, friendly);
  t.equal(code, 0, output);
  t.match(output, 'was cut off');
  t.match(output, '"isWhole":false');
  t.ok(played.length > 0 && played.every((line) => heard.includes(line) || /^close/.test(line)));
});

t.test('files that are no recordings, and those that are there already, are refused', async (t) => {
  const file = join(t.testdir({ 'text.gz': 'text' }), 'text.gz');
  const replay = new Run(t, ['replay', file]);
  t.equal(await replay.ended, 1);
  t.match(replay.output, /text\.gz/);
  const missing = new Run(t, ['replay', `${file}.missing`]);
  t.equal(await missing.ended, 1);
  t.match(missing.output, /ENOENT/);
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const { key, secret, appId, port } = gateway.client;
  const env = { STANDPIPE_APP_ID: appId, STANDPIPE_APP_KEY: key, STANDPIPE_APP_SECRET: secret };
  const record = new Run(t, ['record', '-o', file, '--port', String(port)], { env });
  t.equal(await record.ended, 1);
  t.match(record.output, /EEXIST/);
  t.equal(readFileSync(file, 'utf8'), 'text');
});

t.test('record ends where nobody answers, and leaves no file', async (t) => {
  const file = join(t.testdir(), 'none.gz');
  const record = new Run(t, ['record', '-o', file, '--port', '1']);
  t.equal(await record.ended, 1);
  t.match(record.output, /nothing listens there/);
  t.notOk(existsSync(file), 'the same command may be given again');
});

t.test('a recording ends at its size and its time', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const { key, secret, appId, port } = gateway.client;
  const env = { STANDPIPE_APP_ID: appId, STANDPIPE_APP_KEY: key, STANDPIPE_APP_SECRET: secret };
  const folder = t.testdir();
  const to = (file: string): string[] => ['record', '-o', join(folder, file), '--port', `${port}`];
  const timed = new Run(t, [...to('time.gz'), '--for', '0.5'], { env });
  t.equal(await timed.ended, 0);
  const sized = new Run(t, [...to('size.gz'), '--max', '0.001', '--data'], { env });
  await sized.line('records app');
  const browser = await gateway.browser();
  const speak = setInterval(() => browser.send('hello', Math.random()), 5);
  t.equal(await sized.ended, 0);
  clearInterval(speak);
  const { size } = statSync(join(folder, 'size.gz'));
  t.ok(size > 1_000 && size < 100_000, `${size} bytes`);
});
