import cluster from 'node:cluster';
import { createGateway } from '../../../lib/gateway';

// A worker of a cluster that makes a gateway, with the options of CHILD_OPTIONS, and ends.
if (cluster.isPrimary) cluster.fork();
else {
  createGateway(JSON.parse(process.env['CHILD_OPTIONS'] ?? '{}'));
  setImmediate(() => process.exit());
}
