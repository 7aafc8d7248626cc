import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import t from 'tap';
import { signPipeRequest } from '../../lib/pusher/pipe-signature';
import { CLOSE_CODES, REFUSAL_CODES } from '../../lib/wire/close-codes';
import { EventKind, RuleKind, Verb } from '../../lib/wire/frames';
import { WIRE_LIMITS } from '../../lib/wire/limits';
import { CAUSES, MODES, ORDERS, OVERFLOWS, VERDICTS } from '../../lib/wire/rare/enums';
import { VECTORS } from '../support/wire-vectors';

const FOLDER = `${__dirname}/../../proto`;
const page = readFileSync(`${FOLDER}/PROTOCOL.md`, 'utf8');
const schema = readFileSync(`${FOLDER}/pipe.proto`, 'utf8').replace(/\/\/.*/g, '');
const types = protobuf
  .loadSync(`${FOLDER}/pipe.proto`)
  .lookup('standpipe.v1') as protobuf.Namespace;
const messages = types.nestedArray.filter((each) => each instanceof protobuf.Type);
const enums = types.nestedArray.filter((each) => each instanceof protobuf.Enum);
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`);

const RETRY = {
  never: 'MUST stay closed',
  backoff: 'comes back with a backoff',
  now: 'comes back at once, with jitter',
};

t.test('the page lists the codes of the tables with what they mean, and no others', async (t) => {
  const rows = [...page.matchAll(/^\| (\d{4}) \| `(\w+)` \| (.*?) \|(?: (.*?) \|)?$/gm)];
  t.strictSame(
    rows.map(([, code, name, meaning, client]) => [Number(code), name, meaning, client]),
    [
      ...Object.values(CLOSE_CODES).map((row) => [
        row.code,
        row.name,
        row.meaning,
        RETRY[row.retry],
      ]),
      ...Object.values(REFUSAL_CODES).map((row) => [row.code, row.name, row.meaning, undefined]),
    ],
  );
});

t.test('the page has a section for every frame', async (t) => {
  const bodies = types.lookupType('Frame').oneofsArray[0]!.oneof;
  t.equal(bodies.length, 22);
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading!);
  for (const body of bodies) {
    const name = new RegExp(`\\b${snake(body).toUpperCase()}\\b`);
    t.ok(
      headings.some((heading) => name.test(heading)),
      body,
    );
  }
});

t.test('the page names every field of every message', async (t) => {
  let fields = 0;
  for (const message of messages) {
    // Frame is its oneof, and a Name is told in words.
    if (['Frame', 'Name'].includes(message.name)) continue;
    for (const field of message.fieldsArray) {
      const name = snake(field.name);
      t.ok(page.includes(`\`${name}\``) || told(message.name, name), `${message.name}.${name}`);
      fields += 1;
    }
  }
  t.ok(fields > 100, `${fields} fields`);
});

/** Fields that a table or sentence of the page names without code marks. */
function told(message: string, field: string): boolean {
  const words: Record<string, RegExp> = {
    SocketState: /with their user and channels/,
    ChannelState: /with their number of subscriptions and\nmembers/,
    Refusal: /seq, `code`/,
    Receipt: /seq, and the number of `sockets`/,
  };
  return words[message]?.test(page) === true && field !== '';
}

t.test('the page names every value of every enum', async (t) => {
  for (const { name, values } of enums) {
    for (const [value, number] of Object.entries(values)) {
      if (number === 0) continue;
      const word = value.slice(snake(name).toUpperCase().length);
      t.match(page, new RegExp(`\\b${word.replace(/^_/, '')}\\b`), `${name} ${word}`);
    }
  }
});

t.test('constants of the code have the numbers of the schema', async (t) => {
  const numbers = (name: string): Record<string, number> =>
    Object.fromEntries(
      Object.entries(types.lookupEnum(name).values)
        .filter(([, number]) => number !== 0)
        .map(([value, number]) => [value.slice(snake(name).length), number]),
    );
  t.same(numbers('RuleKind'), RuleKind);
  t.same(numbers('EventKind'), EventKind);
  t.same(numbers('Verb'), Verb);
  const words = (name: string): string[] =>
    Object.keys(numbers(name)).map((value) => value.toLowerCase());
  t.same(words('Order'), ORDERS.slice(1));
  t.same(words('Mode'), MODES.slice(1));
  t.same(words('Overflow'), OVERFLOWS.slice(1));
  t.same(words('Verdict'), VERDICTS.slice(1));
  t.same(words('GapCause'), CAUSES.slice(1));
});

t.test('enums have prefixes and begin with what is not said', async (t) => {
  t.equal(enums.length, 9);
  for (const { name, values } of enums) {
    const prefix = snake(name).slice(1).toUpperCase();
    t.equal(Object.keys(values)[0], `${prefix}_UNSPECIFIED`);
    for (const value of Object.keys(values)) t.ok(value.startsWith(`${prefix}_`), value);
  }
});

t.test('no field is called like a keyword of a language that reads the schema', async (t) => {
  const keywords = new Set(
    'and as assert async await break case catch class const continue def default del do elif else enum except export extends false final finally for from func function global go goto if implements import in instanceof interface is lambda let match native new nil none nonlocal not null or package pass private protected public raise return self static struct super switch this throw throws trait true try type typeof union use var void while with yield'.split(
      ' ',
    ),
  );
  for (const message of messages) {
    for (const field of message.fieldsArray) {
      // A body of Frame is read through the oneof, and few languages mind a `go_away`.
      t.notOk(keywords.has(snake(field.name)), `${message.name}.${field.name}`);
    }
  }
});

t.test('the numbers of the table of limits are those of the code', async (t) => {
  const table = page.slice(page.indexOf('\n## Limits'), page.indexOf('\n## Evolution'));
  const value = (row: string): string =>
    new RegExp(`^\\| ${row} +\\| (.*?) +\\|`, 'm').exec(table)?.[1] ?? `no row: ${row}`;
  const grouped = (number: number): string => String(number).replace(/(?=(\d{3})+$)(?!^)/g, ' ');
  const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
  const limits = WIRE_LIMITS;
  t.equal(value('frame'), `\`frame_bytes\`: ${mib(limits.maxFrameBytes)}`);
  t.equal(value('HELLO'), `${limits.maxHelloBytes / 1024} KiB, ${limits.helloMs / 1000} s`);
  t.equal(value('events or runs of EVENTS, .*?'), `\`batch\`: ${grouped(limits.maxBatch)}`);
  t.equal(value('ranges of a position'), grouped(limits.maxRanges));
  t.equal(value('entries of another .*?'), grouped(limits.maxListItems));
  t.equal(value('rules'), grouped(limits.maxRules));
  t.equal(
    value('names of a direction'),
    `${grouped(limits.maxNames)}, ${mib(limits.maxNamesBytes)}`,
  );
  t.equal(value('a defined name'), `${grouped(limits.maxNameBytes)} bytes`);
  t.equal(value('credit'), `${grouped(limits.maxCreditMessages)}, ${mib(limits.maxCreditBytes)}`);
  t.equal(value('data of a command'), `\`data_bytes\`: at most ${limits.maxDataBytes / 1024} KiB`);
  t.equal(value('own silence before PING'), `\`ping_ms\`: ${limits.pingMs / 1000} s`);
  t.equal(value('silence of the other side'), `\`dead_ms\`: ${limits.deadMs / 1000} s`);
});

t.test('links of the page lead to its sections', async (t) => {
  const anchors = new Set(
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replace(/ /g, '-'),
    ),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link!);
  t.ok(links.length > 30, `${links.length} links`);
  for (const link of links) t.ok(anchors.has(link), link);
});

t.test('the page uses the words of RFC 2119 that it announces', async (t) => {
  t.ok([...page.matchAll(/\bMUST\b/g)].length > 40);
  for (const word of ['MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY']) {
    t.ok(page.split(word).length > 2, word);
  }
});

t.test('numbers for experiments are kept free where they are promised', async (t) => {
  t.match(page, /1000 to 1999 of every message/);
  for (const message of messages) {
    const ids = message.fieldsArray.map(({ id }) => id);
    t.ok(Math.max(0, ...ids) < 1000, message.name);
  }
  t.match(schema, /reserved 1000 to 1999/);
});

t.test('the example of a signature is right', async (t) => {
  const { key, secret, path, timestamp, signature } = VECTORS.signature;
  const params = signPipeRequest({ key, secret, path, timestampS: timestamp });
  t.equal(new URLSearchParams(params).get('auth_signature'), signature);
  for (const part of [key, secret, path, String(timestamp), signature]) t.ok(page.includes(part));
});
