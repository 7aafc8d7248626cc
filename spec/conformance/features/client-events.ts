import type { Browser } from './browser';
import type { Features, FeatureEnvironment } from './environment';

async function pair(env: FeatureEnvironment, channel: string): Promise<[Browser, Browser]> {
  const browsers: [Browser, Browser] = [await env.browser(), await env.browser()];
  for (const browser of browsers) await browser.subscribe(channel);
  return browsers;
}

/** Client events. */
export const clientEvents: Features = {
  'an event of a browser reaches the others as it is, and never itself': async (t, start) => {
    const env = await start();
    const channel = 'private-room';
    const [one, two] = await pair(env, channel);
    for (const data of [
      { snow: '☃', n: [1, null] },
      [],
      'plain',
      '12',
      '',
      0,
      false,
      null,
      'ä😀\u2028',
    ]) {
      await one.trigger(channel, 'client-e', data);
      // As everywhere it reads JSON where it can: a string of digits becomes a number.
      t.strictSame(await two.next(channel, 'client-e'), data === '12' ? 12 : data);
    }
    t.same(await one.rest(), []);
    t.notOk(await two.tab.run(({ frames }) => frames.some((frame) => 'user_id' in frame)));
  },

  'an app may have the data made a string': async (t, start) => {
    const env = await start({ app: { stringifyClientEvents: true } });
    const [one, two] = await pair(env, 'private-room');
    await one.trigger('private-room', 'client-e', { a: 1 });
    t.strictSame(await two.next('private-room', 'client-e'), { a: 1 });
  },

  'an event on a presence channel carries the id that was signed, as a string': async (
    t,
    start,
  ) => {
    const env = await start();
    const one = await env.browser({ member: { user_id: 7 } });
    const two = await env.browser();
    for (const browser of [one, two]) await browser.subscribe('presence-room');
    const told = two.tab.run(
      ({ pusher }) =>
        new Promise((resolve) =>
          pusher
            .channel('presence-room')
            .bind('client-e', (data: unknown, by: unknown) => resolve([data, by])),
        ),
    );
    await two.rest();
    await one.trigger('presence-room', 'client-e', { user_id: 'somebody else' });
    t.strictSame(await told, [{ user_id: 'somebody else' }, { user_id: '7' }]);
  },

  'an event on a channel that may have none is refused in band, and nobody hears it': async (
    t,
    start,
  ) => {
    const env = await start();
    const [one, two] = await pair(env, 'room');
    await one.trigger('room', 'client-e', 1);
    const rejected = 'Client event rejected - ';
    t.same(await one.error(), {
      code: null,
      message: `${rejected}only supported on private and presence channels`,
    });
    await two.subscribe('private-room');
    await one.send('client-e', 1, 'private-room');
    t.match(await one.error(), { message: `${rejected}not subscribed to channel 'private-room'` });
    t.same(await two.rest(), []);
    t.same(await one.states(), ['connecting', 'connected']);
  },

  'an app without client events says which setting it takes': async (t, start) => {
    const env = await start({ app: { clientEvents: false } });
    const [one, two] = await pair(env, 'private-room');
    await one.trigger('private-room', 'client-e', 1);
    t.match(await one.error(), { code: null, message: /enable|clientEvents/ });
    t.same(await two.rest(), []);
  },

  'an event above the rate is refused with 4301, and a second later it is not': async (
    t,
    start,
  ) => {
    const channel = 'private-room';
    const env = await start({ limits: { maxClientEventsPerSecond: 3 } });
    const [one, two] = await pair(env, channel);
    for (let n = 1; n <= 3; n++) {
      await one.trigger(channel, 'client-e', n);
      t.equal(await two.next(channel, 'client-e'), n);
    }
    await one.trigger(channel, 'client-e', 'too much');
    t.match(await one.error(), { code: 4301, message: /rate limit of 3/ });
    env.clock.advance(1_000);
    await one.trigger(channel, 'client-e', 'again');
    t.equal(await two.next(channel, 'client-e'), 'again');
    t.same(await two.rest(), []);
    t.same(await one.states(), ['connecting', 'connected']);
  },

  'an event with too much data, or too long a name, is refused with 4301': async (t, start) => {
    const channel = 'private-room';
    const env = await start();
    const [one, two] = await pair(env, channel);
    const most = 'é'.repeat(5_120);
    await one.trigger(channel, 'client-e', most);
    t.equal(
      await two.next(channel, 'client-e'),
      most,
      'its text has 10240 bytes; its quotes do not count',
    );
    await one.trigger(channel, 'client-e', `${most}x`);
    t.match(await one.error(), { code: 4301, message: /10240 bytes/ });
    await one.trigger(channel, `client-${'x'.repeat(194)}`, 1);
    t.match(await one.error(), { code: 4301, message: /200 characters/ });
    t.same(await two.rest(), []);
  },
};
