import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SocketWriter } from '../../lib/net/socket-writer';
import { until } from '../support/until';

/** More than the buffers of two systems take while nobody reads. */
const MANY_BYTES = 16 * 1024 * 1024;

/** Both ends of a connection, over TCP or over a path. */
async function pair(
  t: Test,
  path?: string,
): Promise<{ near: Socket; far: Socket; streamed: () => number }> {
  const server = createServer({ noDelay: true });
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path });
  await once(server, 'listening');
  const far = connect(
    path === undefined ? { port: (server.address() as AddressInfo).port } : { path },
  );
  far.on('error', () => undefined);
  const [near] = (await once(server, 'connection')) as [Socket];
  near.on('error', () => undefined);
  t.teardown(() => {
    for (const each of [near, far]) each.destroy();
    server.close();
  });
  const write = t.capture(near, 'write', near.write.bind(near));
  let count = 0;
  return { near, far, streamed: () => (count += write().length) };
}

/** True when the handle is as expected. From Node 26.10 on it is given no requests: all writes go through the stream. */
async function isWrittenPast(t: Test): Promise<boolean> {
  const { near } = await pair(t);
  const { _handle: handle } = near as Socket & {
    _handle: { writeBuffer(request: unknown): number };
  };
  const writeBuffer = t.capture(handle, 'writeBuffer', handle.writeBuffer.bind(handle));
  near.write(Buffer.from('x'));
  const isPast = writeBuffer()[0]?.args[0] !== null;
  if (!isPast) t.comment(`Node ${process.version}: everything goes through the stream`);
  return isPast;
}

/** A stretch of bytes that differ. */
function some(length: number, from: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (from + i * 7) & 0xff));
}

t.test('bytes arrive whole and in order, past the stream or through it', async (t) => {
  const isPast = await isWrittenPast(t);
  const { near, far, streamed } = await pair(t);
  const writer = new SocketWriter(near);
  const sent: Buffer[] = [];
  const got: Buffer[] = [];
  let gotBytes = 0;
  const write = (length: number): void => {
    const bytes = some(length, sent.length);
    sent.push(bytes);
    // As ws does with its control frames.
    if (sent.length % 5 === 0) near.write(bytes);
    else writer.write(bytes);
  };
  for (const size of [1, 100, 2, 30_000, 1, 200, 70_000, 3]) write(size);
  far.pause();
  while (writer.unsentBytes < 1_000_000) write(100_000);
  let isDrained = false;
  writer.onDrain(() => (isDrained = true));
  for (const size of [1, 100, 2]) write(size);
  t.notOk(isDrained);
  far.on('data', (bytes: Buffer) => {
    got.push(bytes);
    gotBytes += bytes.length;
  });
  far.resume();
  await until(() => isDrained && writer.unsentBytes === 0);
  const before = streamed();
  for (let i = 0; i < 20; i++) write(50);
  const through = isPast ? 4 : 20;
  t.equal(
    streamed(),
    before + through,
    'with nothing unsent only what ws writes goes through the stream',
  );
  const all = Buffer.concat(sent);
  t.equal(writer.writtenBytes, all.length);
  await until(() => gotBytes === all.length);
  t.ok(Buffer.concat(got).equals(all));
});

t.test('bytes past the stream are unsent until they have left, which is a drain', async (t) => {
  const isPast = await isWrittenPast(t);
  const { near, far, streamed } = await pair(t);
  const writer = new SocketWriter(near);
  // The first write of a process is through the stream.
  writer.write(some(1, 0));
  far.pause();
  const before = streamed();
  writer.write(Buffer.alloc(MANY_BYTES));
  if (isPast) t.equal(streamed(), before, 'it went past the stream');
  t.ok(writer.unsentBytes > 0);
  t.equal(writer.writtenBytes, 1 + MANY_BYTES);
  let drains = 0;
  writer.onDrain(() => drains++);
  // Too little for the stream to tell of a drain.
  writer.write(some(10, 0));
  t.equal(drains, 0);
  far.resume();
  await until(() => drains === 1);
  await until(() => writer.unsentBytes === 0);
});

t.test('connections with unsent bytes at the same time drain each for itself', async (t) => {
  const drained: number[] = [];
  const pairs = [await pair(t), await pair(t), await pair(t)];
  for (const [i, { near, far }] of pairs.entries()) {
    const writer = new SocketWriter(near);
    writer.write(some(1, 0));
    far.pause();
    writer.write(Buffer.alloc(MANY_BYTES));
    writer.onDrain(() => drained.push(i));
  }
  for (const i of [1, 2, 0]) {
    const before = drained.length;
    pairs[i]?.far.resume();
    await until(() => drained.length > before);
  }
  t.same(drained, [1, 2, 0]);
});

t.test('a connection that ends with unsent bytes is destroyed and drains nothing', async (t) => {
  for (const end of [({ far }) => far.resetAndDestroy(), ({ near }) => near.destroy()] as Array<
    (both: { near: Socket; far: Socket }) => unknown
  >) {
    const both = await pair(t);
    const { near, far } = both;
    const writer = new SocketWriter(near);
    writer.write(some(1, 0));
    far.pause();
    writer.write(Buffer.alloc(MANY_BYTES));
    t.ok(writer.unsentBytes > 0);
    writer.onDrain(() => t.fail('drained'));
    const closed = new Promise((resolve) => near.once('close', resolve));
    end(both);
    await closed;
    t.ok(near.destroyed);
    writer.write(some(10, 0));
    await new Promise(setImmediate);
  }
});

t.test('a connection that is no TCP connection is written to through its stream', async (t) => {
  // A path in the folder of the specs would be too long for a socket.
  const folder = mkdtempSync(join(tmpdir(), 'standpipe-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { near, far, streamed } = await pair(t, join(folder, 'socket'));
  const writer = new SocketWriter(near);
  let got = '';
  far.on('data', (bytes: Buffer) => (got += bytes.toString()));
  for (const text of ['one', 'two', 'three']) writer.write(Buffer.from(text));
  await until(() => got === 'onetwothree');
  t.equal(streamed(), 3);
});
