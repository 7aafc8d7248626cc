import t from 'tap';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import { SHARED, TIMEOUT_MS } from './list';
import { showJoined } from './joined';

// Redis, and all other features: npm run long -- cluster.
t.test('pusher-js in Node over two gateways', { timeout: TIMEOUT_MS }, async (t) => {
  await showJoined(t, SHARED, async (_t, clock) => {
    const engine = new FarEngine({ clock });
    return () => engine.join().broker;
  });
});
