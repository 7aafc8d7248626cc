import pino, { type Level, type Logger } from 'pino';
import type { prettyFactory as PrettyFactory } from 'pino-pretty';
import type { Gateway } from '../../gateway';
import { LogDestination } from './log-destination';

/** The log of a process that runs a gateway. */
export interface ProcessLog {
  log: Logger;
  /** Lines that are dropped from now on count in the metrics of this gateway. */
  countIn: (gateway: Gateway) => void;
}

export interface LogOptions {
  level: Level | 'silent';
  /** Default: `pretty` on a terminal, `json` elsewhere. */
  format?: 'pretty' | 'json' | undefined;
}

/** Makes the log of a process: lines on standard output, JSON for programs and readable ones for people. */
export function processLog({ level, format }: LogOptions): ProcessLog {
  let counts: Gateway | undefined;
  const dropped = (): void => {
    if (counts !== undefined) counts.metrics.logLinesDropped++;
  };
  const isTerminal = process.stdout.isTTY;
  const destination = new LogDestination(1, dropped);
  const isPretty = (format ?? (isTerminal ? 'pretty' : 'json')) === 'pretty';
  const lines = isPretty ? prettyLines(destination, isTerminal) : destination;
  const log = pino({ name: 'standpipe', level }, lines);
  return { log, countIn: (gateway) => void (counts = gateway) };
}

/** Lines for a reader, in colours on a terminal that wants them (no-color.org). Most logs are JSON, and do not load what makes these. */
function prettyLines(to: LogDestination, isTerminal: boolean): Pick<LogDestination, 'write'> {
  const { prettyFactory } = require('pino-pretty') as { prettyFactory: typeof PrettyFactory };
  const pretty = prettyFactory({
    ...{ colorize: isTerminal && (process.env['NO_COLOR'] ?? '') === '' },
    ...{ singleLine: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname,name' },
  });
  return { write: (line) => to.write(pretty(line)) };
}
