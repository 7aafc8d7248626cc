import { redisNodes } from '../../brokers/redis/nodes';
import { StandpipeError } from '../../errors';
import { checkGatewayOptions } from '../../gateway/options/options';
import { type Environment, readConfig } from '../config';
import type { ServeFlags } from '../flags';
import { endWithReader, safeLine } from '../output';

/** Prints the gateways that share the broker of a configuration, a line of JSON for each. */
export async function nodes(
  flags: Pick<ServeFlags, 'config' | 'broker'>,
  env: Environment,
): Promise<void> {
  const { broker } = checkGatewayOptions(readConfig(flags, env).options);
  if (broker === undefined) {
    const message =
      'broker: none is configured; give --broker, or --config with a file that names one';
    throw new StandpipeError('bad_option', message);
  }
  const { redis: address, prefix } = broker;
  endWithReader();
  for (const node of await redisNodes({ address, prefix })) console.log(safeLine(node));
}
