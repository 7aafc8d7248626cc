import Pusher from './node.cjs';

export * from '../index.js';
export default Pusher;
