import type { ChildProcess } from 'node:child_process';
import type { Test } from 'tap';
import { startChild } from '../../support/processes';
import { SECRET } from '../../support/start-gateway';
import type { GatewayState, RestState } from '../children/fuzzed-gateway';
import { type Attempt, PUSHY_SECRET } from './attempt';
import { play, type Ports } from './lines';
import { Witness } from './witness';

/** Attempts under way at once. */
const AT_ONCE = 8;
/** Processor time that no input may take at once. */
const MAX_TURN_MS = 200;
/** Looks at the connections of the gateway, 5 ms apart, until all attempts have left it. */
const LOOKS = 600;
/** Memory at rest may differ by what is compiled, pooled or counted once. */
const MAX_MORE_HEAP_BYTES = 24 * 1024 * 1024;
const MAX_MORE_RSS_BYTES = 192 * 1024 * 1024;
/** Entries at rest may differ by what was met for the first time. */
const MAX_MORE_ENTRIES = 10;
/** The witness: a browser and a backend. */
const WITNESS_CONNECTIONS = 2;

const OPTIONS = {
  apps: [
    {
      ...{ id: '1', key: 'key', secret: SECRET, clientEvents: true, subscriptionCount: true },
      pushy: { secretKey: PUSHY_SECRET, port: 0 },
    },
  ],
  metrics: { port: 0 },
  trustedProxies: ['127.0.0.1'],
  limits: {
    // Addresses are counted when one has fewer connections than all together.
    ...{ maxConnections: 2_000, maxConnectionsPerAddress: 1_900 },
    ...{ maxPipeConnectsPerSecond: 1e6, signatureToleranceMs: 2 ** 31 - 1 },
    ...{ authTimeoutMs: 1_000, pipeWindowMs: 20_000, cacheTtlMs: 60_000 },
  },
};

/** A live gateway in a process of its own, its witness, and what was at rest at first. */
export class FuzzedGateway {
  readonly ports: Ports;
  readonly #t: Pick<Test, 'teardown'>;
  readonly #child: ChildProcess;
  #witness: Witness | undefined;
  #atRest: RestState | undefined;
  #ended: string | undefined;
  #rounds = 0;

  private constructor(t: Pick<Test, 'teardown'>, child: ChildProcess, ports: Ports) {
    this.#t = t;
    this.#child = child;
    this.ports = ports;
    child.once('exit', (code, signal) => {
      this.#ended = `the gateway has ended: ${code ?? signal}`;
    });
  }

  /** @param env environment of the process besides, such as a planted bug */
  static async start(
    t: Pick<Test, 'teardown'>,
    { env = {}, nodeArgs = [] }: { env?: Record<string, string>; nodeArgs?: string[] } = {},
  ): Promise<FuzzedGateway> {
    const { child, said } = await startChild<Ports>(t, 'fuzzed-gateway', OPTIONS, env, nodeArgs);
    return new FuzzedGateway(t, child, said);
  }

  /** Rounds of the witness so far. */
  get rounds(): number {
    return this.#rounds + (this.#witness?.rounds ?? 0);
  }

  /** Plays attempts. Resolves with the faults seen, with the process, and with the CPU that the gateway has used. */
  async batch(attempts: readonly Attempt[]): Promise<{ faults: string[]; cpuMs: number }> {
    const faults: string[] = [];
    try {
      this.#witness ??= await Witness.start(this.#t, this.ports.port);
      await this.#ask<GatewayState>('state');
      const waiting = [...attempts];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const fault = await play(next, this.ports);
          if (fault !== undefined) faults.push(fault);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const fault = await this.#witness.check();
      if (fault !== undefined) faults.push(fault);
      const { longestTurnMs, cpuMs } = await this.#calm(faults);
      if (longestTurnMs > MAX_TURN_MS) {
        faults.push(`a turn took ${Math.round(longestTurnMs)} ms of processor time`);
      }
      return { faults, cpuMs };
    } catch (error) {
      return { faults: [this.#ended ?? String(error), ...faults], cpuMs: 0 };
    }
  }

  /** Lets all deadlines pass without a peer, and compares with the first time: nothing may have stayed. */
  async rest(): Promise<string[]> {
    this.#rounds = this.rounds;
    try {
      await this.#witness?.leave();
      this.#witness = undefined;
      const { faults, ...now } = await this.#ask<RestState>('rest');

      const first = (this.#atRest ??= { faults, ...now });
      const compare = (name: keyof typeof now, most: number): void => {
        const more = now[name] - first[name];
        if (more > most) faults.push(`${name} at rest: ${first[name]}, then ${now[name]}`);
      };
      compare('sockets', 0);
      compare('connections', 0);
      compare('timers', 0);
      compare('entries', MAX_MORE_ENTRIES);
      compare('heapBytes', MAX_MORE_HEAP_BYTES);
      compare('rssBytes', MAX_MORE_RSS_BYTES);
      return faults;
    } catch (error) {
      return [this.#ended ?? String(error)];
    }
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  /** State of the gateway once the connections of all attempts have ended. */
  async #calm(faults: string[]): Promise<GatewayState> {
    let longestTurnMs = 0;
    for (let looks = 0; ; looks++) {
      const state = await this.#ask<GatewayState>('state');
      longestTurnMs = Math.max(longestTurnMs, state.longestTurnMs);
      faults.push(...state.faults);
      if (state.connections <= WITNESS_CONNECTIONS) return { ...state, longestTurnMs };
      if (looks === LOOKS) {
        faults.push(`${state.connections} connections are open though all peers have left`);
        return { ...state, longestTurnMs };
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #ask<State>(question: 'state' | 'rest'): Promise<State> {
    if (this.#ended !== undefined) throw new Error(this.#ended);
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the gateway has ended'));
      this.#child.once('exit', ended);
      this.#child.once('message', (state) => {
        this.#child.off('exit', ended);
        resolve(state as State);
      });
      // A process that is about to end takes no question, and tells of its end next.
      this.#child.send(question, () => undefined);
    });
  }
}
