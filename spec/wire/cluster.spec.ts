import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import t from 'tap';
import {
  readBatch,
  readNodeMessages,
  readUserChange,
  type NodeMessage,
  type SentItem,
  writeBatch,
  writeNodeMessages,
} from '../../lib/wire/cluster';
import { CodecError } from '../../lib/wire/codec-error';
import { runs } from '../support/depth';

// The schema is the oracle: read by protobufjs as it stands, without generated code.
const root = protobuf.loadSync(join(__dirname, '../../proto/cluster.proto'));
const schema = (name: string): protobuf.Type => root.lookupType(`standpipe.cluster.v1.${name}`);
const asObject = (name: string, bytes: Uint8Array): unknown =>
  schema(name).toObject(schema(name).decode(bytes), { longs: Number });

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const count = fc.integer({ min: 0, max: 0xffff_ffff });
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(of, { nil: undefined });

const item: fc.Arbitrary<SentItem> = fc.oneof(
  fc.record({
    kind: fc.constant('event' as const),
    ...{ text, cacheMs: optional(count), from: count, receipt: count },
    except: optional(fc.array(text, { minLength: 1, maxLength: 3 })),
    latest: optional(fc.string({ minLength: 1, maxLength: 60 })),
    volatile: optional(fc.constant(true)),
  }),
  fc.record({
    kind: fc.constant('member' as const),
    ...{ userId: text, userInfo: optional(text), added: fc.boolean() },
  }),
);

const nodeMessage: fc.Arbitrary<NodeMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('letter' as const),
    ...{ from: count, number: count, first: count, app: text, text },
  }),
  fc.record({
    kind: fc.constant('reply' as const),
    ...{ from: count, number: count, text: optional(text) },
  }),
  fc.record({ kind: fc.constant('receipt' as const), receipt: count, sockets: count }),
  fc.record({ kind: fc.constant('leasesChanged' as const) }),
);

/** Fields that the script of an engine appends: the number of a batch's first item, or with `total` a count. */
function appended(seq: number, total?: number): Uint8Array {
  return schema('Batch')
    .encode({ items: [], seq, ...(total !== undefined && { total }) })
    .finish();
}

t.test(
  'batches with the number that the engine appends are read as they were written',
  async () => {
    const seq = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 10 });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), seq, (items, first) => {
        const bytes = Buffer.concat([writeBatch(items), appended(first)]);
        const expected = items.map((each, i) => ({ ...each, seq: first + i }));
        t.strictSame(readBatch(bytes), expected);
        const { items: seen } = asObject('Batch', bytes) as { items: unknown[] };
        t.equal(seen.length, items.length);
      }),
      { numRuns: runs(100) },
    );
    t.strictSame(readBatch(appended(7, 0)), [{ kind: 'count', total: 0, seq: 7 }]);
    t.strictSame(readBatch(appended(7, 300)), [{ kind: 'count', total: 300, seq: 7 }]);
  },
);

t.test('messages between nodes are what their schema says', async (t) => {
  fc.assert(
    fc.property(fc.array(nodeMessage, { minLength: 1, maxLength: 5 }), (made) => {
      const messages = made.map((each) => ({ ...each }));
      const bytes = writeNodeMessages(messages);
      t.strictSame(readNodeMessages(bytes), messages);
      const written = messages.map(({ kind, ...fields }) =>
        schema('NodeMessages')
          .encode({ [kind]: [fields] })
          .finish(),
      );
      t.strictSame(readNodeMessages(Buffer.concat(written)), messages, 'as protobufjs writes it');
      const seen = asObject('NodeMessages', bytes) as Record<string, unknown[]>;
      for (const { kind } of messages) t.ok((seen[kind]?.length ?? 0) > 0);
    }),
    { numRuns: runs(100) },
  );
});

t.test('changes of users are read as the schema says', async (t) => {
  const bytes = schema('UserChange')
    .encode({ online: true, seq: 2 ** 40 })
    .finish();
  t.strictSame(readUserChange(bytes), { online: true, seq: 2 ** 40 });
  t.strictSame(readUserChange(Buffer.alloc(0)), { online: false, seq: 0 });
});

t.test('fields of a later version are left out, and other bytes are a CodecError', async (t) => {
  const later = Buffer.from([0x7a, 2, 1, 2]);
  const receipt: NodeMessage = { kind: 'receipt', receipt: 1, sockets: 2 };
  const bytes = Buffer.concat([writeNodeMessages([receipt]), later]);
  t.strictSame(readNodeMessages(bytes), [receipt]);
  t.throws(() => readNodeMessages(later), { message: /unknown kind/ });
  t.throws(() => readBatch(Buffer.alloc(5 * 1024 * 1024)), { message: /at most/ });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      for (const read of [readBatch, readUserChange, readNodeMessages]) {
        try {
          read(bytes);
        } catch (error) {
          t.type(error, CodecError);
        }
      }
    }),
  );
});
