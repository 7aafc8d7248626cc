/** Time between two waves in which a draining gateway closes its sockets. */
const WAVE_MS = 100;
const LAST_WAVE_MS = 20;
/** Waves of a gateway with few sockets: all are told before the first of them comes back. */
const FEW_WAVES = 5;
const MIN_PER_WAVE = 50;
const MAX_PER_WAVE = 2_000;

/** The parts of a gateway that its last waves work with. */
export interface WaveParts {
  sockets(): number;
  /** True once new connections are left to the next process. */
  handOver(): Promise<boolean> | boolean;
  /** Sends up to so many sockets away; returns how many there were. */
  restart(most: number): number;
  pause(delayMs: number): Promise<void>;
}

/** Closes all sockets of a gateway that stops, in a few waves within a time. */
export async function closeInWaves(drainMs: number, parts: WaveParts): Promise<void> {
  const most = Math.max(1, Math.floor(drainMs / 2 / WAVE_MS));
  const waves = Math.min(most, Math.max(FEW_WAVES, Math.ceil(parts.sockets() / MAX_PER_WAVE)));
  const perWave = Math.max(MIN_PER_WAVE, Math.ceil(parts.sockets() / waves));
  let isHandedOver = false;
  for (;;) {
    if (!isHandedOver) isHandedOver = await parts.handOver();
    const isLast = parts.restart(perWave) < perWave;
    // A short wait at the end leaves the port sooner, and the closes still become events. Where the next process has the
    // port, requests of the last connects still come.
    await parts.pause(isLast && !isHandedOver ? LAST_WAVE_MS : WAVE_MS);
    if (isLast) return;
  }
}
