import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { join } from 'node:path';

const PINS = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
// Without the source maps of ts-node, which make each error of Node cost as much as several requests.
const NODE_ARGS = ['--expose-gc', '-r', join(__dirname, '..', '..', '..', '.ci', 'transpiled.cjs')];

/** The core of the servers; everything else runs on the other one. */
export const SERVER_CORE = 0;
export const LOADER_CORE = 1;

/** A process of a benchmark, on a core of its own where the machine has `taskset`. It answers questions one by one. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts `spec/bench/<file>.ts` and waits until it says that it is ready. */
  static async start(file: string, core: number, options: object = {}): Promise<Child> {
    const path = join(__dirname, '..', `${file}.ts`);
    const args = [JSON.stringify(options)];
    const pinned = {
      execPath: 'taskset',
      execArgv: ['-c', `${core}`, process.execPath, ...NODE_ARGS],
    };
    const child = new Child(fork(path, args, PINS ? pinned : { execArgv: NODE_ARGS }));
    child.#process.once('exit', (code) => {
      if (code !== 0 && code !== null) throw new Error(`${file} ended with ${code}`);
    });
    await child.#answer();
    return child;
  }

  /** CPU time of all its threads so far, in milliseconds, read from outside; 0 where the system does not tell. */
  cpuMs(): number {
    const tasks = `/proc/${this.#process.pid}/task`;
    try {
      const ns = readdirSync(tasks).map((task) => {
        return Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
      });
      return ns.reduce((sum, each) => sum + each, 0) / 1e6;
    } catch {
      return 0;
    }
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

  /** Ends it, whatever it is at. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.kill('SIGKILL');
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
