import { agentTransport } from './agent';
import type { Transport, TransportOptions } from './transport';
import { undiciTransport } from './undici';

/** How Node sends requests: through the caller's agent, or over a pool of its own. */
export function connectNode(options: TransportOptions): Transport {
  const { agent } = options;
  return agent === undefined ? undiciTransport(options) : agentTransport(agent);
}
