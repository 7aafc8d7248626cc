import { Pusher } from '../../lib/http';
import { connectNode } from '../../lib/http/transports/node';
import { platform } from '../../lib/http/transports/platform';

// What the entry for Node does (lib/http/entries/node.cts).
platform.connect = connectNode;

/** The SDK as Node gets it. */
export { Pusher };
