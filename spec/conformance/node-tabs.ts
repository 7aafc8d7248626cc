import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Options } from 'pusher-js';
import type { Test } from 'tap';
import { nodeChild } from '../support/node-child';
import { type Answer, Calls } from './calls';
import { Tab, type TabHost } from './tab';

/** The libraries that a tab may hold: the unmodified one, or the one that replaces it. */
export type Library = 'pusher-js' | 'standpipe';

/** Tabs without a browser: the library as it is for Node, all in one process of their own. */
export class NodeTabs implements TabHost {
  readonly #child: ChildProcess;
  readonly #calls: Calls;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#calls = new Calls((call) => child.send(call));
    child.on('message', (answer: Answer) => this.#calls.answer(answer));
    child.on('exit', () => this.#calls.abandon());
  }

  /** Starts the process; it ends with the test. Node reads whom to trust besides the usual from a file, at its start. */
  static start(
    t: Pick<Test, 'teardown' | 'testdir'>,
    trusted: string,
    library: Library = 'pusher-js',
  ): NodeTabs {
    const dir = t.testdir({ 'trusted.pem': trusted });
    const child = nodeChild(join(__dirname, 'node-host.ts'), {
      // The WebSocket client in pusher-js uses url.parse, of which Node warns from version 24 on.
      nodeArgs: ['--no-deprecation'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, LIBRARY: library, NODE_EXTRA_CA_CERTS: join(dir, 'trusted.pem') },
      serialization: 'advanced',
    });
    t.teardown(async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    return new NodeTabs(child);
  }

  async open(key: string, options: Options): Promise<Tab> {
    const args = `${JSON.stringify(key)}, ${JSON.stringify(options)}`;
    const made = `makeProbe(Pusher, attachBackChannel, ${args})`;
    const length = (await this.#calls.evaluate(`probes.push(${made})`)) as number;
    return new Tab((code) => this.#calls.evaluate(code), `probes[${length - 1}]`);
  }

  /** Stops the process in its tracks, as a laptop that is closed, or wakes it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }
}
