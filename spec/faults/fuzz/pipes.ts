import fc from 'fast-check';
import { signPipeRequest } from '../../../lib/pusher/pipe-signature';
import { CodecError, FrameEncoder } from '../../../lib/wire/codec';
import { type Command, type Frame, RuleKind, Verb } from '../../../lib/wire/frames';
import { signedPath } from '../../gateway/protocols/pipe-2011/backend';
import { arbitraryFrame } from '../../support/arbitrary-frames';
import { frame, Opcode } from '../../support/raw-socket';
import type { Chance } from '../../support/simulator/chance';
import { SECRET } from '../../support/start-gateway';
import { helloFrame } from '../../support/wire-client';
import { type Attempt, mark, type Write } from './attempt';
import { inPieces, mutatedBytes, mutatedJson, oddJson, RawJson } from './mutations';
import { post, sendBody } from './requests';
import { conversation, oddFrame, opening, textFrame } from './web-sockets';

/** Any frames of the protocol. Fixed ones: the changes are made by chance. */
const ANY_FRAMES = fc.sample(arbitraryFrame(3), { seed: 1, numRuns: 150 });
const ODD_NUMBERS = [0, 1, 2, 255, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER] as const;
const ODD_NAMES = [
  '',
  'room',
  'presence-a',
  'private-encrypted-a',
  '__proto__',
  '*',
  'room*',
  'a*b',
  '#x',
  'é',
  'x'.repeat(300),
] as const;
const METHODS = [
  'sockets.list',
  'sockets.count',
  'channels.list',
  'channel.info',
  'channel.members',
  'user.info',
  'socket.info',
  'socket.request',
  'stats',
  'x',
  '',
] as const;

function oddHello(chance: Chance): Frame {
  const named = chance.percent(40);
  return {
    ...helloFrame,
    version: chance.percent(90) ? 1 : chance.pick([0, 2, 2 ** 32 - 1] as const),
    library: chance.percent(90) ? 'fuzz' : 'x'.repeat(3_000),
    name: chance.percent(70) ? '' : chance.pick(ODD_NAMES),
    session: chance.percent(80)
      ? new Uint8Array()
      : chance.bytes(chance.pick([1, 16, 32] as const)),
    proof: chance.percent(80) ? new Uint8Array() : chance.bytes(32),
    attempt: chance.percent(80) ? 1 : chance.pick([0, 2, 2 ** 32 - 1] as const),
    nextSeq: chance.percent(80)
      ? 1
      : chance.pick([0, 2, 2 ** 40, Number.MAX_SAFE_INTEGER] as const),
    credit: chance.percent(70)
      ? { messages: 10, bytes: 10_000 }
      : {
          messages: chance.pick([0, 1, 2 ** 31] as const),
          bytes: chance.pick([0, 1, 2 ** 32 - 1] as const),
        },
    positions: chance.percent(80)
      ? []
      : [
          {
            partition: chance.whole(0, 70),
            generation: 1,
            epoch: 1,
            offset: chance.pick([0, 1, 2 ** 40] as const),
          },
        ],
    rules: Array.from({ length: chance.whole(0, 4) }, () => ({
      kind: chance.pick(Object.values(RuleKind)) ?? RuleKind.MESSAGE,
      channels: chance.percent(70) ? [] : [chance.pick(ODD_NAMES)],
      events: chance.percent(80) ? [] : [chance.pick(ODD_NAMES)],
      ...(chance.percent(20) && { conflate: true }),
    })),
    ...(named && {
      group: {
        name: chance.pick(['fuzz', 'other', '', '__proto__', 'x'.repeat(300)] as const),
        order: chance.pick(['socket', 'channel'] as const),
        mode: chance.pick(['sticky', 'shared', 'broadcast'] as const),
        overflow: chance.pick(['gap', 'pause', 'close'] as const),
      },
    }),
  };
}

function command(chance: Chance): Command {
  return {
    verb: chance.pick(Object.values(Verb)) ?? Verb.TRIGGER_CHANNEL,
    channel: chance.pick(ODD_NAMES),
    event: chance.percent(80) ? 'said' : chance.pick(ODD_NAMES),
    data: chance.percent(60) ? '{"n":1}' : oddJson(chance).slice(0, 60_000),
    socketId: chance.pick(['1.1', '', '99.99', 'x'] as const),
    userId: chance.pick(['1', '', '__proto__'] as const),
    ...(chance.percent(20) && { channels: ['room', 'presence-a'] }),
    ...(chance.percent(20) && { exceptSockets: ['1.1', 'x'] }),
    ...(chance.percent(20) && { receipt: 'delivered' as const }),
    ...(chance.percent(20) && {
      idempotencyKey: chance.pick(['a', 'b', 'x'.repeat(300)] as const),
    }),
    ...(chance.percent(10) && { ifOccupied: true }),
    ...(chance.percent(10) && { code: chance.pick(ODD_NUMBERS) % 65_536, reason: 'x'.repeat(200) }),
  };
}

function pipeFrame(chance: Chance, nextSeq: number): Frame {
  const kind = chance.whole(0, 8);
  if (kind === 0) return { type: 'ping', time: chance.pick(ODD_NUMBERS) };
  if (kind === 1) {
    const position = {
      partition: chance.whole(0, 65),
      generation: chance.whole(0, 2),
      epoch: chance.whole(0, 2),
      offset: chance.pick(ODD_NUMBERS),
    };
    return {
      type: 'ack',
      positions: [position],
      credit: { messages: chance.pick(ODD_NUMBERS.slice(0, -1)) ?? 1, bytes: 1_000 },
    };
  }
  if (kind === 2) {
    const rules = [{ kind: RuleKind.MESSAGE, channels: [chance.pick(ODD_NAMES)], events: [] }];
    return { type: 'subscribe', id: chance.whole(0, 3), rules };
  }
  if (kind === 3) {
    const params = chance.percent(50)
      ? ''
      : mutatedJson(chance, { id: '1.1', name: 'room', channel: 'room', limit: 10 });
    return {
      type: 'query',
      id: chance.whole(0, 5),
      method: chance.pick(METHODS),
      params,
      deadlineMs: chance.pick([0, 1, 2 ** 31] as const),
    };
  }
  if (kind === 4) return chance.pick(ANY_FRAMES) ?? { type: 'ready' };
  const commands = Array.from({ length: chance.whole(1, 5) }, () => command(chance));
  return {
    type: 'commands',
    firstSeq: chance.percent(80) ? nextSeq : chance.pick(ODD_NUMBERS),
    commands,
  };
}

/** Bytes of a frame; undefined where the encoder refuses a number in it. */
function encoded(encoder: FrameEncoder, each: Frame): Buffer | undefined {
  try {
    return Buffer.from(encoder.encode(each));
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** Frames of the Pipe after an opening that is signed: by grammar, with changed bytes, in a wrong order. */
export function pipeFrames(chance: Chance): Attempt {
  const path = '/pipe/1';
  const timestampS = Math.floor(Date.now() / 1000);
  const query = signPipeRequest({ key: 'key', secret: SECRET, path, timestampS });
  const encoder = new FrameEncoder();
  const frames: Frame[] = [chance.percent(50) ? { ...helloFrame, name: '' } : oddHello(chance)];
  if (chance.percent(90)) frames.push({ type: 'ready' });
  let seq = 1;
  for (let left = chance.whole(0, 6); left > 0; left--) {
    const next = pipeFrame(chance, seq);
    if (next.type === 'commands') seq += next.commands.length;
    frames.push(next);
  }
  const sent = frames.flatMap((each) => {
    const bytes = encoded(encoder, each);
    if (bytes === undefined) return [];
    const payload = chance.percent(each.type === 'hello' ? 15 : 30)
      ? mutatedBytes(chance, bytes)
      : bytes;
    return [frame(Opcode.BINARY, payload, { maskingKey: chance.bytes(4) })];
  });
  if (chance.percent(10)) sent.push(oddFrame(chance));
  const open = opening(`${path}?${query}`, { 'Sec-WebSocket-Protocol': 'standpipe.v1' });
  return {
    entrance: 'Pipe frames',
    writes: conversation(chance, open, sent),
    end: chance.percent(50) ? 'end' : 'reset',
  };
}

const REQUESTS = [
  { id: 'a', method: 'subscribe', params: { events: ['socket_message', 'socket_existence'] } },
  { id: 'b', method: 'unsubscribe', params: { events: ['channel_existence'] } },
  {
    id: 'c',
    method: 'send_to_socket',
    params: { socket_id: '1.1', event: 'said', data: { n: 1 } },
  },
  {
    id: 'd',
    method: 'send_to_channel',
    params: { channel: 'room', event: 'said', data: [1], exclude: '1.1' },
  },
] as const;

/** Requests of Pipe 0.2. */
export function oldPipeRequests(chance: Chance): Attempt {
  const version = chance.percent(80) ? '0.2' : chance.pick(['', '0.1', 'x'] as const);
  const path = chance.percent(90) ? signedPath({ version }) : signedPath({ secret: 'x' });
  const frames = Array.from({ length: chance.whole(1, 6) }, () =>
    chance.percent(85) ? textFrame(mutatedJson(chance, chance.pick(REQUESTS))) : oddFrame(chance),
  );
  return {
    entrance: 'Pipe 0.2',
    writes: conversation(chance, opening(path), frames),
    end: chance.percent(50) ? 'end' : 'reset',
  };
}

const COMMANDS: ReadonlyArray<(chance: Chance) => object> = [
  () => ({ command: 'subscribe', data: { channel: 'room' } }),
  () => ({ command: 'SUBSCRIBE', data: { channel: 'presence-b', data: '{"a":1}' } }),
  () => ({ command: 'subscribe', data: { channel: 'private-a', auth: mark('pushy') } }),
  (chance) => ({
    command: 'subscribe',
    data: { channel: 'private-a', auth: 'x', data: new RawJson(oddJson(chance)) },
  }),
  () => ({ command: 'unsubscribe', data: { channel: 'room' } }),
  () => ({ command: '__proto__', data: {} }),
];

/** Commands of pushy's clients over SockJS, by WebSocket and by HTTP, and triggers with a signature that fails. */
export function pushyCommands(chance: Chance, n: number): Attempt {
  const text = (): string => mutatedJson(chance, (chance.pick(COMMANDS) ?? COMMANDS[0])?.(chance));
  const base = `/pushy/socket/${chance.whole(0, 999)}/pushy${String(n).padStart(8, '0')}`;
  const isPushyPort = chance.percent(50);
  let writes: Write[];
  if (chance.percent(10)) {
    const path = `/pushy/channel/room/trigger?event=said&timestamp=${Math.floor(Date.now() / 1000)}&auth_key=${'0'.repeat(64)}`;
    writes = [
      {
        line: 0,
        bytes: post(path, mutatedJson(chance, { a: 1 }), 'Content-Type: application/json\r\n'),
        answered: true,
      },
    ];
  } else if (chance.percent(60)) {
    const frames = Array.from({ length: chance.whole(1, 6) }, () =>
      chance.percent(90) ? textFrame(sendBody(chance, text)) : oddFrame(chance),
    );
    writes = conversation(chance, opening(`${base}/websocket`), frames);
  } else {
    const kind = chance.pick(['xhr', 'xhr_streaming'] as const);
    const receiver = { line: 0, bytes: post(`${base}/${kind}`, ''), answered: true };
    const posts = Array.from({ length: chance.whole(1, 4) }, () =>
      post(`${base}/xhr_send`, sendBody(chance, text)),
    );
    const pieces = posts.flatMap((bytes) => inPieces(chance, bytes));
    writes = [receiver, ...pieces.map((bytes) => ({ line: 1, bytes, answered: true }))];
  }
  return {
    entrance: 'pushy',
    ...(isPushyPort && { port: 'pushy' as const }),
    writes,
    end: chance.percent(50) ? 'end' : 'reset',
  };
}
