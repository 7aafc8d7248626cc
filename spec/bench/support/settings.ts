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
  /** Servers of other projects too, as far as they can be had. */
  peers: boolean;
  /** Tables of CPU time by size of the work, in the place of the others. */
  cost: boolean;
  /** File that the tables are written to as JSON. */
  json: string | undefined;
  /** Writes the chart and the tables of README.md. */
  write: boolean;
  /** Revision to compare with, by CPU time in alternate rounds. */
  against: string | undefined;
  /** Fault of the server that is called `raw ws`, for the spec: `lose` or `swap`. */
  plant: string | undefined;
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
      peers: { type: 'boolean', default: false },
      cost: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      against: { type: 'string' },
      plant: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, only = positionals[0], peers, cost, json, write, against, plant } = values;
  const numbers = values;
  const settings = {
    n: Number(numbers.n),
    seconds: Number(numbers.seconds),
    rounds: Number(numbers.rounds),
    sockets: Number(numbers.sockets),
    port: Number(numbers.port),
  };
  const known = only === undefined || parts.includes(only);
  if (!help && known && Object.values(settings).every((value) => value > 0)) {
    return { ...settings, only, peers, cost, json, write, against, plant };
  }
  console.log(`Flags: --only ${parts.join('|')}, --${Object.keys(settings).join(' N, --')} N`);
  console.log('  --peers, --cost, --json FILE, --write, --against REVISION');
  process.exit(help ? 0 : 1);
}
