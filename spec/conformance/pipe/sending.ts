import type { StandpipeError } from '../../../lib';
import { HandlerCalls } from '../handler-calls';
import type { Promises } from './environment';

/** Tests of sending, from a backend to browsers. */
export const sending: Promises = {
  'client.socket(id).trigger(event, data) reaches that socket alone': async (t, env) => {
    const client = await env.backend();
    const [one, other] = [await env.tab(), await env.tab()];
    for (const tab of [one, other]) {
      await tab.run(({ pusher, tell }) => {
        pusher.back_channel.bind('my_event', (data) => tell('back_channel', data));
        pusher.bind('my_event', (data: unknown) => tell('pusher', data));
      });
    }
    t.equal(client.socket(await one.id()).trigger('my_event', { to: 'one' }), true);
    client.socket(await other.id()).trigger('my_event', 'to the other');
    const heard = (await one.take(2)).sort();
    t.strictSame(heard, [
      ['back_channel', { to: 'one' }],
      ['pusher', { to: 'one' }],
    ]);
    const others = (await other.take(2)).sort();
    t.strictSame(others, [
      ['back_channel', 'to the other'],
      ['pusher', 'to the other'],
    ]);
  },

  'client.channel(name).trigger(event, data) reaches its subscribers': async (t, env) => {
    const client = await env.backend();
    const [one, other, outside] = [await env.tab(), await env.tab(), await env.tab()];
    for (const tab of [one, other]) await tab.subscribe('my_channel');
    await outside.subscribe('other_channel');
    const data = { text: '</script>\u2028 ☃ 𝕊', n: 1e21, nothing: null };
    client.channel('my_channel').trigger('my_event', data);
    client.channel('other_channel').trigger('last', '12');
    for (const tab of [one, other]) t.strictSame(await tab.take(1), [['my_event', data]]);
    t.strictSame(await outside.take(1), [['last', '12']], 'nobody else, and a string stays one');
  },

  'except leaves out the sockets it names': async (t, env) => {
    const client = await env.backend();
    const tabs = [await env.tab(), await env.tab(), await env.tab()];
    for (const tab of tabs) await tab.subscribe('my_channel');
    const ids = await Promise.all(tabs.map((tab) => tab.id()));
    client.channel('my_channel').trigger('not 0', 1, { except: ids[0] });
    client.channel('my_channel').trigger('only 2', 2, { except: ids.slice(0, 2) });
    client.channel('my_channel').trigger('all', 3);
    t.strictSame(await tabs[0]!.take(1), [['all', 3]]);
    t.strictSame((await tabs[1]!.take(2)).flat(), ['not 0', 1, 'all', 3]);
    t.strictSame((await tabs[2]!.take(3)).flat(), ['not 0', 1, 'only 2', 2, 'all', 3]);
  },

  'publish resolves with a receipt': async (t, env) => {
    const client = await env.backend();
    const [one, other] = [await env.tab(), await env.tab()];
    for (const tab of [one, other]) await tab.subscribe('my_channel');
    const id = await one.id();
    const channel = client.channel('my_channel');
    t.strictSame(await channel.publish('a', 1), { status: 'accepted' });
    const delivered = (sockets: number): object => ({ status: 'delivered', sockets });
    t.strictSame(await channel.publish('b', 2, { ack: 'delivered' }), delivered(2));
    const but = await channel.publish('c', 3, { ack: 'delivered', except: id });
    t.strictSame(but, delivered(1));
    const nobody = client.channel('nobody').publish('d', 4, { ack: 'delivered' });
    t.strictSame(await nobody, delivered(0));
    t.strictSame(await client.socket(id).publish('e', 5, { ack: 'delivered' }), delivered(1));
    t.strictSame((await one.take(2)).flat(), ['a', 1, 'b', 2]);
    t.strictSame((await other.take(3)).flat(), ['a', 1, 'b', 2, 'c', 3]);
  },

  'a socket that is not there is refused, by promise, callback or error event': async (t, env) => {
    const client = await env.backend();
    const tab = await env.tab();
    const id = await tab.id();
    const there = new Promise((resolve) => client.socket(id).trigger('my_event', 1, resolve));
    t.equal(await there, null, 'a callback is told of success too');
    const closed = new Promise((resolve) => client.socket(id).on('close', resolve));
    await tab.close();
    await closed;
    const refused = { code: 'refused', status: 4211 };
    await t.rejects(client.socket(id).publish('my_event', 1), refused);
    t.match(
      await new Promise((resolve) => client.socket(id).trigger('my_event', 1, resolve)),
      refused,
    );
    const told = new Promise<StandpipeError>((resolve) => client.once('error', resolve));
    client.socket(id).trigger('my_event', 1);
    t.match(await told, refused);
  },

  'an answer from within a handler goes back to the socket that asked': async (t, env) => {
    const client = await env.backend();
    client.sockets.on('event:ask', (socketId, data) => {
      client.socket(socketId).trigger('answer', { to: data });
    });
    const tabs = [await env.tab(), await env.tab()];
    for (const [i, tab] of tabs.entries()) {
      await tab.run(({ pusher, tell }, i) => {
        pusher.back_channel.bind('answer', (data) => tell(data));
        pusher.back_channel.trigger('ask', i);
      }, i);
    }
    t.strictSame(await tabs[0]!.take(1), [[{ to: 0 }]]);
    t.strictSame(await tabs[1]!.take(1), [[{ to: 1 }]]);
  },

  'pusher.back_channel.trigger says whether it was sent; unbind ends what bind began': async (
    t,
    env,
  ) => {
    const client = await env.backend();
    const calls = new HandlerCalls();
    client.sockets.on('event', calls.hears('heard'));
    const tab = await env.tab();
    const id = await tab.id();
    await tab.run(({ pusher, tell }) => {
      const once = (data: unknown): void => {
        tell('once', data);
        pusher.back_channel.unbind('my_event', once);
      };
      pusher.back_channel.bind('my_event', once).bind('my_event', (data) => tell('always', data));
    });
    client.socket(id).trigger('my_event', 1);
    client.socket(id).trigger('my_event', 2);
    t.strictSame((await tab.take(3)).flat(), ['once', 1, 'always', 1, 'always', 2]);
    t.equal(await tab.run(({ pusher }) => pusher.back_channel.trigger('sent', {})), true);
    t.strictSame(await calls.take(1), [['heard', 'sent', id, {}]]);
    await tab.close();
    t.equal(await tab.run(({ pusher }) => pusher.back_channel.trigger('not sent', {})), false);
  },

  'names that mean something to objects and emitters are ordinary names': async (t, env) => {
    const client = await env.backend();
    const tab = await env.tab();
    const id = await tab.id();
    await tab.subscribe('my_channel');
    client.sockets.on('event', (name, socketId, data) => {
      client.socket(socketId).trigger(name, data);
      client.channel('my_channel').trigger(name, data);
    });
    for (const name of ['error', '__proto__', 'constructor', 'toString', 'close', 'event:x']) {
      await tab.run(({ pusher, tell }, name) => {
        pusher.back_channel.bind(name, (data) => tell('mine', data));
        pusher.back_channel.trigger(name, { name });
      }, name);
      t.strictSame(await tab.take(2), [
        ['mine', { name }],
        [name, { name }],
      ]);
    }
    t.equal(await tab.id(), id);
  },
};
