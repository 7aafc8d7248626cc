import { StandpipeError } from '../../errors';
import { fetchTransport } from './fetch';
import type { Fetch, Transport, TransportOptions } from './transport';

/**
 * Transport of this platform: its `fetch`, until the entry for Node or for Parse Cloud puts another one here. The loaded
 * entry of the package decides once.
 */
export const platform: { connect: (options: TransportOptions) => Transport } = {
  connect({ proxy, agent }) {
    if (proxy !== undefined) throw onlyInNode('proxy');
    if (agent !== undefined) throw onlyInNode('agent');
    const { fetch } = globalThis as { fetch?: Fetch };
    if (fetch === undefined) {
      throw new StandpipeError('bad_option', 'fetch: there is none here; give one as an option');
    }
    // Some platforms refuse a `fetch` that was separated from its global object.
    return fetchTransport((url, init) => fetch.call(globalThis, url, init));
  },
};

function onlyInNode(option: string): StandpipeError {
  return new StandpipeError(
    'bad_option',
    `${option}: only Node can do this; give a \`fetch\` that does it`,
  );
}
