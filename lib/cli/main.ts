#!/usr/bin/env node
import './process/early-hangup';
import cluster from 'node:cluster';
import { Command, InvalidArgumentError } from 'commander';
import { StandpipeError } from '../errors';
import type { check } from './commands/check';
import type { completion } from './commands/completion';
import type { conformance } from './commands/conformance';
import type { keys } from './commands/keys';
import type { nodes } from './commands/nodes';
import type { pushy } from './commands/pushy';
import type { record } from './commands/record';
import type { repl } from './commands/repl';
import type { replay } from './commands/replay';
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
  get completion() {
    return (require('./commands/completion') as { completion: typeof completion }).completion;
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
  get record() {
    return (require('./commands/record') as { record: typeof record }).record;
  },
  get replay() {
    return (require('./commands/replay') as { replay: typeof replay }).replay;
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

function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError('It must be a number from 0 on.');
}

function positive(text: string): number {
  const value = nonNegative(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be above 0.');
}

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

addConnectionFlags(program.command('record'))
  .description('write what happens in an app to a file, without data and with pseudonyms for ids')
  .requiredOption(
    '-o, --out <file>',
    'file to write: compressed lines of JSON; it must not be there yet',
  )
  .option('--channel <name...>', 'only events of these channels; a name may end in *')
  .option('--data', 'with the data of events')
  .option('--redact <name...>', 'members of data to leave out, at any depth')
  .option('--max <MB>', 'size from which on it ends', positive, 100)
  .option('--for <seconds>', 'time after which it ends', positive)
  .action((flags) => commands.record(flags as Parameters<typeof record>[0], process.env));

program
  .command('replay')
  .description('play a recording to a backend, which connects to this command as to a gateway')
  .argument('<file>', "a file of 'standpipe record'")
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on', nonNegative, 6001)
  .option(
    '--speed <times>',
    'how many times as fast; 0 for as fast as the backend is',
    nonNegative,
    1,
  )
  .option('--wait <seconds>', 'silence behind which the backend has said everything', positive, 2)
  .option('--save <file>', 'write what the backend sent to browsers')
  .option('--expect <file>', 'compare it with what was saved before; ends with 1 where it differs')
  .action((file: string, flags) =>
    commands.replay(file, flags as Parameters<typeof replay>[1], process.env),
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

program
  .command('completion')
  .description('print a script with which a shell completes commands and flags')
  .argument('<shell>', 'bash or zsh')
  .action((shell: string) => commands.completion(shell, program));

program.parseAsync().catch((error: unknown) => {
  console.error(`standpipe: ${error instanceof Error ? error.message : String(error)}`);
  if (!(error instanceof StandpipeError)) console.error(error);
  process.exitCode = 1;
  // The channel to a parent would keep this process. A worker whose channel ends otherwise ends with code 0.
  if (cluster.worker !== undefined) cluster.worker.disconnect();
  else if (process.connected) process.disconnect();
});
