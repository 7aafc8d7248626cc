import type { PipeClient } from '../..';
import { connected, connectionFrom } from '../connection';
import { endWithReader, safeLine } from '../output';
import type { Environment } from '../config';
import type { ConnectionFlags } from '../flags';

/**
 * Prints what happens in an app, a line of JSON for each event, until it is interrupted. Rejects when nothing answers at
 * first; a gateway that was there is waited for.
 */
export async function tail(
  flags: ConnectionFlags & { channel?: string[]; event?: string[] },
  env: Environment,
): Promise<void> {
  endWithReader();
  await connected(connectionFrom(flags, env), (client) => printAll(client, flags));
}

function printAll(
  client: PipeClient,
  { channel: channels, event: events }: { channel?: string[]; event?: string[] },
): void {
  const print = (line: Record<string, unknown>): void => console.log(safeLine(line));
  void client.subscribe(['socket_existence', 'socket_message', 'channel_existence'], {
    ...(channels && { channels }),
    ...(events && { events }),
  });
  client.sockets.on('open', (socket, { time }) => print({ time, what: 'open', socket }));
  client.sockets.on('close', (socket, { time, code }) =>
    print({ time, what: 'close', socket, code }),
  );
  client.channels.on('occupied', (channel, { time }) => print({ time, what: 'occupied', channel }));
  client.channels.on('vacated', (channel, { time }) => print({ time, what: 'vacated', channel }));
  client.sockets.on('event', (event, socket, data, { time }) =>
    print({ time, what: 'event', event, socket, data }),
  );
  client.channels.on('event', (event, channel, socket, data, { time }) =>
    print({ time, what: 'event', event, channel, socket, data }),
  );
  process.once('SIGINT', () => void client.disconnect());
}
