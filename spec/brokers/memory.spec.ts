import { type Duplex, duplexPair } from 'node:stream';
import t from 'tap';
import { JoinedNode } from '../../lib/brokers/joined/node';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import { Channel } from '../../lib/brokers/workers/channel';
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

/** Both ends of a channel as between processes: packets come in a later turn, in pieces of any size. */
function channelPair(): [Channel, Channel] {
  return duplexPair().map((end) => new Channel(inPieces(end))) as [Channel, Channel];
}

function inPieces(end: Duplex): Duplex {
  const write = end.write.bind(end) as (bytes: Buffer) => boolean;
  end.write = (bytes: Buffer) => {
    const at = Math.floor(Math.random() * bytes.length);
    write(bytes.subarray(0, at));
    return write(bytes.subarray(at));
  };
  return end;
}
