import { StandpipeError } from '../../errors';
import { fetchTransport } from './fetch';
import type { Fetch, Transport, TransportOptions } from './transport';

/**
 * How this platform sends requests: by its `fetch`, until the entry for Node or for Parse Cloud puts something else here.
 * It is decided once, by the entry of the package that was loaded.
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
