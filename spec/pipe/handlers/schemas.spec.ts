import t, { type Test } from 'tap';
import * as v from 'valibot';
import { z } from 'zod';
import {
  createClient,
  type InvalidInfo,
  type PipeOptions,
  type SchemaData,
  type StandardSchema,
} from '../../../lib/index';
import { startGateway, SECRET } from '../../support/start-gateway';
import { CREDENTIALS } from '../../support/scripted-client';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';

/** The same schema by each library. That of arktype comes as an ES module only. */
const LIBRARIES = {
  zod: async () => z.object({ x: z.number(), y: z.number() }),
  valibot: async () => v.object({ x: v.number(), y: v.number() }),
  arktype: async () => (await import('arktype')).type({ x: 'number', y: 'number' }),
};

/** A backend with schemas, a browser, what handlers heard and what was refused. */
async function ends(t: Test, options: Partial<PipeOptions>) {
  const { port } = await startGateway(t);
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port, ...options });
  t.teardown(() => client.disconnect());
  const heard: unknown[] = [];
  const refused: InvalidInfo[] = [];
  const failed: unknown[] = [];
  client
    .subscribe(['socket_message'])
    .on('invalid', (info) => refused.push(info))
    .on('error', (error) => failed.push(error));
  client.sockets.on('event', (name, _id, data) => heard.push([name, data]));
  client.channels.on('event', (name, _channel, _id, data) => heard.push([name, data]));
  await client.connect();
  await client.subscribed();
  const browser = await TestSocket.connect(t, port);
  return { client, browser, heard, refused, failed };
}

for (const [library, load] of Object.entries(LIBRARIES)) {
  t.test(`a schema of ${library} lets data that fits to the handlers and no other`, async (t) => {
    const { browser, heard, refused, failed } = await ends(t, { schemas: { move: await load() } });
    browser.send({ event: 'move', data: { x: 1, y: 'two' } });
    browser.send({ event: 'move' });
    browser.send({ event: 'free', data: 'no schema' });
    browser.send({ event: 'move', data: { x: 1, y: 2 } });
    await until(() => heard.length === 2);
    t.strictSame(heard, [
      ['free', 'no schema'],
      ['move', { x: 1, y: 2 }],
    ]);
    t.equal(refused.length, 2);
    const [first] = refused;
    t.match(first, { event: 'move', socketId: browser.id, error: { code: 'invalid_data' } });
    t.match(first?.error.message, /^data of move from a browser was refused: .*y.*number/);
    t.equal(first?.meta.redelivered, false);
    t.strictSame(failed, [], 'what a browser sends is no error of the program');
  });
}

t.test('handlers get the value that a schema makes of the data', async (t) => {
  const schemas = { at: z.string().transform((text) => text.length), n: v.optional(v.number(), 7) };
  const { browser, heard } = await ends(t, { schemas });
  browser.send({ event: 'at', data: 'four' });
  browser.send({ event: 'n' });
  await until(() => heard.length === 2);
  t.strictSame(heard, [
    ['at', 4],
    ['n', 7],
  ]);
});

t.test('a loop over the events of a socket gets the value of the schema', async (t) => {
  const { client, browser } = await ends(t, { schemas: { n: z.coerce.string() } });
  const events = client.socket(browser.id).events();
  const first = events.next();
  browser.send({ event: 'n', data: 1 });
  t.match(await first, { value: { event: 'n', data: '1' } });
  // Otherwise the event counts as being handled, and the end waits for it.
  await events.return?.();
});

t.test('a schema that answers later keeps the order of its socket', async (t) => {
  const later = z.number().refine(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  });
  const { browser, heard, refused } = await ends(t, { schemas: { n: later } });
  browser.send({ event: 'n', data: 1 });
  browser.send({ event: 'n', data: 'two' });
  browser.send({ event: 'free', data: 3 });
  await until(() => heard.length === 2);
  t.strictSame(heard, [
    ['n', 1],
    ['free', 3],
  ]);
  t.match(refused, [{ error: { code: 'invalid_data' } }]);
});

t.test(
  'a schema that throws, rejects, never answers or answers nonsense refuses its event only',
  async (t) => {
    const schema = (validate: () => unknown): StandardSchema => ({
      '~standard': { version: 1, vendor: 'spec', validate: validate as () => { value: unknown } },
    });
    const cause = new Error('out of order');
    const schemas = {
      throws: schema(() => {
        throw cause;
      }),
      rejects: schema(() => Promise.reject(cause)),
      never: schema(() => new Promise(() => undefined)),
      nothing: schema(() => undefined),
      'nothing later': schema(() => Promise.resolve(null)),
      nonsense: schema(() => ({ issues: 7 })),
    };
    const names = Object.keys(schemas);
    const { client, browser, heard, refused, failed } = await ends(t, { schemas, schemaMs: 20 });
    for (const event of [...names, 'free']) browser.send({ event, data: 1 });
    await until(() => heard.length === 1);
    t.strictSame(heard, [['free', 1]]);
    t.strictSame(
      refused.map(({ event, error }) => [event, error.code]),
      names.map((event) => [event, 'invalid_data']),
    );
    t.equal(refused[0]?.error.cause, cause);
    t.equal(refused[1]?.error.cause, cause);
    t.match(refused[2]?.error.cause, { message: 'no answer within 20 ms' });
    t.strictSame(failed, []);
    t.equal(client.connected, true);
  },
);

t.test('data passes no schema that answers with something that is no result', async (t) => {
  const odd = (result: unknown): StandardSchema => ({
    '~standard': { version: 1, vendor: 'own', validate: () => result as { value: unknown } },
  });
  const results = { yes: true, text: 'ok', nothing: {}, later: Promise.resolve(true) };
  const schemas = Object.fromEntries(
    Object.entries({ ...results, silent: { issues: [] } }).map(([name, each]) => [name, odd(each)]),
  );
  const { browser, heard, refused } = await ends(t, { schemas });
  for (const event of Object.keys(schemas)) browser.send({ event, data: 1 });
  await until(() => refused.length === 5);
  t.strictSame(heard, []);
  for (const { error } of refused.slice(0, 4)) {
    t.match(error.cause, { message: /^the schema returned no result/ });
  }
  t.match(refused[4]?.error.message, /: the schema gives no reason$/);
});

t.test('without a handler of invalid a refused event is a line of the log', async (t) => {
  const lines: unknown[] = [];
  const warn = (details: object, message?: string): void => void lines.push([details, message]);
  const log = { debug: () => undefined, info: () => undefined, warn, error: () => undefined };
  const { client, browser } = await ends(t, { schemas: { n: v.number() }, log });
  client.removeAllListeners('invalid');
  browser.send({ event: 'n', data: 'one' });
  await until(() => lines.length === 1);
  t.match(lines, [[{ code: 'invalid_data', event: 'n', socketId: browser.id }, /was refused/]]);
  t.notMatch(JSON.stringify(lines), /one/, 'data of browsers is not for the log');
});

t.test('an option that is no schema is refused', async (t) => {
  const make = (schemas: unknown) => (): unknown =>
    createClient({ ...CREDENTIALS, schemas: schemas as PipeOptions['schemas'] });
  for (const bad of [{}, null, undefined, { '~standard': { version: 2 } }]) {
    t.throws(make({ move: bad }), { code: 'bad_option', message: /^schemas\.move: / });
  }
  for (const bad of ['all', [], new Map([['move', v.string()]])]) {
    t.throws(make(bad), { code: 'bad_option', message: /^schemas: / });
  }
});

t.test('a declaration is made of schemas, and schemas fit a declaration', async (t) => {
  const schemas = {
    move: z.object({ x: z.number() }),
    say: v.string(),
    at: await LIBRARIES.arktype(),
  };
  const use = (): void => {
    const client = createClient<{ browser: SchemaData<typeof schemas> }>({
      ...CREDENTIALS,
      schemas,
    });
    client.sockets.on('event:move', (_id, { x }) => x.toFixed());
    client.sockets.on('event:say', (_id, text) => text.length);
    client.sockets.on('event:at', (_id, { y }) => y.toFixed());
    // @ts-expect-error no schema is of this name
    client.sockets.on('event:jump', () => undefined);
    // @ts-expect-error the schema gives another type
    createClient<{ browser: { say: number } }>({ ...CREDENTIALS, schemas: { say: v.string() } });
    // @ts-expect-error no browser sends this event
    createClient<{ browser: { n: number } }>({ ...CREDENTIALS, schemas: { m: z.number() } });
    const options: PipeOptions = { ...CREDENTIALS, schemas };
    createClient<{ browser: { n: number } }>(options);
  };
  t.type(use, 'function');
});
