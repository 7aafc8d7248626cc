import { Kind, Verb } from '../../lib/wire/frames';
import type { Frame } from '../../lib/wire/frames';

/** A frame of each type, and the bytes that a fresh encoder makes of it. They never change within a protocol version. */
export const GOLDEN_FRAMES: Array<{ frame: Frame; hex: string }> = [
  {
    frame: {
      type: 'hello',
      version: 1,
      library: 'standpipe-js/1.0.0',
      group: { name: 'game', order: 'channel', mode: 'shared', overflow: 'pause' },
      member: 'game-1',
      session: bytes('000102030405060708090a0b0c0d0e0f'),
      proof: bytes('ff'.repeat(32)),
      attempt: 2,
      positions: [{ partition: 3, epoch: 1, offset: 41 }],
      nextSeq: 7,
      credit: { messages: 1_000, bytes: 8_388_608 },
      rules: [{ kind: Kind.MESSAGE, channels: ['game-*'], events: ['move'] }],
    },
    hex: '0a9601080112127374616e64706970652d6a732f312e302e301a0c0a0467616d65100118012001220667616d652d312a10000102030405060708090a0b0c0d0e0f3220ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff3802420d08031001190000000000804440490000000000001c40520808e80710808080045a100802120667616d652d2a1a046d6f7665',
  },
  {
    frame: {
      type: 'welcome',
      version: 1,
      verdict: 'reset',
      reason: 'expired',
      session: bytes('000102030405060708090a0b0c0d0e0f'),
      secret: bytes('ab'.repeat(32)),
      applied: 6,
      credit: { messages: 32_768, bytes: 8_388_608 },
      limits: {
        frameBytes: 1_048_576,
        batch: 1_024,
        dataBytes: 10_240,
        pingMs: 10_000,
        deadMs: 25_000,
      },
      partitions: 64,
      assigned: [{ partition: 3, generation: 1, epoch: 2, from: 42 }],
      node: 'node-a',
      windowMs: 120_000,
    },
    hex: '128701080110031a07657870697265642210000102030405060708090a0b0c0d0e0f2a20abababababababababababababababababababababababababababababababab3100000000000018403a0908808002108080800442110880804010800818805020904e28a8c3014840520f0803100118022100000000000045405a066e6f64652d6160c0a907',
  },
  {
    frame: {
      type: 'events',
      runs: [
        {
          partition: 3,
          generation: 1,
          epoch: 2,
          firstOffset: 42,
          events: [
            {
              kind: Kind.MESSAGE,
              socketId: '12.34',
              channel: 'private-ä',
              event: 'client-move',
              data: '{"x":1}',
              time: 1_700_000_000_000,
              userId: 'u1',
            },
            {
              kind: Kind.MESSAGE,
              socketId: '12.34',
              channel: 'private-ä',
              event: 'client-move',
              data: '{"x":2}',
              time: 1_700_000_000_001,
              redelivered: true,
              tries: 2,
            },
          ],
        },
        {
          partition: 4,
          generation: 1,
          epoch: 2,
          firstOffset: 1,
          events: [
            {
              kind: Kind.CLOSE,
              socketId: '12.35',
              time: 1_700_000_000_002,
              code: 1001,
              reason: 'left',
            },
          ],
        },
      ],
      commandAck: {
        applied: 9,
        refused: [{ seq: 8, code: 4210, message: 'no' }],
        receipts: [{ seq: 9, sockets: 3 }],
        credit: { messages: 10, bytes: 20 },
      },
    },
    hex: '1ada010a0e0801120a707269766174652dc3a40a0f0802120b636c69656e742d6d6f766512590803100118022100000000000045402a230802120531322e3334180128023a077b2278223a317d4100008056febc78424a0275312a230802120531322e3334180128023a077b2278223a327d4100108056febc784250015802122c08041001180221000000000000f03f2a1b080b120531322e33354100208056febc784260e9076a046c6566741a2e090000000000002240121009000000000000204010f2201a026e6f1a0b09000000000000224010032204080a1014',
  },
  {
    frame: {
      type: 'ack',
      positions: [
        { partition: 3, generation: 1, epoch: 2, offset: 43 },
        { partition: 4, generation: 1, epoch: 2, offset: 1 },
      ],
      credit: { messages: 1_000, bytes: 8_388_608 },
    },
    hex: '222c0a0f0803100118022100000000008045400a0f08041001180221000000000000f03f120808e8071080808004',
  },
  {
    frame: {
      type: 'commands',
      firstSeq: 7,
      commands: [
        {
          verb: Verb.TRIGGER_CHANNEL,
          channel: 'room',
          channels: ['lobby', 'room'],
          event: 'hi',
          data: '"hello"',
          except: ['12.34', '12.35'],
          ifOccupied: true,
          receipt: 'delivered',
          origin: { partition: 3, generation: 1, offset: 42, index: 1 },
          idempotencyKey: 'k1',
        },
        { verb: Verb.TRIGGER_SOCKET, socketId: '12.34', event: 'hi', data: 'null' },
        { verb: Verb.TERMINATE_USER, userId: 'u1' },
        { verb: Verb.CLOSE_SOCKET, socketId: '12.35', code: 4009, reason: 'banned' },
      ],
      ack: { positions: [{ partition: 3, generation: 1, epoch: 2, offset: 43 }] },
    },
    hex: '2aa7010a0808011204726f6f6d0a060802120268690a09080312056c6f626279110000000000001c401a3a08011001200232072268656c6c6f224a0531322e33344a0531322e333550015801620f0803100119000000000000454020016a026b31720203011a110802200232046e756c6c3a0531322e33341a060805420275311a1508043a0531322e333578a91f82010662616e6e656422110a0f080310011802210000000000804540',
  },
  {
    frame: {
      type: 'commandAck',
      applied: 9_007_199_254_740_991,
      refused: [{ seq: 8, code: 4216, message: 'owned by another member' }],
      receipts: [{ seq: 9, sockets: 0 }],
    },
    hex: '323b09ffffffffffff3f43122509000000000000204010f8201a176f776e656420627920616e6f74686572206d656d6265721a09090000000000002240',
  },
  {
    frame: {
      type: 'events',
      runs: [
        {
          partition: 3,
          generation: 1,
          epoch: 2,
          firstOffset: 44,
          events: [
            {
              kind: Kind.MESSAGE,
              socketId: '12.34',
              event: 'move',
              data: '1',
              time: 1_700_000_000_003,
              conflated: 99,
            },
          ],
        },
      ],
    },
    hex: '1a360a08080112046d6f7665122a0803100118022100000000000046402a190802120531322e333428013a01314100308056febc78427063',
  },
  {
    frame: {
      type: 'subscribe',
      id: 1,
      rules: [
        { kind: Kind.SOCKET, channels: [], events: [] },
        { kind: Kind.CHANNEL, channels: ['game-*', 'lobby'], events: [] },
        { kind: Kind.MESSAGE, channels: [], events: ['move'], conflate: true },
      ],
    },
    hex: '3a2508011202080112110803120667616d652d2a12056c6f626279120a08021a046d6f76652001',
  },
  {
    frame: { type: 'subscribed', id: 1, error: { code: 4214, message: 'kind 99 is unknown' } },
    hex: '421b0801121708f62012126b696e6420393920697320756e6b6e6f776e',
  },
  {
    frame: {
      type: 'gap',
      partition: 3,
      oldEpoch: 1,
      after: 41,
      newEpoch: 2,
      first: 50,
      cause: 'store_lost',
      count: 8,
    },
    hex: '4a230803100119000000000080444020022900000000000049403003390000000000002040',
  },
  {
    frame: {
      type: 'snapshot',
      partition: 3,
      epoch: 2,
      offset: 49,
      begin: true,
      end: true,
      sockets: [{ id: '12.34', userId: 'u1', channels: ['room', 'lobby'] }],
      channels: [{ name: 'presence-room', subscriptions: 2, members: ['u1'] }],
    },
    hex: '5242080310021900000000008048402001280132180a0531322e3334120275311a04726f6f6d1a056c6f6262793a150a0d70726573656e63652d726f6f6d10021a027531',
  },
  {
    frame: { type: 'assign', assigned: [{ partition: 5, generation: 2, epoch: 2, from: 1 }] },
    hex: '5a110a0f08051002180221000000000000f03f',
  },
  {
    frame: { type: 'revoke', partition: 5, generation: 2, deadlineMs: 10_000 },
    hex: '62070805100218904e',
  },
  {
    frame: { type: 'drained', partition: 5, generation: 2, offset: 77 },
    hex: '6a0d08051002190000000000405340',
  },
  {
    frame: {
      type: 'query',
      id: 9,
      method: 'channel',
      params: '{"name":"room"}',
      deadlineMs: 5_000,
    },
    hex: '721f080912076368616e6e656c1a0f7b226e616d65223a22726f6f6d227d208827',
  },
  {
    frame: {
      type: 'reply',
      id: 9,
      result: '{"occupied":true}',
      error: { code: 4219, message: 'late' },
      asOf: [{ partition: 3, epoch: 2, offset: 49 }],
      more: true,
    },
    hex: '7a31080912117b226f63637570696564223a747275657d1a0908fb2012046c617465220d080310021900000000008048402801',
  },
  { frame: { type: 'ping', time: 1234.5 }, hex: '8201090900000000004a9340' },
  { frame: { type: 'pong', time: 1234.5 }, hex: '8a01090900000000004a9340' },
  {
    frame: {
      type: 'goAway',
      deadlineMs: 10_000,
      reason: 'restart',
      nodes: ['ws://10.0.0.2:6001'],
    },
    hex: '92012008904e1207726573746172741a1277733a2f2f31302e302e302e323a36303031',
  },
  { frame: { type: 'bye', reason: 'done' }, hex: '9a01060a04646f6e65' },
  {
    frame: { type: 'error', code: 4400, message: 'handle 7 is not defined' },
    hex: 'a2011c08b022121768616e646c652037206973206e6f7420646566696e6564',
  },
];

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
