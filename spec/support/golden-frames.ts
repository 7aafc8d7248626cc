import { EventKind, RuleKind, Verb } from '../../lib/wire/frames';
import type { Frame } from '../../lib/wire/frames';

/** A frame of each type, and the bytes that a fresh encoder makes of it. They never change within a protocol version. */
export const GOLDEN_FRAMES: Array<{ frame: Frame; hex: string }> = [
  {
    frame: {
      type: 'hello',
      version: 1,
      library: 'standpipe-js/1.0.0',
      group: { name: 'game', order: 'channel', mode: 'shared', overflow: 'pause' },
      name: 'game-1',
      session: bytes('000102030405060708090a0b0c0d0e0f'),
      proof: bytes('ff'.repeat(32)),
      attempt: 2,
      positions: [
        {
          partition: 3,
          generation: 2,
          epoch: 1,
          offset: 41,
          finished: [{ first: 43, last: 45 }],
          wantsSnapshot: true,
        },
      ],
      nextSeq: 7,
      credit: { messages: 1_000, bytes: 8_388_608 },
      rules: [{ kind: RuleKind.MESSAGE, channels: ['game-*'], events: ['move'] }],
    },
    hex: '0a9201080112127374616e64706970652d6a732f312e302e301a0c0a0467616d65100218022002220667616d652d312a10000102030405060708090a0b0c0d0e0f3220ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff3802421008031002180120292a04082b102d30014807520808e80710808080045a100802120667616d652d2a1a046d6f7665',
  },
  {
    frame: {
      type: 'welcome',
      version: 1,
      verdict: 'reset',
      reason: 'unknown_session',
      session: bytes('000102030405060708090a0b0c0d0e0f'),
      secret: bytes('ab'.repeat(32)),
      nextSeq: 7,
      commandAck: {
        applied: 6,
        refused: [{ seq: 5, code: 4211, message: 'gone' }],
        receipts: [],
        credit: { messages: 32_768, bytes: 8_388_608 },
      },
      limits: {
        frameBytes: 1_048_576,
        batch: 1_024,
        dataBytes: 10_240,
        pingMs: 10_000,
        deadMs: 25_000,
      },
      partitions: 64,
      assigned: [{ partition: 3, generation: 1, epoch: 2, firstOffset: 42 }],
      node: 'node-a',
      windowMs: 120_000,
      graceMs: 5_000,
      unhandled: 300,
      stream: 's7Jx_0q-Ab12',
    },
    hex: '12a601080110031a0f756e6b6e6f776e5f73657373696f6e2210000102030405060708090a0b0c0d0e0f2a20abababababababababababababababababababababababababababababababab30073a1a0806120b080510f3201a04676f6e65220908808002108080800442110880804010800818805020904e28a8c30148405208080310011802202a5a066e6f64652d6160c0a90768882770ac027a0c73374a785f30712d41623132',
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
              kind: EventKind.MESSAGE,
              socketId: '12.34',
              channel: 'private-ä',
              event: 'client-move',
              data: '{"x":1}',
              time: 1_700_000_000_000,
              userId: 'u1',
            },
            {
              kind: EventKind.MESSAGE,
              socketId: '12.34',
              channel: 'private-ä',
              event: 'client-move',
              data: '{"x":2}',
              time: 1_700_000_000_001,
              redelivered: true,
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
              kind: EventKind.CLOSE,
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
    hex: '1ab5010a0e0801120a707269766174652dc3a40a0f0802120b636c69656e742d6d6f76651250080310011802202a2a230803120531322e3334180128023a077b2278223a317d4100008056febc78424a0275312a210803120531322e3334180128023a077b2278223a327d4100108056febc78425001122508041001180220012a1b0802120531322e33354100208056febc784260e9076a046c6566741a1908091209080810f2201a026e6f1a04080910032204080a1014',
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
    hex: '221e0a08080310011802202b0a080804100118022001120808e8071080808004',
  },
  {
    frame: {
      type: 'ack',
      positions: [
        {
          partition: 3,
          generation: 1,
          epoch: 2,
          offset: 0,
          finished: [{ first: 2, last: 9 }],
          conflated: [{ offset: 10, count: 300 }],
        },
      ],
    },
    hex: '22150a130803100118022a04080210093a05080a10ac02',
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
          exceptSockets: ['12.34', '12.35'],
          ifOccupied: true,
          receipt: 'delivered',
          origin: { partition: 3, generation: 1, offset: 42, index: 1 },
          idempotencyKey: 'k1',
          latestKey: 'door',
        },
        {
          verb: Verb.TRIGGER_SOCKET,
          socketId: '12.34',
          event: 'hi',
          data: 'null',
          volatile: true,
        },
        { verb: Verb.TERMINATE_USER, userId: 'u1' },
        { verb: Verb.CLOSE_SOCKET, socketId: '12.35', code: 4009, reason: 'banned' },
      ],
      ack: { positions: [{ partition: 3, generation: 1, epoch: 2, offset: 43 }] },
    },
    hex: '2a9c010a0808011204726f6f6d0a060802120268690a09080312056c6f62627910071a3a08011001200232072268656c6c6f224a0531322e33344a0531322e333550015802620808031001182a20016a026b31720203019a0104646f6f721a140802200232046e756c6c3a0531322e3334a001011a060805420275311a1508043a0531322e333578a91f82010662616e6e6564220a0a08080310011802202b',
  },
  {
    frame: {
      type: 'commandAck',
      applied: 9_007_199_254_740_991,
      refused: [{ seq: 8, code: 4216, message: 'owned by another member' }],
      receipts: [{ seq: 9, sockets: 0 }],
    },
    hex: '322d08ffffffffffffff0f121e080810f8201a176f776e656420627920616e6f74686572206d656d6265721a020809',
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
          skipped: 2,
          events: [
            {
              kind: EventKind.MESSAGE,
              socketId: '12.34',
              event: 'move',
              data: '1',
              time: 1_700_000_000_003,
              conflated: 99,
              conflatable: true,
            },
          ],
        },
      ],
    },
    hex: '1a330a08080112046d6f76651227080310011802202c2a1b0803120531322e333428013a01314100308056febc7842706378013002',
  },
  {
    frame: {
      type: 'subscribe',
      id: 1,
      rules: [
        { kind: RuleKind.SOCKET, channels: [], events: [] },
        { kind: RuleKind.CHANNEL, channels: ['game-*', 'lobby'], events: [] },
        { kind: RuleKind.MESSAGE, channels: [], events: ['move'], conflate: true },
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
    hex: '4a0e0803100118292002283230033808',
  },
  {
    frame: {
      type: 'snapshot',
      partition: 3,
      epoch: 2,
      offset: 49,
      begin: true,
      end: true,
      coversSockets: true,
      coversChannels: false,
      sockets: [{ id: '12.34', userId: 'u1', channels: ['room', 'lobby'] }],
      channels: [{ name: 'presence-room', subscriptions: 2, members: ['u1'] }],
    },
    hex: '523d0803100218312001280132180a0531322e3334120275311a04726f6f6d1a056c6f6262793a150a0d70726573656e63652d726f6f6d10021a0275314001',
  },
  {
    frame: {
      type: 'assign',
      assigned: [{ partition: 5, generation: 2, epoch: 2, firstOffset: 1 }],
    },
    hex: '5a0a0a080805100218022001',
  },
  {
    frame: { type: 'revoke', partition: 5, generation: 2, deadlineMs: 10_000 },
    hex: '62070805100218904e',
  },
  {
    frame: {
      type: 'returned',
      position: {
        partition: 5,
        generation: 2,
        epoch: 2,
        offset: 77,
        finished: [
          { first: 79, last: 79 },
          { first: 100, last: 400 },
        ],
      },
    },
    hex: '6a170a15080510021802204d2a04084f104f2a050864109003',
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
      asOf: [{ partition: 3, generation: 1, epoch: 2, offset: 49 }],
      more: true,
    },
    hex: '7a2c080912117b226f63637570696564223a747275657d1a0908fb2012046c617465220808031001180220312801',
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
  { frame: { type: 'ready' }, hex: 'aa0100' },
  { frame: { type: 'lost', partition: 5, generation: 2 }, hex: 'b2010408051002' },
  { frame: { type: 'bye', reason: 'done' }, hex: '9a01060a04646f6e65' },
  {
    frame: { type: 'error', code: 4400, message: 'handle 7 is not defined' },
    hex: 'a2011c08b022121768616e646c652037206973206e6f7420646566696e6564',
  },
];

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
