import { spawn } from 'node:child_process';
import t from 'tap';
import { runScript, runScripts, SCRIPTS, type Verdict } from '../../lib/cli/conformance/run';
import type { Dial } from '../../lib/net/dial';
import { dialWebSocket } from '../../lib/net/web-socket';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import type { Ack, Frame } from '../../lib/wire/frames';
import { built } from '../support/built';
import { conformanceClient } from '../support/conformance-client';

/** Changes one frame on its way, or lets it vanish. */
type Change = (frame: Frame) => Frame | Frame[] | undefined;

/** A wire that spoils what the client sends and hears: with it a good client becomes a wrong one. */
function spoiled({ up = same, down = same }: { up?: Change; down?: Change }): Dial {
  return (url, options, handlers) => {
    const [upReader, upWriter, downReader, downWriter] = codecs();
    const through = (
      change: Change,
      reader: FrameDecoder,
      writer: FrameEncoder,
      bytes: Uint8Array,
      on: (bytes: Uint8Array) => void,
    ): void => {
      const frame = reader.decode(bytes);
      if (frame === undefined) return on(bytes);
      for (const changed of [change(frame) ?? []].flat()) on(writer.encode(changed));
    };
    const socket = dialWebSocket(url, options, {
      ...handlers,
      open: (headers) => handlers.open(headers),
      close: (code, reason, error) => handlers.close(code, reason, error),
      refused: (status, body, headers) => handlers.refused(status, body, headers),
      message: (bytes) => through(down, downReader, downWriter, bytes, (b) => handlers.message(b)),
    });
    return {
      get bufferedBytes() {
        return socket.bufferedBytes;
      },
      send: (bytes) => {
        // The Pipe sends no text.
        if (typeof bytes === 'string') return socket.send(bytes);
        through(up, upReader, upWriter, bytes, (b) => socket.send(b));
      },
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate(),
    };
  };
}

const same: Change = (frame) => frame;
const codecs = (): [FrameDecoder, FrameEncoder, FrameDecoder, FrameEncoder] => [
  new FrameDecoder(),
  new FrameEncoder(),
  new FrameDecoder(),
  new FrameEncoder(),
];

/** Wrong clients: the fault of each, the script that must find it, and the words in which the script says so. */
const WRONG: Array<
  [what: string, script: string, fault: RegExp, wire: Parameters<typeof spoiled>[0]]
> = [
  [
    'never says READY',
    'silent-before-welcome',
    /not READY|READY did not come/,
    { up: (frame) => (frame.type === 'ready' ? undefined : frame) },
  ],
  [
    'does not answer pings',
    'ping',
    /PONG/,
    { up: (frame) => (frame.type === 'pong' ? undefined : frame) },
  ],
  [
    'acknowledges one more than is finished',
    'ack-handled',
    /acknowledged/,
    {
      up: (frame) => {
        const more = (ack: Ack): Ack => ({
          ...ack,
          positions: ack.positions.map(({ finished: _, ...p }) => ({ ...p, offset: p.offset + 1 })),
        });
        if (frame.type === 'ack') return { type: 'ack', ...more(frame) };
        return frame.type === 'commands' && frame.ack ? { ...frame, ack: more(frame.ack) } : frame;
      },
    },
  ],
  [
    'settles commands by next_seq of WELCOME',
    'refusal-lost',
    /outcome/,
    {
      down: (frame) =>
        frame.type === 'welcome'
          ? {
              ...frame,
              commandAck: { ...frame.commandAck, applied: frame.nextSeq - 1, refused: [] },
            }
          : frame,
    },
  ],
  [
    'keeps its session after its proof was refused',
    'bad-proof',
    /named the refused session again|proof that does not fit/,
    { down: (frame) => (frame.type === 'error' ? undefined : frame), up: keepsSession() },
  ],
  [
    'uses an attempt twice',
    'resume',
    /attempt|proof/,
    { up: (frame) => (frame.type === 'hello' ? { ...frame, attempt: 1 } : frame) },
  ],
  [
    'takes a half snapshot for a whole one',
    'gap-snapshot-cut',
    /8\.8|wants_snapshot|close|offset/,
    { down: (frame) => (frame.type === 'snapshot' ? { ...frame, end: true } : frame) },
  ],
  [
    'forgets what is finished when it resumes',
    'resume',
    /HELLO says offset/,
    {
      up: (frame) =>
        frame.type === 'hello'
          ? { ...frame, positions: frame.positions.map((p) => ({ ...p, offset: 0 })) }
          : frame,
    },
  ],
  [
    'says BYE when it hears GO_AWAY',
    'go-away',
    /BYE/,
    { up: saysByeAfterPong(), down: (frame) => (frame.type === 'goAway' ? [frame, PING] : frame) },
  ],
  [
    'returns a partition that was not asked for',
    'revoke-old',
    /returned the partition/,
    { down: (frame) => (frame.type === 'revoke' ? { ...frame, generation: 1 } : frame) },
  ],
  [
    'sends a command again that the gateway has applied',
    'outcomes-in-pieces',
    /again/,
    {
      down: (frame) =>
        frame.type === 'welcome' ? { ...frame, nextSeq: frame.commandAck.applied + 1 } : frame,
    },
  ],
];

const PING: Frame = { type: 'ping', time: 77 };

function saysByeAfterPong(): Change {
  return (frame) =>
    frame.type === 'pong' && frame.time === 77 ? { type: 'bye', reason: 'too early' } : frame;
}

/** Names the first session for ever. */
function keepsSession(): Change {
  let session = new Uint8Array();
  return (frame) => {
    if (frame.type !== 'hello') return frame;
    if (frame.session.length > 0) session = Uint8Array.from(frame.session);
    return { ...frame, session };
  };
}

t.test('the client of the library keeps every rule', { timeout: 120_000 }, async (t) => {
  t.ok(SCRIPTS.length >= 25, `${SCRIPTS.length} scripts`);
  t.equal(new Set(SCRIPTS.map(({ name }) => name)).size, SCRIPTS.length, 'names are their own');
  await runScripts(
    SCRIPTS,
    (env) => conformanceClient(env),
    ({ script: { name, title }, fault }: Verdict) => {
      t.equal(fault, undefined, `${name}: ${title}`);
    },
    8,
  );
});

t.test('wrong clients are found out, with what they did', { timeout: 120_000 }, async (t) => {
  await Promise.all(
    WRONG.map(async ([what, name, expected, wire]) => {
      const script = SCRIPTS.find((each) => each.name === name);
      if (script === undefined) return t.fail(`no script ${name}`);
      const dial = spoiled(wire);
      const { fault } = await runScript(script, (env) => conformanceClient(env, dial));
      t.match(fault ?? 'nothing', expected, `one that ${what}`);
    }),
  );
});

t.test('the command starts a program, tells what it did wrong, and fails with it', async (t) => {
  const run = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    const child = spawn(process.execPath, [built('cli/main.js'), 'conformance', ...args], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, output };
  };
  const client = `${__dirname}/../support/conformance-client.ts`;
  const program = [process.execPath, '-r', 'ts-node/register/transpile-only', client];
  const [good, silent, listed, unknown] = await Promise.all([
    run('--only', 'hello', '--', ...program),
    run('--only', 'hello', '--', process.execPath, '-e', '0'),
    run('--list'),
    run('--only', 'helo', '--', 'x'),
  ]);
  t.match(good, { code: 0, output: /^ok {5}hello: .*\n1 of 1 scripts passed/ });
  t.match(silent, {
    code: 1,
    output: /not ok hello: .*\n +the client: ended before the script did: exit code 0/,
  });
  for (const { name } of SCRIPTS) t.ok(listed.output.includes(name), name);
  t.match(unknown, { code: 1, output: /no script 'helo'; did you mean 'hello'\?/ });
});
