/** A running timer; opaque to its owner. */
export type Timer = object;

/**
 * The clock a room is given, so that specs can turn it by hand. `now` is monotonic, in milliseconds; `wall` is the time
 * of day, in milliseconds since 1970.
 */
export interface Clock {
  now(): number;
  wall(): number;
  setTimeout(run: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
  /** Runs after the I/O of the present turn of the event loop. */
  endOfTurn(run: () => void): void;
  random(): number;
}

/** The real clock. Its timers keep a process alive, as open connections do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  endOfTurn: (run) => void setImmediate(run),
  random: () => Math.random(),
};
