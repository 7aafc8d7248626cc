/**
 * Rates of writing and reading envelopes on one core. Prints figures; nothing passes or fails by time.
 * Run: node -r ts-node/register/transpile-only spec/bench/wire.ts
 */
import { standpipe } from '../../proto/pipe';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import { EventKind, Verb } from '../../lib/wire/frames';
import type { Command, Frame, PipeEvent, Run } from '../../lib/wire/frames';

const ROUND_MS = 300;
const data = JSON.stringify({ x: 1234, y: 5678, text: 'a'.repeat(100) }).slice(0, 98) + '"}';

function commands(count: number): Command[] {
  return Array.from({ length: count }, (_, i) => ({
    verb: Verb.TRIGGER_CHANNEL,
    channel: `game-${i % 16}`,
    event: 'move',
    data,
  }));
}

function runs(count: number): Run[] {
  const events = Array.from({ length: count }, (_, i): PipeEvent => ({
    kind: EventKind.MESSAGE,
    socketId: `12345.${6_789_000 + (i % 64)}`,
    channel: `game-${i % 16}`,
    event: 'client-move',
    data,
    time: 1_700_000_000_000,
  }));
  return [{ partition: 7, generation: 1, epoch: 1, firstOffset: 1, events }];
}

/** Envelopes a second of one core: CPU time, which other programs do not take away. The best of three rounds. */
function rate(perCall: number, call: () => void): number {
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const start = cpuMs();
    let calls = 0;
    while (cpuMs() - start < ROUND_MS) {
      for (let i = 0; i < 64; i++) call();
      calls += 64;
    }
    best = Math.max(best, (calls * perCall * 1_000) / (cpuMs() - start));
  }
  return best;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function row(name: string, size: number, write: () => Uint8Array[], decoder: FrameDecoder): void {
  const first = write();
  for (const bytes of first) decoder.decode(bytes);
  const frames = write();
  const read = () => frames.forEach((bytes) => decoder.decode(bytes));
  const oracle = () => frames.forEach((bytes) => standpipe.v1.Frame.decode(bytes));
  const both = () => write().forEach((bytes) => decoder.decode(bytes));
  console.log(
    [
      name.padEnd(20),
      `${Math.round(frames.reduce((sum, bytes) => sum + bytes.length, 0) / size)} B each`.padEnd(
        10,
      ),
      ...[rate(size, write), rate(size, read), rate(size, both), rate(size, oracle)].map((figure) =>
        `${(figure / 1e6).toFixed(2)} M/s`.padStart(12),
      ),
    ].join(' '),
  );
}

console.log(
  `${' '.repeat(31)} ${['encode', 'decode', 'both', 'generated decode'].map((s) => s.padStart(12)).join(' ')}`,
);
for (const size of [1, 16, 256, 1024]) {
  const encoder = new FrameEncoder();
  const list = commands(size);
  const frame: Frame = { type: 'commands', firstSeq: 1, commands: list };
  row(`commands, ${size}`, size, () => [encoder.encode(frame)], new FrameDecoder());
}
for (const size of [1, 16, 256, 1024]) {
  const encoder = new FrameEncoder();
  const list = runs(size);
  row(`events, ${size}`, size, () => encoder.encodeEvents(list), new FrameDecoder());
}
