import { homedir } from 'node:os';
import { join } from 'node:path';
import { start } from 'node:repl';
import * as pipeClient from '../..';
import { connected, connectionFrom } from '../connection';
import type { Environment } from '../config';
import type { ConnectionFlags } from '../flags';

const HINT = "Try: client.channel('room').trigger('hello', { from: 'the prompt' })";

/**
 * A Node prompt with a client in it that connects, and with the package as `pipeClient`, as the prompt of 2011 had it. Its
 * history is kept in `STANDPIPE_HISTORY`, by default in `.standpipe_history` of the home directory.
 */
export async function repl(flags: ConnectionFlags, env: Environment): Promise<void> {
  const client = await connected(connectionFrom(flags, env));
  console.log(`Connected. ${HINT}`);
  const prompt = start({ prompt: 'standpipe> ' });
  Object.assign(prompt.context, { client, pipeClient });
  prompt.on('exit', () => void client.disconnect());
  const history = env['STANDPIPE_HISTORY'] ?? join(homedir(), '.standpipe_history');
  prompt.setupHistory(history, (error) => {
    if (error !== null) console.error(`standpipe: no history is kept: ${error.message}`);
  });
}
