import Pusher from './parse.cjs';

export { Pusher };
export default Pusher;
