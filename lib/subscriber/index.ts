/**
 * A client of the Channels protocol for Node and browsers, with the API of pusher-js 8. Begin with `Pusher`. More:
 * lib/subscriber/README.md.
 * @example
 * ```ts
 * import { Pusher } from 'standpipe/subscriber';
 *
 * interface Shop {
 *   server: { price: { cents: number } };
 *   browser: { ask: { item: string } };
 * }
 * const pusher = new Pusher<Shop>('key', { wsHost: 'localhost', wsPort: 6001, forceTLS: false });
 * pusher.subscribe('prices').bind('price', ({ cents }) => console.log(cents));
 * pusher.back_channel.trigger('ask', { item: 'tea' });
 * ```
 * @module standpipe/subscriber
 */
export { Pusher } from './node';
export type * from './types';
