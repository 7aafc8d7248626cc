import type { Test } from 'tap';
import { createClient, type PipeClient } from '../../lib';
import type { Gateway } from '../../lib/gateway/gateway';
import { SECRET, startGateway, type StartOptions } from './start-gateway';

/** A gateway with a backend that was told what to decide. */
export async function decided(
  t: Pick<Test, 'teardown'>,
  decide: (client: PipeClient) => void,
  options: StartOptions = {},
): Promise<{ gateway: Gateway; client: PipeClient; errors: string[] }> {
  const gateway = await startGateway(t, options);
  const client = await deciding(t, gateway, decide);
  const errors: string[] = [];
  client.on('error', ({ message }) => void errors.push(message));
  return { gateway, client, errors };
}

/** A connected backend that was told what to decide. */
export async function deciding(
  t: Pick<Test, 'teardown'>,
  { port }: Gateway,
  decide: (client: PipeClient) => void,
): Promise<PipeClient> {
  const client = createClient({ key: 'key', secret: SECRET, appId: 1, port });
  t.teardown(() => client.disconnect());
  decide(client);
  await client.connect();
  return client;
}
