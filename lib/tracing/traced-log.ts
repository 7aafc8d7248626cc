import type { Logger } from '../util/logger';
import type { Tracing } from './tracing';

/** A logger whose lines carry `trace_id`, `span_id` and `trace_flags` while a span is active. */
export function tracedLog(log: Logger, tracing: Tracing): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (details: object, message: string): void =>
      log[level]({ ...tracing.logFields(), ...details }, message);
  return {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    isLevelEnabled: (level) => log.isLevelEnabled?.(level) ?? true,
  };
}
