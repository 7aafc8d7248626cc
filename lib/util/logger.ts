/** The part of a pino logger that Standpipe uses; any logger of this shape will do. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

function nothing(): void {
  // A silent logger writes nothing.
}

export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
