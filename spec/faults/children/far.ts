import { connect, createServer, type AddressInfo } from 'node:net';
import { createClient } from '../../../lib/pipe/client';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';

/** Port of the gateway and number of browsers. */
export interface FarOptions {
  host: string;
  port: number;
  browsers: number;
}

/** A backend and browsers on another machine. Says the ids of the browsers when all are connected. */
const options = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as FarOptions;
const { host, port } = options;

async function main(): Promise<void> {
  const client = createClient({
    appId: '1',
    key: 'key',
    secret: SECRET,
    host,
    port,
    useTLS: false,
  });
  client.on('error', () => undefined);
  client.subscribe(['socket_message']);
  await client.connect();
  // The sockets of the specs know one host only.
  const relay = createServer((near) => {
    const far = connect(port, host);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const local = (relay.address() as AddressInfo).port;
  const never = { teardown: (): void => undefined };
  const sockets = await Promise.all(
    Array.from({ length: options.browsers }, () => TestSocket.connect(never, local)),
  );
  for (const socket of sockets) void socket.closed();
  process.send?.(sockets.map(({ id }) => id));
}

void main();
process.on('disconnect', () => process.exit());
