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
  /** Parts of the run; all of it when there are none. */
  parts: readonly string[];
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

/** Help on the flags. */
function help(parts: readonly string[]): string {
  return [
    `npm run bench -- [PART ...] [flags]; parts: ${parts.join(', ')}`,
    '  --n N         subscribers, players, channels of a subscriber (1000)',
    '  --sockets N   idle sockets; twice as many are on many channels (5000)',
    '  --seconds N   length of a round (0.4)      --rounds N  rounds, of which the median is told (3)',
    '  --port N      port of the servers (6601)   --peers     servers of other projects too',
    '  --cost        CPU time while the work grows, in the place of the parts',
    '  --write       writes the chart and the tables of README.md',
    '  --json FILE   writes the tables as JSON    --against REVISION  CPU time beside another revision',
  ].join('\n');
}

/** Reads the flags; ends the process when it is asked for help or cannot understand. */
export function readSettings(parts: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      n: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '0.4' },
      rounds: { type: 'string', default: '3' },
      sockets: { type: 'string', default: '5000' },
      port: { type: 'string', default: '6601' },
      peers: { type: 'boolean', default: false },
      cost: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      against: { type: 'string' },
      plant: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { peers, cost, json, write, against, plant } = values;
  const settings = {
    n: Number(values.n),
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    sockets: Number(values.sockets),
    port: Number(values.port),
  };
  const isKnown = positionals.every((name) => parts.includes(name));
  if (!values.help && isKnown && Object.values(settings).every((value) => value > 0)) {
    return { ...settings, parts: positionals, peers, cost, json, write, against, plant };
  }
  console.log(help(parts));
  process.exit(values.help ? 0 : 1);
}
