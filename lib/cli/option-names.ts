import { StandpipeError } from '../errors';

/** Names by which a command was given options: a flag, or a variable, by the path of the option. */
export type OptionNames = ReadonlyMap<string, string>;

/** The variable of a flag: `STANDPIPE_TLS_PORT` for `tlsPort`. */
export function variableOf(flag: string): string {
  return `STANDPIPE_${flag.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** Name of a flag that has this value: its variable where that has the value, otherwise the flag, such as `--tls-port`. */
export function nameOf(
  flag: string,
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const variable = variableOf(flag);
  if (env[variable] === String(value)) return variable;
  return `--${flag.replace(/[A-Z]/g, '-$&').toLowerCase()}`;
}

/** Runs something that refuses options by their paths, and has its error say the names by which they were given. */
export function withNames<T>(names: OptionNames, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StandpipeError) || error.code !== 'bad_option') throw error;
    // Several faults stand behind one another, each with its path first.
    const faults = error.message.split('; ').map((fault) => {
      const [path = ''] = fault.split(': ', 1);
      const name = names.get(path);
      return name === undefined ? fault : name + fault.slice(path.length);
    });
    throw new StandpipeError('bad_option', faults.join('; '), { cause: error });
  }
}
