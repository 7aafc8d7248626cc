import { Pusher } from '../node';

// `require('standpipe/subscriber')` is the class itself.
export = Pusher;
