import { Pusher } from '../client';
import { connectNode } from '../transports/node';
import { platform } from '../transports/platform';

platform.connect = connectNode;

// `require('standpipe/http')` is the class itself, in Node.
export = Pusher;
