export { Pusher } from './node';
export type * from './types';
