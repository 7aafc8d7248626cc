/** The part of a pino logger that Standpipe uses; any logger of this shape will do. */
export interface Logger {
  /** A line at debug. */
  debug(details: object, message: string): void;
  /** A line at info. */
  info(details: object, message: string): void;
  /** A line at warn. */
  warn(details: object, message: string): void;
  /** A line at error. */
  error(details: object, message: string): void;
  /** False when lines of a level go nowhere, so that none are made. */
  isLevelEnabled?(level: string): boolean;
}

function nothing(): void {
  // A silent logger writes nothing.
}

export const silent: Logger = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
  isLevelEnabled: () => false,
};

/** True when somebody may read lines at debug. */
export function tellsDebug(log: Logger): boolean {
  return log.isLevelEnabled?.('debug') ?? true;
}
