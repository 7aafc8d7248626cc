import { agentTransport } from './agent';
import type { Transport, TransportOptions } from './transport';
import { undiciTransport } from './undici';

/** Transport in Node: through the caller's agent, or over a pool of its own. */
export function connectNode(options: TransportOptions): Transport {
  const { agent } = options;
  return agent === undefined ? undiciTransport(options) : agentTransport(agent);
}
