/** Milliseconds below which a turn is one that found nothing to do. */
const NOTHING_MS = 0.05;

/**
 * CPU time of each turn of this process's event loop. Unlike the lateness of a timer it does not grow with the other
 * processes of a machine: it is the delay that this process alone causes to whoever comes in that turn.
 */
export class TurnCpu {
  #turnsMs: number[] = [];
  #lastMs = 0;
  #isRunning = false;

  /** Measures from now on. */
  begin(): void {
    this.#turnsMs = [];
    this.#lastMs = cpuMs();
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#turn());
  }

  /** The length that turns had, at most, for such a share (between 0 and 1) of all working time. */
  percentileMs(share: number): number {
    const turns = this.#turnsMs.filter((ms) => ms > NOTHING_MS).sort((a, b) => a - b);
    let left = share * turns.reduce((sum, ms) => sum + ms, 0);
    return turns.find((ms) => (left -= ms) <= 0) ?? turns.at(-1) ?? 0;
  }

  #turn(): void {
    const nowMs = cpuMs();
    this.#turnsMs.push(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    setImmediate(() => this.#turn());
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
