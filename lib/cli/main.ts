#!/usr/bin/env node
import './process/early-hangup';
import { Command } from 'commander';
import { StandpipeError } from '../errors';
import type { check } from './commands/check';
import type { conformance } from './commands/conformance';
import type { keys } from './commands/keys';
import type { nodes } from './commands/nodes';
import type { pushy } from './commands/pushy';
import type { repl } from './commands/repl';
import type { schema } from './commands/schema';
import type { serve } from './commands/serve';
import type { tail } from './commands/tail';
import type { trigger } from './commands/trigger';
import { addBrokerFlags, addConnectionFlags, addServeFlags } from './flags';

/** Commands, each loaded when it is asked for: most of the time goes into loading a gateway, and few of them need one. */
const commands = {
  get check() {
    return (require('./commands/check') as { check: typeof check }).check;
  },
  get conformance() {
    return (require('./commands/conformance') as { conformance: typeof conformance }).conformance;
  },
  get keys() {
    return (require('./commands/keys') as { keys: typeof keys }).keys;
  },
  get nodes() {
    return (require('./commands/nodes') as { nodes: typeof nodes }).nodes;
  },
  get pushy() {
    return (require('./commands/pushy') as { pushy: typeof pushy }).pushy;
  },
  get repl() {
    return (require('./commands/repl') as { repl: typeof repl }).repl;
  },
  get schema() {
    return (require('./commands/schema') as { schema: typeof schema }).schema;
  },
  get serve() {
    return (require('./commands/serve') as { serve: typeof serve }).serve;
  },
  get tail() {
    return (require('./commands/tail') as { tail: typeof tail }).tail;
  },
  get trigger() {
    return (require('./commands/trigger') as { trigger: typeof trigger }).trigger;
  },
};

const program = new Command('standpipe')
  .description('Hear every browser and answer each one over a single connection.')
  .version((require('../../package.json') as { version: string }).version);

const SOURCES = `
Each flag is also a variable: --tls-port is STANDPIPE_TLS_PORT. An app comes from STANDPIPE_APP_ID, STANDPIPE_APP_KEY
and STANDPIPE_APP_SECRET; apps come from STANDPIPE_APPS, a JSON array of them, or from the file.`;

addServeFlags(program.command('serve'))
  .description('run a gateway')
  .addHelpText('after', SOURCES)
  .action((flags) => commands.serve(flags as Parameters<typeof serve>[0], process.env));

addServeFlags(program.command('check'))
  .description('say whether serve would take a configuration, and what it would do with it')
  .addHelpText('after', SOURCES)
  .action((flags) => commands.check(flags as Parameters<typeof check>[0], process.env));

program
  .command('schema')
  .description('print the JSON Schema of the configuration file')
  .action(() => commands.schema());

program
  .command('keys')
  .description('make an app: id, key and secret')
  .action(() => commands.keys());

addConnectionFlags(program.command('tail'))
  .description('print what happens in an app, a line of JSON for each event')
  .option('--channel <name...>', 'only these channels; a name may end in *')
  .option('--event <name...>', 'only these events; a name may end in *')
  .action((flags) => commands.tail(flags as Parameters<typeof tail>[0], process.env));

addConnectionFlags(program.command('trigger'))
  .description('send an event to a channel, or to a socket')
  .argument('<target>', 'channel, or socket id with --socket')
  .argument('<event>')
  .argument('[data]', 'JSON')
  .option('--socket', 'the target is a socket')
  .action((target: string, event: string, data: string | undefined, flags) =>
    commands.trigger(target, event, data, flags as Parameters<typeof trigger>[3], process.env),
  );

addConnectionFlags(program.command('repl'))
  .description('a Node prompt with a connected client')
  .action((flags) => commands.repl(flags as Parameters<typeof repl>[0], process.env));

addBrokerFlags(program.command('nodes'))
  .description('list the gateways that share a broker: number, time left of the lease, sockets')
  .action((flags) => commands.nodes(flags as Parameters<typeof nodes>[0], process.env));

program
  .command('pushy')
  .description('run a pushy server by its own configuration file')
  .argument('<config>', 'config.json: port, secretKey, ssl, sockjs')
  .action((file: string) => commands.pushy(file));

program
  .command('conformance')
  .description('drive a client of the Pipe protocol through scripts, and say what it does wrong')
  .argument('[command...]', 'program of the client under test, behind --')
  .option('--only <name...>', 'only these scripts')
  .option('--list', 'print the scripts')
  .option('--contract', 'print what the program has to do')
  .action((command: string[], flags) =>
    commands.conformance(command, flags as Parameters<typeof conformance>[1]),
  );

program.parseAsync().catch((error: unknown) => {
  console.error(`standpipe: ${error instanceof Error ? error.message : String(error)}`);
  if (!(error instanceof StandpipeError)) console.error(error);
  process.exitCode = 1;
  // The channel to a parent, such as that of a worker, would keep this process.
  if (process.connected) process.disconnect();
});
