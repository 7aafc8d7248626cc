import type { Clock, Timer } from '../../util/timers';
import { type SentinelAddress, type ServerAddress, serverOf } from './address';

/** Asks a sentinel where a primary is; undefined when it knows none of the name. Rejects when it does not answer. */
export type AskSentinel = (
  address: SentinelAddress,
  sentinel: ServerAddress,
) => Promise<ServerAddress | undefined>;

/** Time between two looks whether the primary is another one. */
const LOOK_MS = 2000;

/** Servers that sentinels take for the primary, the one that most of them name first. Rejects when none names any. */
export async function primaries(
  address: SentinelAddress,
  ask: AskSentinel,
): Promise<readonly ServerAddress[]> {
  const named = await votes(address, ask);
  if (named.size === 0) {
    throw new Error(`no sentinel knows a primary of the name ${address.name}`);
  }
  return [...named.values()].sort((a, b) => b.votes - a.votes).map(({ server }) => server);
}

/** Rejects when no sentinel answers. */
async function votes(
  address: SentinelAddress,
  ask: AskSentinel,
): Promise<Map<string, { server: ServerAddress; votes: number }>> {
  const asked = address.sentinels.map(async (text) => ask(address, serverOf(text)));
  const answers = await Promise.allSettled(asked);
  const named = new Map<string, { server: ServerAddress; votes: number }>();
  for (const answer of answers) {
    const server = answer.status === 'fulfilled' ? answer.value : undefined;
    if (server === undefined) continue;
    const before = named.get(nameOf(server))?.votes ?? 0;
    named.set(nameOf(server), { server, votes: before + 1 });
  }
  const [first] = answers;
  if (first?.status === 'rejected' && answers.every(({ status }) => status === 'rejected')) {
    throw first.reason;
  }
  return named;
}

function nameOf({ host, port }: ServerAddress): string {
  return `${host} ${port}`;
}

/**
 * Looks whether the primary that this node is connected with is still the one of most sentinels. A primary that was cut off
 * from the others, or that was replaced and does not know yet, ends no connection by itself.
 */
export class PrimaryWatch {
  readonly #clock: Clock;
  readonly #address: SentinelAddress;
  readonly #ask: AskSentinel;
  #timer: Timer | undefined;
  #life = 0;

  constructor(clock: Clock, address: SentinelAddress, ask: AskSentinel) {
    this.#clock = clock;
    this.#address = address;
    this.#ask = ask;
  }

  /** Calls `moved` once when most sentinels name another server. */
  begin(server: ServerAddress, moved: () => void): void {
    this.end();
    this.#look(server, moved, this.#life);
  }

  end(): void {
    this.#life++;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(server: ServerAddress, moved: () => void, life: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      void this.#hasMoved(server).then((hasMoved) => {
        if (life !== this.#life) return;
        if (hasMoved) moved();
        else this.#look(server, moved, life);
      });
    }, LOOK_MS);
  }

  async #hasMoved(server: ServerAddress): Promise<boolean> {
    // Sentinels that do not answer say nothing about the primary.
    const named = await votes(this.#address, this.#ask).catch(() => undefined);
    const most = this.#address.sentinels.length / 2;
    return [...(named ?? [])].some(([name, { votes }]) => name !== nameOf(server) && votes > most);
  }
}
