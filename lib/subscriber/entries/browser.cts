import { Pusher } from '../browser';

// For bundlers; its types are those of node.cts.
export = Pusher;
