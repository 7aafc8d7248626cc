import type { Test } from 'tap';
import type { Records } from '../../lib/brokers/broker';
import { untilAnswered } from '../support/until';
import type { TestNode } from './test-node';

const TTL_MS = 60_000;

/** Rows of the contract about the homes of names and their records, by three nodes of one engine. */
export function keepsHomes(
  t: Test,
  cluster: (t: Test) => Promise<[TestNode, TestNode, TestNode]>,
): void {
  t.test('a name has one home, until it is given up or the node dies', async (t) => {
    const [a, b, c] = await cluster(t);
    const both = await Promise.all([a.app.home('name', true), b.app.home('name', true)]);
    const [home] = both;
    t.strictSame(both, [home, home]);
    t.equal(await c.app.home('name', false), home, 'only the home itself gives it up');
    const [owner, other] = home === a.broker.node ? [a, b] : [b, a];
    t.equal(await owner.app.home('name', true), home);
    t.equal(await owner.app.home('name', false), 0);
    t.equal(await other.app.home('name', true), other.broker.node);
    t.equal(await c.app.home('another', true), c.broker.node);
    await other.broker.leave();
    await untilAnswered(async () => (await c.app.home('name', true)) === c.broker.node);
    t.strictSame(
      [a, b, c].flatMap(({ homesLost }) => homesLost),
      [],
    );
  });

  t.test('records of a home outlive it, and the next home goes on with them', async (t) => {
    const [a, b, c] = await cluster(t);
    const name = 'group плюс 😀';
    await a.app.home(name, true);
    t.equal(await write(a, name, { first: 'one', second: 'two' }, true), 'written');
    t.equal(await write(a, name, { first: undefined, third: 'three' }), 'written');
    t.strictSame(await read(c, name), { second: 'two', third: 'three' });
    const again = [undefined, Buffer.from('3'), undefined, Buffer.from('three')];
    const records: Records = again.map((value) => ['third', value]);
    await a.app.write(name, records, { ttlMs: TTL_MS });
    t.strictSame(await read(c, name), { second: 'two', third: 'three' }, 'the last one counts');
    await a.broker.leave();
    await untilAnswered(async () => (await b.app.home(name, true)) === b.broker.node);
    t.strictSame(await read(b, name), { second: 'two', third: 'three' });
    t.equal(await write(b, name, { second: 'more' }), 'written');
    t.strictSame(await read(c, name), { second: 'more', third: 'three' });
  });

  t.test('a node that is not the home of a name writes no records of it', async (t) => {
    const [a, b] = await cluster(t);
    t.equal(await write(b, 'name', { field: 'b' }, true), 'lost', 'it has no home');
    await a.app.home('name', true);
    t.equal(await write(a, 'name', { field: 'a' }, true), 'written');
    t.equal(await write(b, 'name', { field: 'b' }, true), 'refused');
    // In one turn: the last write comes behind the end of its right to it.
    const writes = [write(a, 'name', { field: 'last' })];
    void a.app.home('name', false);
    writes.push(write(a, 'name', { field: 'late' }), write(a, 'name', {}, true));
    t.strictSame(await Promise.all(writes), ['written', 'lost', 'lost']);
    t.strictSame(await read(b, 'name'), { field: 'last' });
  });

  t.test('records begin with a write that says so, which takes out what was there', async (t) => {
    const [a, b] = await cluster(t);
    await a.app.home('name', true);
    t.equal(await write(a, 'name', { field: 'value' }), 'lost', 'there is nothing to go on with');
    t.strictSame(await read(b, 'name'), {});
    await write(a, 'name', { before: '1' }, true);
    await write(a, 'name', { after: '2' }, true);
    t.strictSame(await read(b, 'name'), { after: '2' });
    t.equal(await write(a, 'name', {}, true), 'written');
    t.strictSame(await read(b, 'name'), {});
    t.equal(await write(a, 'name', { field: 'value' }), 'lost');
  });

  t.test('records are kept for their time behind the last write', async (t) => {
    const [a, b] = await cluster(t);
    await a.app.home('name', true);
    await write(a, 'name', { field: 'value' }, true, 1);
    await untilAnswered(async () => Object.keys(await read(b, 'name')).length === 0);
    t.equal(await write(a, 'name', { more: 'value' }), 'lost');
  });

  t.test('a thousand records are written at once, of any bytes', async (t) => {
    const [a, b] = await cluster(t);
    await a.app.home('name', true);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const records: Records = Array.from({ length: 1000 }, (_, i) => [
      `e${i}`,
      bytes.subarray(i % 256),
    ]);
    t.equal(await a.app.write('name', records, { anew: true, ttlMs: TTL_MS }), 'written');
    const found = await b.app.records('name');
    if (found === 'unavailable') return void t.fail('unavailable');
    t.equal(found.size, 1000);
    for (const [field, value] of records) {
      if (Buffer.compare(found.get(field) ?? Buffer.of(), value ?? Buffer.of()) !== 0)
        t.fail(field);
    }
    const out: Records = records.slice(1).map(([field]) => [field, undefined]);
    t.equal(await a.app.write('name', out, { ttlMs: TTL_MS }), 'written');
    t.strictSame(Object.keys(await read(b, 'name')), ['e0']);
  });
}

async function write(
  { app }: TestNode,
  name: string,
  texts: Readonly<Record<string, string | undefined>>,
  anew = false,
  ttlMs = TTL_MS,
): Promise<string> {
  const records: Records = Object.entries(texts).map(([field, text]) => [
    field,
    text === undefined ? undefined : Buffer.from(text),
  ]);
  return app.write(name, records, { anew, ttlMs });
}

async function read({ app }: TestNode, name: string): Promise<Record<string, string>> {
  const found = await app.records(name);
  if (found === 'unavailable') throw new Error('unavailable');
  const texts = [...found].map(([field, value]) => [field, Buffer.from(value).toString()] as const);
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
