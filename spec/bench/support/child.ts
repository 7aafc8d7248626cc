import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { availableParallelism, setPriority } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './attempt';
import { cpuMsOf } from './process-cpu';

const PINS = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
// Without the source maps of ts-node, which make each error of Node cost as much as several requests.
const NODE_ARGS = ['--expose-gc', '-r', join(__dirname, '..', '..', '..', '.ci', 'transpiled.cjs')];

/** The core of the servers; everything else runs on the other one. */
export const SERVER_CORE = 0;
export const LOADER_CORE = 1;

/** A process of a benchmark, on a core of its own where the machine has `taskset`. It answers questions one by one. */
export class Child {
  readonly #process: ChildProcess;
  #isEnding = false;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts `spec/bench/<file>.ts` and waits until it says that it is ready. It ends with the measurement. */
  static async start(file: string, core: number, options: object = {}): Promise<Child> {
    const path = join(__dirname, '..', `${file}.ts`);
    const args = [JSON.stringify(options)];
    const pinned = {
      execPath: 'taskset',
      execArgv: ['-c', `${core}`, process.execPath, ...NODE_ARGS],
    };
    const child = new Child(fork(path, args, PINS ? pinned : { execArgv: NODE_ARGS }));
    child.#process.once('exit', (code, signal) => {
      if (!child.#isEnding) throw new Error(`${file} ended with ${code ?? signal}`);
    });
    atEnd(() => child.stop());
    await child.#answer();
    return child;
  }

  /** CPU time of all its threads so far, in milliseconds, read from outside; 0 where the system does not tell. */
  cpuMs(): number {
    return cpuMsOf(this.#process.pid ?? 0);
  }

  /** Leaves the core to others that want it, or goes before them; false where that is not allowed. */
  setPriority(priority: number): boolean {
    return mayPrefer(this.#process.pid, priority);
  }

  /** `cpu`: microseconds used so far; `rss` and `heap`: bytes; the others as its file has them. */
  async ask(question: string, about = 0): Promise<number> {
    this.#process.send({ question, about });
    return (await this.#answer()) as number;
  }

  /** Ends it before the measurement is over. */
  stop(): Promise<void> {
    this.#isEnding = true;
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) return resolve();
      this.#process.once('exit', () => resolve());
      this.#process.kill();
    });
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve) => this.#process.once('message', resolve));
  }
}

/** Gives a process another priority (as of `nice`); false where that is not allowed. */
export function mayPrefer(pid: number | undefined, priority: number): boolean {
  try {
    setPriority(pid ?? 0, priority);
    return true;
  } catch {
    return false;
  }
}

/** Moves this process, with all its threads, to a core. */
export function pinSelf(core: number): void {
  if (PINS) spawnSync('taskset', ['-acp', `${core}`, `${process.pid}`]);
}
