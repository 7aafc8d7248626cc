import Pusher from 'pusher-js';
import PusherServer from 'pusher';
import t from 'tap';
import { SECRET } from '../support/start-gateway';
import { makeDriver } from './fallback-driver';
import { holdFallback, TRANSPORTS } from './fallback-promises';

const signer = new PusherServer({ appId: '1', key: 'key', secret: SECRET, cluster: '' });

for (const transport of TRANSPORTS) {
  t.test(`pusher-js in Node, over ${transport} alone`, (t) =>
    holdFallback(t, transport, async (t, options) => {
      const driver = makeDriver(Pusher, 'key', {
        ...options,
        channelAuthorization: {
          transport: 'ajax',
          endpoint: '',
          customHandler: ({ socketId, channelName }, callback) => {
            const member = channelName.startsWith('presence-') ? { user_id: 'mine' } : undefined;
            callback(null, signer.authorizeChannel(socketId, channelName, member));
          },
        },
      });
      t.teardown(() => driver.disconnect());
      return driver;
    }),
  );
}
