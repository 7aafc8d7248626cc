#!/usr/bin/env node
import './early-hangup';
import { Command } from 'commander';
import { StandpipeError } from '../errors';
import type * as conformance from './commands/conformance';
import type * as keys from './commands/keys';
import type * as nodes from './commands/nodes';
import type * as pushy from './commands/pushy';
import type * as repl from './commands/repl';
import type * as serve from './commands/serve';
import type * as tail from './commands/tail';
import type * as trigger from './commands/trigger';
import { addBrokerFlags, addConnectionFlags, addServeFlags } from './flags';

/* eslint-disable @typescript-eslint/no-require-imports -- each command is loaded when it runs */
/** Commands by name. A gateway that starts in the place of another has a second until its browsers are back. */
const commands = {
  conformance: (): typeof conformance => require('./commands/conformance') as typeof conformance,
  keys: (): typeof keys => require('./commands/keys') as typeof keys,
  nodes: (): typeof nodes => require('./commands/nodes') as typeof nodes,
  pushy: (): typeof pushy => require('./commands/pushy') as typeof pushy,
  repl: (): typeof repl => require('./commands/repl') as typeof repl,
  serve: (): typeof serve => require('./commands/serve') as typeof serve,
  tail: (): typeof tail => require('./commands/tail') as typeof tail,
  trigger: (): typeof trigger => require('./commands/trigger') as typeof trigger,
};
/* eslint-enable @typescript-eslint/no-require-imports */

const program = new Command('standpipe')
  .description('Hear every browser and answer each one over a single connection.')
  .version((require('../../package.json') as { version: string }).version);

addServeFlags(program.command('serve'))
  .description('run a gateway')
  .addHelpText(
    'after',
    '\nEach flag is also a variable: --tls-port is STANDPIPE_TLS_PORT. An app comes from',
  )
  .addHelpText(
    'after',
    'STANDPIPE_APP_ID, STANDPIPE_APP_KEY and STANDPIPE_APP_SECRET, or from the file.',
  )
  .action((flags) =>
    commands.serve().serve(flags as Parameters<typeof serve.serve>[0], process.env),
  );

program
  .command('keys')
  .description('make an app: id, key and secret')
  .action(() => commands.keys().keys());

addConnectionFlags(program.command('tail'))
  .description('print what happens in an app, a line of JSON for each event')
  .option('--channel <name...>', 'only these channels; a name may end in *')
  .option('--event <name...>', 'only these events; a name may end in *')
  .action((flags) => commands.tail().tail(flags as Parameters<typeof tail.tail>[0], process.env));

addConnectionFlags(program.command('trigger'))
  .description('send an event to a channel, or to a socket')
  .argument('<target>', 'channel, or socket id with --socket')
  .argument('<event>')
  .argument('[data]', 'JSON')
  .option('--socket', 'the target is a socket')
  .action((target: string, event: string, data: string | undefined, flags) =>
    commands
      .trigger()
      .trigger(target, event, data, flags as Parameters<typeof trigger.trigger>[3], process.env),
  );

addConnectionFlags(program.command('repl'))
  .description('a Node prompt with a connected client')
  .action((flags) => commands.repl().repl(flags as Parameters<typeof repl.repl>[0], process.env));

addBrokerFlags(program.command('nodes'))
  .description('list the gateways that share a broker: number, time left of the lease, sockets')
  .action((flags) =>
    commands.nodes().nodes(flags as Parameters<typeof nodes.nodes>[0], process.env),
  );

program
  .command('pushy')
  .description('run a pushy server by its own configuration file')
  .argument('<config>', 'config.json: port, secretKey, ssl, sockjs')
  .action((file: string) => commands.pushy().pushy(file));

program
  .command('conformance')
  .description('drive a client of the Pipe protocol through scripts, and say what it does wrong')
  .argument('[command...]', 'program of the client under test, behind --')
  .option('--only <name...>', 'only these scripts')
  .option('--list', 'print the scripts')
  .option('--contract', 'print what the program has to do')
  .action((command: string[], flags) =>
    commands
      .conformance()
      .conformance(command, flags as Parameters<typeof conformance.conformance>[1]),
  );

program.parseAsync().catch((error: unknown) => {
  console.error(`standpipe: ${error instanceof Error ? error.message : String(error)}`);
  if (!(error instanceof StandpipeError)) console.error(error);
  process.exitCode = 1;
});
