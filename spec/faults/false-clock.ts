import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { ChaosProxy } from '../support/chaos-proxy';
import { startChild } from '../support/processes';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';

const APP = { id: '1', key: 'key', secret: SECRET };
/** By how many seconds the gateway's clock is wrong in turn; signatures may be 600 s off. */
const OFF = [0, 590, -590, 300];
const TOO_FAR = 3_600;

export interface FalseClockReport {
  /** The session as the backend was told it, at each connection. */
  sessions: string[];
  /** Sockets that were told to have closed, messages sent and handled. */
  closes: number;
  said: number;
  handled: number;
  /** The end of a connection that is opened while the clocks are too far apart. */
  refusal: string;
  /** True when the connected browser and backend stayed through it. */
  stayed: boolean;
}

/** Path of `libfaketime`, as its own command knows it; undefined when it is not installed. */
function libraryPath(): string | undefined {
  const { stdout } = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], {
    encoding: 'utf8',
  });
  return stdout?.trim() || undefined;
}

/** The wall clock of a gateway process jumps to and fro under it, while its monotonic clock goes on. */
export async function falseClock(t: Test): Promise<FalseClockReport | { skipped: string }> {
  const library = libraryPath();
  if (library === undefined) return { skipped: 'libfaketime is not installed' };
  const file = join(t.testdir(), 'time');
  const jump = (seconds: number): void => {
    // At once, so that nobody reads half of it.
    writeFileSync(`${file}.next`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.next`, file);
  };
  jump(0);
  const { said: ready } = await startChild<{ port: number }>(
    t,
    'gateway',
    { port: 0, apps: [APP], limits: { maxBackChannelEventsPerSecond: 1e6 } },
    {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  );
  const { port } = ready;
  const line = await ChaosProxy.start(t, port);
  const options = { appId: '1', key: 'key', secret: SECRET };
  const backoff = { baseMs: 10, maxMs: 50 };
  const client = createClient({ ...options, port: line.port, backoff });
  t.teardown(() => client.disconnect());
  const sessions: string[] = [];
  const times: number[] = [];
  let [closes, handled, said] = [0, 0, 0];
  client.subscribe(['socket_existence', 'socket_message']);
  client.sockets.on('close', () => void (closes += 1));
  client.sockets.on('event:say', (_, __, { time }) => {
    handled += 1;
    times.push(time);
  });
  client.on('connected', ({ session }) => sessions.push(session));
  client.on('error', () => undefined);
  await client.connect();
  const socket = await TestSocket.connect(t, port);
  const say = async (): Promise<void> => {
    socket.send({ event: 'say', data: (said += 1) });
    await socket.settled();
    await until(() => handled === said);
  };
  for (const seconds of OFF) {
    jump(seconds);
    await say();
    const offMs = (times.at(-1) ?? NaN) - Date.now() - seconds * 1_000;
    if (Math.abs(offMs) > 30_000) return { skipped: 'libfaketime has no effect here' };
    const before = sessions.length;
    line.cut();
    await until(() => sessions.length > before);
    await say();
  }
  jump(TOO_FAR);
  await say();
  const late = createClient({ ...options, port });
  late.on('error', () => undefined);
  t.teardown(() => late.disconnect());
  const refusal = await late.connect().then(
    () => 'none',
    ({ code }: { code: string }) => code,
  );
  await say();
  const stayed = client.state === 'open' && closes === 0;
  return { sessions, closes, said, handled, refusal, stayed };
}
