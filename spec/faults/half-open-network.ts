import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import { SECRET, startGateway } from '../support/start-gateway';
import type { FarOptions } from './children/far';
import { pipesOf } from './half-open';
import { until } from '../support/until';

/** Both ends of the link: here, and in a network of its own. */
const HERE = '10.213.0.1';
const THERE = '10.213.0.2';
const LINK = { here: 'standpipe0', there: 'standpipe1' };
/** An address that no machine has: packets to it reach the other end, which does not take them. */
const NOBODY = '02:00:00:00:00:99';

export interface HalfOpenNetworkReport {
  /** From the last packet until the gateway gave up the backend. */
  pipeNoticedMs: number;
  /** Codes of the closes told for browsers that vanished, when the last was told, and closes of others. */
  codes: number[];
  browsersNoticedMs: number;
  wrongCloses: number;
}

/** The same as `halfOpen`, with packets that the operating system loses and with real time. Takes 3 minutes. */
export async function halfOpenNetwork(
  t: Test,
  { vanishing }: { vanishing: number },
): Promise<HalfOpenNetworkReport | { skipped: string }> {
  const network = Network.make(t);
  if ('skipped' in network) return network;
  const gateway = await startGateway(t, { host: HERE });
  const { port } = gateway;
  const near = createClient({
    appId: '1',
    key: 'key',
    secret: SECRET,
    host: HERE,
    port,
    useTLS: false,
  });
  t.teardown(() => near.disconnect());
  const closes = new Map<string, number[]>();
  near.subscribe(['socket_existence']);
  near.sockets.on('close', (id, { code }) => {
    closes.set(id, [...(closes.get(id) ?? []), code ?? NaN]);
  });
  await near.connect();
  const ids = await network.far(t, { host: HERE, port, browsers: vanishing });

  network.vanish();
  const startMs = performance.now();
  const sinceMs = (): number => Math.round(performance.now() - startMs);
  while ((await pipesOf(gateway)) > 1) await new Promise((resolve) => setTimeout(resolve, 100));
  const pipeNoticedMs = sinceMs();
  await until(() => closes.size >= vanishing);
  return {
    pipeNoticedMs,
    codes: ids.flatMap((id) => closes.get(id) ?? []),
    browsersNoticedMs: sinceMs(),
    wrongCloses: [...closes.keys()].filter((id) => !ids.includes(id)).length,
  };
}

/** A network namespace with a link to it. */
class Network {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Needs root and `ip`. */
  static make(t: Pick<Test, 'teardown'>): Network | { skipped: string } {
    const name = `standpipe-${process.pid}`;
    const { here, there } = LINK;
    const steps = [
      `netns add ${name}`,
      `link add ${here} type veth peer name ${there} netns ${name}`,
      `address add ${HERE}/24 dev ${here}`,
      `-n ${name} address add ${THERE}/24 dev ${there}`,
      `link set ${here} up`,
      `-n ${name} link set ${there} up`,
      `-n ${name} link set lo up`,
    ];
    t.teardown(() => void ip(`netns delete ${name}`));
    for (const step of steps) {
      const wrong = ip(step);
      if (wrong !== undefined) return { skipped: `no network of its own: ip ${step}: ${wrong}` };
    }
    return new Network(name);
  }

  /** Starts `children/far.ts` at the other end; resolves with the ids of its browsers. */
  async far(t: Pick<Test, 'teardown'>, options: FarOptions): Promise<string[]> {
    const file = join(__dirname, 'children/far.ts');
    const node = [process.execPath, '-r', 'ts-node/register/transpile-only', file];
    const child: ChildProcess = spawn('ip', ['netns', 'exec', this.#name, ...node], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', CHILD_OPTIONS: JSON.stringify(options) },
    });
    t.teardown(() => child.kill('SIGKILL'));
    return new Promise((resolve, reject) => {
      child.once('message', (ids) => resolve(ids as string[]));
      child.once('exit', (code) => reject(new Error(`the other end ended: ${code}`)));
    });
  }

  /** From now on nothing gets through, and no end is told. */
  vanish(): void {
    const { here, there } = LINK;
    ip(`neigh replace ${THERE} lladdr ${NOBODY} dev ${here} nud permanent`);
    ip(`-n ${this.#name} neigh replace ${HERE} lladdr ${NOBODY} dev ${there} nud permanent`);
  }
}

/** The error text of `ip`. */
function ip(words: string): string | undefined {
  const { status, stderr, error } = spawnSync('ip', words.split(' '), { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}
