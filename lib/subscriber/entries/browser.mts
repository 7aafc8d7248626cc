import { Pusher } from '../browser.js';

// For bundlers; its types are those of node.mts.
export { Pusher, Pusher as default };
