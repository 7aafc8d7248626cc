import Pusher from './edge.cjs';

export * from '../index.js';
export default Pusher;
