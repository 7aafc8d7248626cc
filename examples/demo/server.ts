/**
 * The demo: one command, one URL.
 *
 *     npm start
 *
 * The demo runs a gateway in this process, a backend in a second one (`backend.ts`, connected by nothing but its Pipe),
 * and serves a page that talks to both with stock pusher-js. A backend that ends is started again, whoever ended it:
 * kill it and watch the page; no browser is disconnected. PORT chooses the page's port; Ctrl-C ends everything.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { servePage } from '../serve-page';
import { app, fail, onCtrlC, startGateway } from '../start-gateway';

/** A pause long enough that a person sees the backend gone. */
const RESPAWN_MS = 700;
/** A backend that has not gone by then is ended by force. */
const STOP_MS = 2_000;

/** Keeps one backend process running until `stop`. */
class Backend {
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #respawn: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.#start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#respawn);
    const child = this.#child;
    if (child === undefined) return;
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill('SIGTERM');
    await once(child, 'exit');
    clearTimeout(force);
  }

  #start(): void {
    // fork() hands down execArgv, and with it the hook that runs TypeScript.
    const child = fork(join(__dirname, 'backend.ts'), { env: { ...process.env, ...this.#env } });
    this.#child = child;
    child.once('exit', () => {
      this.#child = undefined;
      if (!this.#stopped) this.#respawn = setTimeout(() => this.#start(), RESPAWN_MS);
    });
  }
}

/** The version of the pusher-js that the page is given. */
async function pusherVersion(): Promise<string> {
  const file = await readFile(require.resolve('pusher-js/package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

async function main(): Promise<void> {
  // The console shows what goes on in the gateway; the page links to it.
  const gateway = await startGateway({ console: { port: 0 } });
  const backend = new Backend({
    STANDPIPE_APP_ID: app.id,
    STANDPIPE_KEY: app.key,
    STANDPIPE_SECRET: app.secret,
    STANDPIPE_PORT: String(gateway.port),
  });
  const page = await servePage({
    folder: __dirname,
    config: {
      ...{ key: app.key, port: gateway.port, console: gateway.consoleUrl },
      pusherJs: await pusherVersion(),
    },
    port: Number(process.env['PORT'] ?? 8000),
    tryNext: process.env['PORT'] === undefined,
  });

  onCtrlC(async () => {
    await backend.stop();
    await page.stop();
    await gateway.stop();
  });
  console.log(`\n  Open ${page.url} in two tabs.    Ctrl-C ends the demo.\n`);
}

main().catch(fail);
