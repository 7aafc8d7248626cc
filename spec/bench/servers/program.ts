import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerParent, optionsOf } from '../support/answer';
import { cpuMsOf, rssBytesOf, treeOf } from '../support/process-cpu';

/** A program that serves; `{port}` and `{folder}`, a temporary one, stand for what they say. */
export interface ProgramOptions {
  command: string[];
  env?: Record<string, string>;
  /** Texts of files in the folder. */
  files?: Record<string, string>;
}

const TRIES_EVERY_MS = 20;
const { port, command, env = {}, files = {} } = optionsOf<ProgramOptions & { port: number }>();
const folder = mkdtempSync(join(tmpdir(), 'standpipe-bench-'));
const filled = (text: string): string =>
  text.replaceAll('{port}', `${port}`).replaceAll('{folder}', folder);
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), filled(text));

const PATH = `${process.env['PATH']}:/usr/sbin`;
const [program = '', ...args] = command.map(filled);
const variables = Object.entries(env).map(([name, value]) => [name, filled(value)]);
const child = spawn(program, args, {
  stdio: ['ignore', 'ignore', 'pipe'],
  env: { ...process.env, PATH, ...Object.fromEntries(variables) },
});
/** The end of what it said: told when it fails. */
let said = '';
child.stderr.on('data', (bytes) => (said = (said + String(bytes)).slice(-2_000)));
let isEnding = false;
child.once('error', (error) => {
  throw error;
});
child.once('exit', (code) => {
  if (!isEnding) throw new Error(`${program} ended with ${code}: ${said}`);
});

function end(): void {
  isEnding = true;
  for (const pid of tree()) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
process.once('SIGTERM', end);
process.once('disconnect', end);

function tree(): number[] {
  return child.pid === undefined ? [] : treeOf(child.pid);
}

function sum(figure: (pid: number) => number): number {
  return tree().reduce((total, pid) => total + figure(pid), 0);
}

function whenOpen(then: () => void): void {
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => {
    socket.destroy();
    then();
  });
  socket.once('error', () => setTimeout(whenOpen, TRIES_EVERY_MS, then));
}

whenOpen(() => {
  answerParent({ cpu: () => sum(cpuMsOf) * 1_000, rss: () => sum(rssBytesOf), heap: () => NaN });
});
