import { Pusher } from '../../lib/http';
import { connectNode } from '../../lib/http/transports/node';
import { platform } from '../../lib/http/transports/platform';

// The entry for Node does the same (lib/http/entries/node.cts).
platform.connect = connectNode;

/** The SDK as Node gets it. */
export { Pusher };
