import { closeFrame, frame, Opcode, upgradeRequest } from '../../support/raw-socket';
import type { Chance } from '../../support/simulator/chance';
import { type Attempt, mark, MEMBER, USER, type Write } from './attempt';
import { inPieces, mutatedBytes, mutatedJson, oddJson } from './mutations';

const NO_MASK = Buffer.alloc(4);
/** Fixed, so that the bytes of a seed are always the same. */
const KEY = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };

/** The request that opens a WebSocket; it may be followed by frames without a wait. */
export function opening(path: string, headers: Record<string, string> = {}): Buffer {
  return Buffer.from(upgradeRequest(path, { ...KEY, ...headers }));
}

/** A frame that keeps the rules. Marks of signatures are found in it, for its mask is zero. */
export function textFrame(text: string): Buffer {
  return frame(Opcode.TEXT, text, { maskingKey: NO_MASK });
}

/** Messages of the Channels protocol as browsers send them. */
const MESSAGES: ReadonlyArray<(chance: Chance) => object> = [
  () => ({ event: 'pusher:ping', data: {} }),
  () => ({ event: 'pusher:pong', data: {} }),
  () => ({ event: 'pusher:subscribe', data: { channel: 'room', auth: '' } }),
  () => ({ event: 'pusher:subscribe', data: { channel: 'cache-room', auth: '' } }),
  () => ({ event: 'pusher:unsubscribe', data: { channel: 'room' } }),
  () => ({
    event: 'pusher:subscribe',
    data: { channel: 'private-a', auth: `key:${mark('private')}` },
  }),
  () => ({
    event: 'pusher:subscribe',
    data: { channel: 'private-cache-a', auth: `key:${mark('cache')}` },
  }),
  () => ({
    event: 'pusher:subscribe',
    data: { channel: 'private-b', auth: `key:${'0'.repeat(64)}` },
  }),
  () => ({
    event: 'pusher:subscribe',
    data: { channel: 'presence-a', auth: `key:${mark('presence')}`, channel_data: MEMBER },
  }),
  () => ({ event: 'pusher:unsubscribe', data: { channel: 'presence-a' } }),
  () => ({ event: 'pusher:signin', data: { auth: `key:${mark('user')}`, user_data: USER } }),
  (chance) => ({
    event: 'client-said',
    channel: chance.pick(['private-a', 'presence-a', 'private-cache-a', 'room'] as const),
    data: { n: 1 },
  }),
  () => ({ event: 'said', channel: 'room', data: 'to backends' }),
  () => ({ event: 'said', data: { deep: [1, 2, { a: 'b' }] } }),
];

/** Text of a message of a browser, with changes or without. */
export function channelsText(chance: Chance): string {
  if (chance.percent(8)) return oddJson(chance);
  return mutatedJson(chance, (chance.pick(MESSAGES) ?? MESSAGES[0])?.(chance));
}

/** The writes that open a WebSocket and send frames over it. */
export function conversation(chance: Chance, open: Buffer, frames: Buffer[]): Write[] {
  const bytes = Buffer.concat(frames);
  // The answer is waited for where signatures need the id in it.
  if (chance.percent(10)) return [{ line: 0, bytes: Buffer.concat([open, bytes]), answered: true }];
  return [
    { line: 0, bytes: open, answered: true },
    ...inPieces(chance, bytes).map((piece) => ({ line: 0, bytes: piece })),
  ];
}

/** Messages by grammar in frames that keep the rules. */
export function channelsMessages(chance: Chance): Attempt {
  const open = opening(`/app/key?protocol=${chance.percent(90) ? 7 : chance.whole(0, 9)}`);
  const frames = Array.from({ length: chance.whole(1, 10) }, () => textFrame(channelsText(chance)));
  return {
    entrance: 'Channels messages',
    writes: conversation(chance, open, frames),
    end: chance.percent(50) ? 'end' : 'reset',
  };
}

const LENGTHS = [
  0n,
  1n,
  125n,
  126n,
  127n,
  65_535n,
  65_536n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
] as const;
const CODES = [0, 999, 1000, 1001, 1005, 1006, 1015, 2999, 3000, 4000, 4999, 5000, 65_535] as const;

/** A frame that may break any rule of RFC 6455, section 5. */
export function oddFrame(chance: Chance): Buffer {
  const kind = chance.whole(0, 9);
  if (kind === 0) return closeFrame(chance.pick(CODES), 'x'.repeat(chance.whole(0, 130)));
  if (kind === 1)
    return frame(
      chance.pick([Opcode.PING, Opcode.PONG] as const),
      chance.bytes(chance.whole(0, 126)),
    );
  if (kind === 2) return mutatedBytes(chance, textFrame(channelsText(chance)));
  if (kind === 3) return chance.bytes(chance.whole(1, 40));
  const payload = chance.percent(50)
    ? Buffer.from(channelsText(chance))
    : chance.bytes(chance.whole(0, 140));
  return frame(chance.percent(70) ? chance.whole(0, 2) : chance.whole(0, 15), payload, {
    final: chance.percent(60),
    reserved: chance.percent(80) ? 0 : chance.whole(1, 7),
    masked: chance.percent(95),
    maskingKey: chance.percent(50) ? NO_MASK : chance.bytes(4),
    ...(chance.percent(15) && { length: chance.pick(LENGTHS) }),
  });
}

/** Frames against the rules, to each entrance that takes WebSockets. */
export function webSocketFrames(chance: Chance): Attempt {
  const headers = chance.pick([
    {},
    { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' },
    { 'Sec-WebSocket-Protocol': 'a, b' },
    { 'X-Forwarded-For': `10.0.0.${chance.whole(1, 3)}` },
    { Origin: 'https://example.com' },
  ] as Array<Record<string, string>>);
  const path = chance.percent(80) ? '/app/key?protocol=7' : `/pushy/socket/1/abcdefgh/websocket`;
  const frames = Array.from({ length: chance.whole(1, 8) }, () =>
    chance.percent(70) ? oddFrame(chance) : textFrame(channelsText(chance)),
  );
  return {
    entrance: 'WebSocket frames',
    writes: conversation(chance, opening(path, headers), frames),
    end: chance.percent(50) ? 'end' : 'reset',
  };
}
