import { start } from 'node:repl';
import { createClient } from '../..';
import { connectionFrom } from '../connection';
import type { Environment } from '../config';
import type { ConnectionFlags } from '../flags';

/** A Node prompt with a connected client in it. */
export async function repl(flags: ConnectionFlags, env: Environment): Promise<void> {
  const client = createClient(connectionFrom(flags, env));
  client.on('error', (error) => console.error(`standpipe: ${error.message}`));
  await client.connect();
  console.log("Connected. Try: client.channel('room').trigger('hello', { from: 'the prompt' })");
  const prompt = start({ prompt: 'standpipe> ' });
  prompt.context['client'] = client;
  prompt.on('exit', () => void client.disconnect());
}
