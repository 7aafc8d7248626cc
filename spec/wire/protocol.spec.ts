import { readFileSync } from 'node:fs';
import t from 'tap';
import { CLOSE_CODES, REFUSAL_CODES } from '../../lib/wire/close-codes';
import { signPipeRequest } from '../../lib/pusher/pipe-signature';

const page = readFileSync(`${__dirname}/../../proto/PROTOCOL.md`, 'utf8');
const schema = readFileSync(`${__dirname}/../../proto/pipe.proto`, 'utf8').replace(/\/\/.*/g, '');

t.test('the page lists the codes of the tables, and no others', async (t) => {
  const rows = [...page.matchAll(/^\| (\d{4}) +\| `(\w+)` +\| (.*?) +\|/gm)].map(
    ([, code, name, meaning]) => `${code} ${name}: ${meaning}`,
  );
  const tables = [...Object.values(CLOSE_CODES), ...Object.values(REFUSAL_CODES)];
  t.strictSame(
    rows,
    tables.map(({ code, name, meaning }) => `${code} ${name}: ${meaning}`),
  );
});

t.test('the page speaks of every frame', async (t) => {
  const bodies = [...schema.matchAll(/^ {4}\w+ (\w+) = \d+;/gm)].map(([, name]) => name!);
  t.equal(bodies.length, 22);
  for (const name of bodies) t.match(page, new RegExp(`\\b${name.toUpperCase()}\\b`), name);
});

t.test('the page explains every field of the frames of the streams', async (t) => {
  for (const message of ['Hello', 'Welcome', 'Events', 'Event', 'Run', 'Commands', 'Command']) {
    const body = new RegExp(`message ${message} \\{(.*?)\\n\\}`, 's').exec(schema)?.[1] ?? '';
    const fields = [...body.matchAll(/(\w+) = \d+;/g)].map(([, name]) => name!);
    t.ok(fields.length > 0, message);
    for (const field of fields) t.ok(page.includes(`\`${field}\``), `${message}.${field}`);
  }
});

t.test('the example of a signature is right', async (t) => {
  const params = signPipeRequest({
    key: 'demo-key',
    secret: 'demo-secret-demo-secret',
    path: '/pipe/1001',
    timestampS: 1_700_000_000,
  });
  const signature = new URLSearchParams(params).get('auth_signature') ?? 'none';
  t.ok(page.includes(signature), signature);
});
