import Pusher from './node.cjs';

export type * from '../index.js';
export { Pusher, Pusher as default };
