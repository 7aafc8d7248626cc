import type { StandpipeError } from '../../../lib';
import { EVERYTHING, type Promises } from './environment';
import { HandlerCalls } from '../handler-calls';

/** Connecting, and saying what to hear of. */
export const connection: Promises = {
  "client.connect() connects; 'connected' and 'disconnected' tell of it": async (t, env) => {
    const client = env.client();
    const told: unknown[] = [];
    client.on('connected', ({ session }) => told.push(['connected', session]));
    client.on('disconnected', ({ willReconnect }) => told.push(['disconnected', willReconnect]));
    client.on('error', (error) => told.push(error));
    await client.connect();
    t.equal(client.state, 'open');
    t.strictSame(told, [['connected', 'new']]);
    await client.disconnect();
    t.strictSame(told.slice(1), [['disconnected', false]]);
  },

  "a wrong secret is told by 'error' and is not tried again": async (t, env) => {
    const client = env.client({ secret: 'not-the-secret' });
    const told: StandpipeError[] = [];
    client.on('error', (error) => told.push(error));
    await t.rejects(client.connect(), { code: 'bad_credentials', status: 401 });
    t.match(told, [{ code: 'bad_credentials' }]);
    t.equal(client.state, 'failed');
  },

  "a handler that throws is told by 'error', and the others still run": async (t, env) => {
    const client = await env.backend();
    const calls = new HandlerCalls();
    const errors: StandpipeError[] = [];
    client.on('error', (error) => errors.push(error));
    client.sockets.on('event', () => {
      throw new Error('a bug of the app');
    });
    client.sockets.on('event', calls.hears('event'));
    const tab = await env.tab();
    const id = await tab.id();
    await tab.run(({ pusher }) => pusher.back_channel.trigger('my_event', 1));
    t.strictSame(await calls.take(1), [['event', 'my_event', id, 1]]);
    t.match(errors, [{ code: 'handler_failed', cause: { message: 'a bug of the app' } }]);
  },

  'pusher-js connects the way it was told to, and has its socket id': async (t, env) => {
    const tab = await env.tab();
    t.match(await tab.id(), /^\d+\.\d+$/);
    const secure = await tab.run(({ pusher }) => pusher.connection.isUsingTLS());
    t.equal(secure, env.setting.tls !== undefined);
    t.strictSame(await tab.run(({ states }) => states), ['connecting', 'connected']);
  },

  'client.subscribe(types) brings the given types and no others': async (t, env) => {
    const existence = await env.backend(['socket_existence']);
    const messages = await env.backend(['socket_message']);
    const channels = await env.backend(['channel_existence']);
    const all = await env.backend(EVERYTHING);
    const ledgers = [existence, messages, channels, all].map((client) => {
      const calls = new HandlerCalls();
      client.sockets.on('open', calls.hears('open'));
      client.sockets.on('event', calls.hears('event'));
      client.channels.on('occupied', calls.hears('occupied'));
      client.channels.on('event', calls.hears('channel event'));
      client.sockets.on('close', calls.hears('close'));
      client.channels.on('event:last', calls.hears('last'));
      return calls;
    });
    const tab = await env.tab();
    const id = await tab.id();
    await tab.subscribe('my_channel');
    await tab.run(({ pusher }) => {
      pusher.back_channel.trigger('my_event', {});
      pusher.send_event('my_event', {}, 'my_channel');
    });
    await tab.settled();
    await tab.close();
    const open = ['open', id];
    const close = ['close', id];
    const occupied = ['occupied', 'my_channel'];
    const event = ['event', 'my_event', id, {}];
    const channelEvent = ['channel event', 'my_event', 'my_channel', id, {}];
    const expected = [
      [open, close],
      [event, channelEvent],
      [occupied],
      [open, occupied, event, channelEvent, close],
    ];
    // The observer that hears all events is told last: the others were told before, if at all.
    const heard = await Promise.all(ledgers.map((calls, i) => calls.take(expected[i]!.length)));
    t.strictSame(heard, expected);
    await Promise.all([existence, messages, channels, all].map((client) => client.disconnect()));
    for (const calls of ledgers) t.equal(calls.left, 0, 'and nothing else');
  },

  'client.subscribe after connect and client.unsubscribe hold from then on': async (t, env) => {
    const client = await env.backend(['channel_existence']);
    const calls = new HandlerCalls();
    client.sockets.on('event', calls.hears('event'));
    const tab = await env.tab();
    const id = await tab.id();
    const send = (event: string): Promise<boolean> =>
      tab.run(({ pusher }, event) => pusher.back_channel.trigger(event, 0), event);
    // Commands and subscriptions go one way in order, and so do events and answers: so answers settle it.
    const settled = async (): Promise<void> => {
      await tab.settled();
      await new Promise((resolve) => setImmediate(resolve));
      await client.socket(id).publish('nothing', null);
    };
    await send('before');
    await settled();
    client.subscribe(['socket_message'], { events: ['my_*'] });
    await settled();
    await send('my_event');
    await send('another');
    await send('my_last');
    t.strictSame(await calls.take(2), [
      ['event', 'my_event', id, 0],
      ['event', 'my_last', id, 0],
    ]);
    await settled();
    client.unsubscribe(['socket_message']);
    await settled();
    await send('my_unheard');
    await settled();
    client.subscribe(['socket_message']);
    await settled();
    await send('heard again');
    t.strictSame(await calls.take(1), [['event', 'heard again', id, 0]]);
  },
};
