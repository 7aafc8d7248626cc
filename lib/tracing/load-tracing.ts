import type * as Api from '@opentelemetry/api';
import { StandpipeError } from '../errors';
import { Tracing } from './tracing';

/**
 * Loads the API of OpenTelemetry, an optional peer of the package. Nothing else does, so that it is never read unless tracing is on.
 * @throws StandpipeError `bad_option` when it is not installed
 */
export function loadTracing(): Tracing {
  try {
    return new Tracing(require('@opentelemetry/api') as typeof Api);
  } catch (cause) {
    const rule = 'needs the package @opentelemetry/api: install it, or leave the option out';
    throw new StandpipeError('bad_option', `tracing: ${rule}`, { cause });
  }
}
