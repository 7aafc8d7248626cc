import pino, { type Level, type Logger } from 'pino';
import type { Gateway } from '../gateway';
import { LogDestination } from './log-destination';

/** The log of a gateway's process on its standard output. */
export interface ProcessLog {
  readonly log: Logger;
  /** Lines that are dropped from now on count in the metrics of this gateway. */
  readonly countIn: (gateway: Gateway) => void;
}

export function processLog(level: Level | 'silent'): ProcessLog {
  let counts: Gateway | undefined;
  const dropped = (): void => {
    if (counts !== undefined) counts.metrics.logLinesDropped++;
  };
  const log = pino({ name: 'standpipe', level }, new LogDestination(1, dropped));
  return { log, countIn: (gateway) => void (counts = gateway) };
}
