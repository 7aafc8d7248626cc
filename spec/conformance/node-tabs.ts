import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Options } from 'pusher-js';
import type { Test } from 'tap';
import { deferred, type Deferred } from '../../lib/util/deferred';
import { nodeChild } from '../support/node-child';
import { Tab, type TabHost } from './tab';

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Tabs without a browser: pusher-js as it is for Node, all in one process of their own. */
export class NodeTabs implements TabHost {
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, Deferred<unknown>>();
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', ({ id, value, error }: Answer) => {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (error === undefined) asked?.resolve(value);
      else asked?.reject(new Error(error));
    });
    child.on('exit', () => {
      for (const asked of this.#asked.values()) asked.reject(new Error('the tabs have gone'));
    });
  }

  /** Starts the process; it ends with the test. Node reads whom to trust besides the usual from a file, at its start. */
  static start(t: Pick<Test, 'teardown' | 'testdir'>, trusted: string): NodeTabs {
    const dir = t.testdir({ 'trusted.pem': trusted });
    const child = nodeChild(join(__dirname, 'node-host.ts'), {
      // The WebSocket client in pusher-js says the host's name in TLS even if it is an address, and Node warns of it.
      nodeArgs: ['--no-deprecation'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(dir, 'trusted.pem') },
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
    const made = `makeStage(Pusher, attachBackChannel, ${args})`;
    const length = (await this.#evaluate(`stages.push(${made})`)) as number;
    return new Tab((code) => this.#evaluate(code), `stages[${length - 1}]`);
  }

  /** Stops the process in its tracks, as a laptop that is closed, or wakes it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  #evaluate(code: string): Promise<unknown> {
    const id = ++this.#lastId;
    const asked = deferred<unknown>();
    this.#asked.set(id, asked);
    this.#child.send({ id, code });
    return asked.promise;
  }
}
