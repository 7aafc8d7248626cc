/** A running timer; opaque to its owner. */
export type Timer = object;

/**
 * The clock a room is given, so that specs can turn it by hand. `now` is monotonic, in milliseconds; `wall` is the time
 * of day, in milliseconds since 1970.
 */
export interface Clock {
  /** Monotonic time, in milliseconds. */
  now(): number;
  /** Time of day, in milliseconds since 1970. */
  wall(): number;
  /** Runs once after `delayMs` milliseconds. */
  setTimeout(run: () => void, delayMs: number): Timer;
  /** Stops a timer; one that has run is no error. */
  clearTimeout(timer: Timer): void;
  /** Runs after the I/O of the present turn of the event loop. */
  endOfTurn(run: () => void): void;
  /** A number from 0 up to 1. */
  random(): number;
  /** CPU time of this process so far, in milliseconds. Absent where time is turned by hand. */
  cpuMs?: () => number;
}

// Kept at the start: a test that puts false timers in their place stops neither its gateway nor its client.
const { setTimeout, clearTimeout, setImmediate } = globalThis;
const wall = Date.now.bind(Date);
const now = performance.now.bind(performance);

/** The real clock. Its timers keep a process alive, as open connections do. */
export const systemClock: Clock = {
  now,
  wall,
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  endOfTurn: (run) => void setImmediate(run),
  random: () => Math.random(),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
};
