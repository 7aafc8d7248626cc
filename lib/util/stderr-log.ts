import { Console } from 'node:console';
import type { Logger } from './logger';

const output = new Console(process.stderr);

function writeAs(level: string): Logger['debug'] {
  return (details, message) => output.error(`standpipe ${level}: ${message}`, details);
}

/** A logger that writes every level to stderr. */
export const stderrLog: Logger = {
  debug: writeAs('debug'),
  info: writeAs('info'),
  warn: writeAs('warn'),
  error: writeAs('error'),
};
