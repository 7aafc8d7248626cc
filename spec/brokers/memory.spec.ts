import t from 'tap';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
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
    const limits = { leaseMs: 1500, holdMs: 1500 };
    return Array.from({ length: nodes }, () => engine.join({ limits }).broker);
  });
});
