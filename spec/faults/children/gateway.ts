import { createGateway } from '../../../lib/gateway';
import type { GatewayOptions } from '../../../lib/gateway/options';

/** A gateway that tells its port and then waits to be killed. */
const gateway = createGateway(JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as GatewayOptions);
void gateway.start().then(({ port }) => process.send?.({ port }));
process.on('disconnect', () => process.exit());
