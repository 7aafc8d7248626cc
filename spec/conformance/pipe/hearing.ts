import { HandlerCalls } from '../handler-calls';
import type { Promises } from './environment';

/** Tests of hearing: sockets and channels, with the arguments of handlers. */
export const hearing: Promises = {
  "client.sockets.on('open', (socketId)) and on('close', (socketId))": async (t, env) => {
    const client = await env.backend(['socket_existence']);
    const calls = new HandlerCalls();
    client.sockets.on('open', calls.hears('open'));
    client.sockets.on('close', calls.hears('close'));
    const tab = await env.tab();
    const first = await tab.id();
    await tab.run(({ pusher }) => {
      pusher.disconnect();
      pusher.connect();
    });
    const second = await tab.id(2);
    t.not(second, first);
    const heard = (await calls.take(3)).map(([what, id]) => `${String(what)} ${String(id)}`);
    t.strictSame(heard.sort(), [`close ${first}`, `open ${first}`, `open ${second}`].sort());
  },

  "client.socket(id).on('close', ()) for that socket alone": async (t, env) => {
    const client = await env.backend(['socket_existence']);
    const calls = new HandlerCalls();
    const [one, other] = [await env.tab(), await env.tab()];
    client.socket(await one.id()).on('close', calls.hears('one'));
    client.socket(await other.id()).on('close', calls.hears('other'));
    await one.close();
    const [entry] = await calls.takeWhole(1);
    t.strictSame(entry?.what, ['one']);
    t.match(entry?.meta, { code: Number, redelivered: false }, 'and why it closed');
  },

  'events of sockets reach all four ways of listening': async (t, env) => {
    const client = await env.backend();
    const [one, other] = [await env.tab(), await env.tab()];
    const [id, otherId] = [await one.id(), await other.id()];
    const calls = new HandlerCalls();
    client.sockets.on('event', calls.hears('sockets event'));
    client.sockets.on('event:my_event', calls.hears('sockets event:my_event'));
    client.socket(id).on('event', calls.hears('socket event'));
    client.socket(id).on('event:my_event', calls.hears('socket event:my_event'));
    client.channels.on('event', calls.hears('no channel event'));
    const data = { text: 'Grüße\u2028', list: [1, null, true] };
    await one.run(({ pusher }, data) => pusher.back_channel.trigger('my_event', data), data);
    t.strictSame(await calls.take(4), [
      ['sockets event', 'my_event', id, data],
      ['sockets event:my_event', id, data],
      ['socket event', 'my_event', data],
      ['socket event:my_event', data],
    ]);
    await other.run(({ pusher }) => pusher.send_event('my_event', 'of another socket'));
    t.strictSame(await calls.take(2), [
      ['sockets event', 'my_event', otherId, 'of another socket'],
      ['sockets event:my_event', otherId, 'of another socket'],
    ]);
    await one.run(({ pusher }) => pusher.back_channel.trigger('another', 12));
    t.strictSame(await calls.take(2), [
      ['sockets event', 'another', id, 12],
      ['socket event', 'another', 12],
    ]);
    t.equal(calls.left, 0);
  },

  'events of channels, public ones included, reach all four ways of listening': async (t, env) => {
    const client = await env.backend();
    const tab = await env.tab();
    const id = await tab.id();
    const calls = new HandlerCalls();
    client.channels.on('event', calls.hears('channels event'));
    client.channels.on('event:my_event', calls.hears('channels event:my_event'));
    client.channel('my_channel').on('event', calls.hears('channel event'));
    client.channel('my_channel').on('event:my_event', calls.hears('channel event:my_event'));
    client.sockets.on('event', calls.hears('no socket event'));
    await tab.subscribe('my_channel');
    await tab.subscribe('other_channel');
    await tab.run(({ pusher }) => pusher.send_event('my_event', { x: 1 }, 'my_channel'));
    t.strictSame(await calls.take(4), [
      ['channels event', 'my_event', 'my_channel', id, { x: 1 }],
      ['channels event:my_event', 'my_channel', id, { x: 1 }],
      ['channel event', 'my_event', id, { x: 1 }],
      ['channel event:my_event', id, { x: 1 }],
    ]);
    await tab.run(({ pusher }) => pusher.send_event('my_event', [2], 'other_channel'));
    t.strictSame(await calls.take(2), [
      ['channels event', 'my_event', 'other_channel', id, [2]],
      ['channels event:my_event', 'other_channel', id, [2]],
    ]);
    t.equal(calls.left, 0);
  },

  "pusher.channel('my_channel').trigger('client-…', data) reaches the backend": async (t, env) => {
    const client = await env.backend();
    const tab = await env.tab();
    const calls = new HandlerCalls();
    client.channel('my_channel').on('event:client-my_event', calls.hears('heard'));
    await tab.subscribe('my_channel');
    await tab.run(({ pusher }) =>
      pusher.channel('my_channel').trigger('client-my_event', { x: 1 }),
    );
    t.strictSame(await calls.take(1), [['heard', await tab.id(), { x: 1 }]]);
  },

  "client.channels.on('occupied' | 'vacated', (channelName)), for one channel too": async (
    t,
    env,
  ) => {
    const client = await env.backend(['channel_existence']);
    const calls = new HandlerCalls();
    client.channels.on('occupied', calls.hears('occupied'));
    client.channels.on('vacated', calls.hears('vacated'));
    client.channel('my_channel').on('occupied', calls.hears('my_channel occupied'));
    client.channel('my_channel').on('vacated', calls.hears('my_channel vacated'));
    const [one, other] = [await env.tab(), await env.tab()];
    await one.subscribe('my_channel');
    await other.subscribe('my_channel');
    await other.subscribe('other_channel');
    await one.run(({ pusher }) => pusher.unsubscribe('my_channel'));
    await one.subscribe('done');
    await other.close();
    const heard = await calls.take(7);
    t.strictSame(heard.slice(0, 4), [
      ['occupied', 'my_channel'],
      ['my_channel occupied'],
      ['occupied', 'other_channel'],
      ['occupied', 'done'],
    ]);
    t.strictSame(heard.slice(4).sort(), [
      ['my_channel vacated'],
      ['vacated', 'my_channel'],
      ['vacated', 'other_channel'],
    ]);
  },

  'a client event reaches the other browsers and the backend': async (t, env) => {
    const client = await env.backend();
    const calls = new HandlerCalls();
    client.channels.on('event', calls.hears('heard'));
    const [one, other] = [await env.tab(), await env.tab()];
    for (const tab of [one, other]) await tab.subscribe('private-my_channel');
    await one.run(({ pusher }) => {
      pusher.channel('private-my_channel').trigger('client-hi', { from: 'one' });
      pusher.send_event('not for browsers', {}, 'private-my_channel');
      pusher.channel('private-my_channel').trigger('client-bye', { from: 'one' });
    });
    t.strictSame(await other.take(2), [
      ['client-hi', { from: 'one' }],
      ['client-bye', { from: 'one' }],
    ]);
    const id = await one.id();
    t.strictSame(await calls.take(3), [
      ['heard', 'client-hi', 'private-my_channel', id, { from: 'one' }],
      ['heard', 'not for browsers', 'private-my_channel', id, {}],
      ['heard', 'client-bye', 'private-my_channel', id, { from: 'one' }],
    ]);
    await other.run(({ pusher }) => pusher.channel('private-my_channel').trigger('client-hi', 0));
    t.strictSame(await one.take(1), [['client-hi', 0]], 'and not its sender');
  },

  'meta names the user, the channel and the time, above all of a presence member': async (
    t,
    env,
  ) => {
    const client = await env.backend();
    const calls = new HandlerCalls();
    client.channels.on('event', calls.hears('heard'));
    const [one, other] = [await env.tab(), await env.tab()];
    for (const tab of [one, other]) await tab.subscribe('presence-my_channel');
    await other.run(({ pusher, tell }) => {
      const channel = pusher.channel('presence-my_channel');
      channel.bind('client-hi', (_: unknown, meta: { user_id: string }) => tell(meta.user_id));
    });
    await one.run(({ pusher }) => pusher.channel('presence-my_channel').trigger('client-hi', {}));
    const userId = `user of ${await one.id()}`;
    t.strictSame((await other.take(2)).sort(), [['client-hi', {}], [userId]].sort());
    const [entry] = await calls.takeWhole(1);
    t.match(entry?.meta, {
      channel: 'presence-my_channel',
      userId,
      position: { partition: 0, epoch: Number, offset: Number },
      redelivered: false,
      time: Number,
      id: String,
    });
  },
};
