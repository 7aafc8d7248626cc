import type { PipeOptions } from '../../lib';
import { createClient } from '../../lib/pipe/client';
import type { Dial } from '../../lib/net/dial';
import { dialWebSocket } from '../../lib/net/web-socket';
import type { Meta } from '../../lib/pipe/types';
import { systemClock } from '../../lib/util/timers';

type Env = Readonly<Record<string, string | undefined>>;
type Ask = { answer?: boolean; publish?: string; ms?: number } | null;

/**
 * The client of the library as `standpipe conformance` wants it (`--contract`). Returns how to end it.
 * @param dial stands between the client and the wire; the real one by default.
 */
export function conformanceClient(env: Env, dial: Dial = dialWebSocket): { stop(): void } {
  const options: PipeOptions = {
    host: env['STANDPIPE_HOST'] ?? '127.0.0.1',
    port: Number(env['STANDPIPE_PORT']),
    appId: env['STANDPIPE_APP_ID'] ?? '',
    key: env['STANDPIPE_APP_KEY'] ?? '',
    secret: env['STANDPIPE_APP_SECRET'] ?? '',
    ...(env['STANDPIPE_GROUP'] && { group: env['STANDPIPE_GROUP'] }),
  };
  const client = createClient(options, { clock: systemClock, dial });
  let over = false;
  const report = (name: string, data: object): void => {
    if (!over) client.channel('conformance').trigger(name, data);
  };
  client.subscribe(['socket_existence', 'socket_message', 'channel_existence']);
  client.sockets.on('open', (socket) => report('open', { socket }));
  client.sockets.on('close', (socket) => report('close', { socket }));
  client.channels.on('occupied', (channel) => report('occupied', { channel }));
  client.channels.on('vacated', (channel) => report('vacated', { channel }));
  client.on('gap', () => report('gap', {}));
  client.on('reset', () => report('reset', {}));
  client.on('error', () => undefined);
  client.sockets.on('event', async (event: string, socket: string, data: unknown, cause: Meta) => {
    const ask = data as Ask;
    const answer = (): void => {
      if (ask?.answer) client.socket(socket).trigger('answer', {}, { cause });
    };
    report('begin', { event, socket });
    answer();
    if (ask?.publish !== undefined) publish(ask.publish);
    if (ask?.ms !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, ask.ms));
      answer();
    }
    report('end', { event, socket });
  });
  const publish = (name: string): void => {
    const told = (outcome: string): void => report('outcome', { name, outcome });
    client
      .channel('room')
      .publish(name, {})
      .then(
        () => told('applied'),
        ({ code }: { code: string }) => told(code === 'refused' ? 'refused' : 'unknown'),
      );
  };
  client.connect().catch(() => undefined);
  const stop = (): void => {
    over = true;
    void client.disconnect().catch(() => undefined);
  };
  return { stop };
}

if (require.main === module) conformanceClient(process.env);
