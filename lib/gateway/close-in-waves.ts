/** Time between two waves in which a draining gateway closes its sockets. */
const WAVE_MS = 100;
const LAST_WAVE_MS = 20;
/** Waves of a gateway with few sockets: all are told before the first of them comes back. */
const FEW_WAVES = 5;
const MIN_PER_WAVE = 50;
const MAX_PER_WAVE = 2_000;

/** A gateway, as its waves see it. */
export interface Drained {
  readonly socketCount: number;
  /** Leaves new connections to the next process; false while there is none, or while a backend may come back here. */
  handOver(): Promise<boolean>;
  /** Closes so many sockets at most, and gives the number. */
  close(most: number): number;
  pause(delayMs: number): Promise<void>;
}

/** Closes all sockets of a gateway in waves, within half of `drainMs`. */
export async function closeInWaves(gateway: Drained, drainMs: number): Promise<void> {
  const { socketCount } = gateway;
  const most = Math.max(1, Math.floor(drainMs / 2 / WAVE_MS));
  const waves = Math.min(most, Math.max(FEW_WAVES, Math.ceil(socketCount / MAX_PER_WAVE)));
  const perWave = Math.max(MIN_PER_WAVE, Math.ceil(socketCount / waves));
  let isHandedOver = false;
  for (;;) {
    isHandedOver ||= await gateway.handOver();
    const isLast = gateway.close(perWave) < perWave;
    // A short wait at the end leaves the port sooner, and the closes still become events. Where the next process has the
    // port, requests of the last connects still come.
    await gateway.pause(isLast && !isHandedOver ? LAST_WAVE_MS : WAVE_MS);
    if (isLast) return;
  }
}
