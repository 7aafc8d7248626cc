import { MessageChannel, type MessagePort } from 'node:worker_threads';
import t from 'tap';
import { JoinedNode } from '../../lib/brokers/joined/node';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import type { Channel } from '../../lib/brokers/workers/channel';
import { EngineHost } from '../../lib/brokers/workers/engine-host';
import { HostLink } from '../../lib/brokers/workers/host-link';
import { systemClock } from '../../lib/util/timers';
import { holdsTheContract } from './contract';

t.test('the memory engine holds the contract inside the call', async (t) => {
  holdsTheContract(t, (_t, nodes) => {
    const engine = new MemoryEngine();
    return Array.from({ length: nodes }, () => engine.join());
  });
});

t.test('a far memory engine holds it with delays', async (t) => {
  holdsTheContract(t, (_t, nodes) => {
    const engine = new FarEngine({ delayMs: () => Math.random() * 2 });
    const limits = { leaseMs: 4000, holdMs: 4000 };
    return Array.from({ length: nodes }, () => engine.join({ limits }).broker);
  });
});

t.test('workers of one host hold it over the channels of their processes', async (t) => {
  holdsTheContract(t, (_t, nodes) => {
    const host = new EngineHost();
    const limits = { leaseMs: 4000, holdMs: 4000 };
    return Array.from({ length: nodes }, () => {
      const [here, there] = channelPair();
      host.serve(here, () => undefined);
      return new JoinedNode(new HostLink(there, systemClock), { limits });
    });
  });
});

/** Both ends of a channel as between processes: messages are copied, and come in a later turn. */
function channelPair(): [Channel, Channel] {
  const { port1, port2 } = new MessageChannel();
  const end = (port: MessagePort): Channel => {
    port.unref();
    return {
      send: (message, sent) => {
        port.postMessage(message);
        setImmediate(sent);
      },
      hear: (heard) => void port.on('message', heard).unref(),
    };
  };
  return [end(port1), end(port2)];
}
