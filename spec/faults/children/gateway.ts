import { createGateway } from '../../../lib/gateway';
import type { GatewayOptions } from '../../../lib/gateway/options/options';

/** A gateway that tells its port and then waits to be killed, or to be told to end gently. */
const gateway = createGateway(JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as GatewayOptions);
void gateway.start().then(({ port }) => process.send?.({ port }));
process.once('SIGTERM', () => void gateway.drain().then(() => process.exit()));
process.on('message', () => {
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rssBytes: rss, heapBytes: heapUsed });
});
process.on('disconnect', () => process.exit());
