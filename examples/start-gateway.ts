/** A gateway with one app for each example, and an end with Ctrl-C. */
import { randomBytes } from 'node:crypto';
import type { Gateway, GatewayOptions } from 'standpipe/gateway';
import { createGateway } from 'standpipe/gateway';

/** The credentials of the one app. The secret is new each time, and never leaves this machine. */
export const app = { id: '1', key: 'example-key', secret: randomBytes(24).toString('hex') };

/** The same credentials, as a backend gives them to `createClient`. */
export const credentials = { appId: app.id, key: app.key, secret: app.secret };

/** Starts a gateway on 6001, where Pusher tools look for a local one, or on a free port when that is taken. */
export async function startGateway(more: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const options = { host: '127.0.0.1', apps: [{ ...app, clientEvents: true }], ...more };
  const preferred = createGateway({ ...options, port: 6001 });
  try {
    await preferred.start();
    return preferred;
  } catch {
    const other = createGateway({ ...options, port: 0 });
    await other.start();
    return other;
  }
}

/** Runs `stop` once on Ctrl-C or SIGTERM, then ends the process. A second Ctrl-C does not wait for it. */
export function onCtrlC(stop: () => Promise<void>): void {
  let stopping = false;
  const end = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

/** Prints the error and ends the process. */
export function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}
