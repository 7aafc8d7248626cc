import { parseArgs } from 'node:util';

/** Settings of a run, from its flags. */
export interface Settings {
  /** Subscribers of a fan-out. */
  n: number;
  /** Length of one round. */
  seconds: number;
  /** Rounds of which the median is told. */
  rounds: number;
  /** Sockets that wait in the part about idle ones. */
  sockets: number;
  port: number;
  only: string | undefined;
}

/** Reads the flags; ends the process when it is asked for help or cannot understand. */
export function readSettings(parts: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      n: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      sockets: { type: 'string', default: '5000' },
      port: { type: 'string', default: '6601' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, only = positionals[0], ...numbers } = values;
  const settings = {
    n: Number(numbers.n),
    seconds: Number(numbers.seconds),
    rounds: Number(numbers.rounds),
    sockets: Number(numbers.sockets),
    port: Number(numbers.port),
  };
  const known = only === undefined || parts.includes(only);
  if (!help && known && Object.values(settings).every((value) => value > 0)) {
    return { ...settings, only };
  }
  console.log(`Flags: --only ${parts.join('|')}, --${Object.keys(settings).join(' N, --')} N`);
  process.exit(help ? 0 : 1);
}
