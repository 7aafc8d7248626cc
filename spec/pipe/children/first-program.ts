import { createClient, type PipeOptions } from '../../../lib/index';

/** The README's first program, with options from its environment and a handler that throws. */
const options = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as PipeOptions;
const client = createClient(options);
client.subscribe(['socket_existence']);
client.sockets.on('open', () => {
  throw new Error('a bug of the app');
});
void client.connect();
