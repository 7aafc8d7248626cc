/**
 * A process that listens: it joins a public, a private and a presence channel of an app and prints what it is told. It signs by
 * itself with the app's secret, as only a server may.
 *
 *   npx standpipe serve                               # in one terminal: a gateway with a development app
 *   node examples/node-subscriber/subscriber.mjs      # in another
 *   npx standpipe trigger room hello '{"a":1}'        # in a third: what to listen to
 *
 * HOST, PORT, KEY and SECRET choose another gateway or app. In this repository, `npm run build` comes first.
 */
import Pusher from 'standpipe/subscriber';

const { HOST = '127.0.0.1', PORT = '6001' } = process.env;
const { KEY = 'standpipe-dev-key', SECRET = 'standpipe-dev-secret' } = process.env;

const pusher = new Pusher(KEY, {
  wsHost: HOST,
  wsPort: Number(PORT),
  forceTLS: false,
  secret: SECRET,
  channel_data: { user_id: `listener-${process.pid}`, user_info: { name: 'a Node process' } },
});

pusher.connection.bind('state_change', ({ previous, current }) =>
  console.log(`${previous} -> ${current}`),
);
pusher.connection.bind('error', (error) => console.error('error', JSON.stringify(error)));

for (const name of ['room', 'private-room', 'presence-room']) {
  const channel = pusher.subscribe(name);
  channel.bind('pusher:subscription_succeeded', () => console.log(`subscribed to ${name}`));
  channel.bind('pusher:subscription_error', (error) => console.error(name, error));
  channel.bind_global((event, data) => {
    if (!event.startsWith('pusher:')) console.log(`${name} ${event} ${JSON.stringify(data)}`);
  });
}

const people = pusher.channel('presence-room');
people.bind('pusher:member_added', ({ id }) => console.log(`${id} came`));
people.bind('pusher:member_removed', ({ id }) => console.log(`${id} went`));

process.once('SIGINT', () => pusher.disconnect());
