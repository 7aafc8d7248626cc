import { StandpipeError } from '../../errors';
import { connected, connectionFrom } from '../connection';
import type { Environment } from '../config';
import type { ConnectionFlags } from '../flags';

/** Sends one event to a channel, or to a socket, and says to how many sockets it went. */
export async function trigger(
  target: string,
  event: string,
  text: string | undefined,
  flags: ConnectionFlags & { socket?: boolean },
  env: Environment,
): Promise<void> {
  const data: unknown = text === undefined ? null : dataFrom(text);
  const client = await connected(connectionFrom(flags, env));
  try {
    const handle = flags.socket === true ? client.socket(target) : client.channel(target);
    const receipt = await handle.publish(event, data, { ack: 'delivered' });
    console.log(JSON.stringify(receipt));
  } finally {
    await client.disconnect();
  }
}

function dataFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `data: must be JSON, such as '{"a":1}' or '"text"'`;
    throw new StandpipeError('bad_argument', message, { cause });
  }
}
