import { Pusher } from '../client';
import { connectParse } from '../transports/parse';
import { platform } from '../transports/platform';

platform.connect = connectParse;

// `require('standpipe/http/parse')` is the class itself, in Parse Cloud code.
export = Pusher;
