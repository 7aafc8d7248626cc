import { Pusher } from '../client';

// `require('standpipe/http')` is the class itself, wherever there is `fetch`.
export = Pusher;
